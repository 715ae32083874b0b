"""A site that goes to the Internet through Zscaler: two IKEv2 tunnels, probes, and policy routing that follows them."""
