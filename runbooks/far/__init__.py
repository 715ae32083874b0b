"""Tasks of devices that are done in another process, on this machine or another; the engine and its records stay here."""
