"""Stations without a command line: what connects to the devices and is driven through the lab's control."""
