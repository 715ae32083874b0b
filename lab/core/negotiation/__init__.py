"""IKE between two devices, the SAs that come of it, and what time does to them."""
