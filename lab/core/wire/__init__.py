"""The wire between the devices, and who is attached to it."""
