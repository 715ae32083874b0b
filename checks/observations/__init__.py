"""Questions to devices, and observations: their parsed answers. Pure."""
