"""From what an inventory asks for and what devices have to plans."""
