"""A session on a device: what is written, what is read, and which reply belongs to which line."""
