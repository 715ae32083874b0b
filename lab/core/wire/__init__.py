"""The wire between the boxes, and who stands on it."""
