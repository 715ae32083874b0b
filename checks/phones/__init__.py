"""Why IP phones do not connect to an ASA by AnyConnect: what the box shows, judged against what a phone needs. Pure."""
