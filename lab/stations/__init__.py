"""Stations without a command line: what connects to the boxes and is driven through the lab's control."""
