"""Configurations that devices showed: their tree, texts in them that are not configuration, and look-ups."""
