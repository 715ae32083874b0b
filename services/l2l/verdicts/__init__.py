"""The verdict on a tunnel: a pair of selectors at a time, then both ends, then the whole. Pure."""
