"""Where a connection finds its place on its firewall: names, interfaces, and the text of each stage. Pure."""
