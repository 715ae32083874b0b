"""The lines of a device: telnet, SSH, terminals, sessions, and what is printed on them."""
