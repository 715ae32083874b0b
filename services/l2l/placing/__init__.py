"""Where a tunnel finds its place on a device: what its objects are called there, and which lines stand beside it. Pure."""
