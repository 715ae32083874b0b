"""Does address translation leave the packets of a tunnel alone? Pure."""
