"""The verdict on a connection and on the stages of its building, from what the firewall showed. Pure."""
