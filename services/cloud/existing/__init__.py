"""What firewalls have of connections already: found, changed where it stands, and removed. Pure."""
