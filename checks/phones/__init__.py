"""Why IP phones do not connect to an ASA by AnyConnect: what the device shows, judged against what a phone needs. Pure."""
