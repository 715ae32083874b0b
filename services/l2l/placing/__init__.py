"""The place of a tunnel on a device: names and numbers of its objects, routes and NAT exemption. Pure."""
