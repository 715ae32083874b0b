"""IKE between two boxes, the SAs that come of it, and what time does to them."""
