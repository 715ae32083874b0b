"""The files of an inventory, read and checked; every problem has its file and line."""
