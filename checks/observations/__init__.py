"""What devices are asked, and what they said. Pure."""
