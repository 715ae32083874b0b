"""A configuration that a device showed: its tree, what in it is no line, and what is looked up in it."""
