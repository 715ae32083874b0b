"""What devices have of tunnels already: found by what names what, and changed where it stands. Pure."""
