"""What a device is configured with: how a typed line is read, and what is kept of it."""
