"""The files of an inventory, read with the places of what is wrong in them."""
