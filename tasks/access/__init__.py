"""Getting a session on a device: credentials, host keys, drivers, the dialogue of a login."""
