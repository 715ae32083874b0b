"""A run on the lab instead of devices: the inventory's own hosts, and ends that are not ours."""
