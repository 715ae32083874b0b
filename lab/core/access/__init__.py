"""The lines of a box: telnet, SSH, terminals, sessions, and what is printed on them."""
