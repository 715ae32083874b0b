"""The commands that the parsers read, one table per OS and subject."""
