"""What on a device keeps packets from a tunnel: lists, policy routing, zones, and what watches the path. Pure."""
