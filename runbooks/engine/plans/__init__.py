"""Plans, made from what an inventory asks for and what devices have."""
