"""What an ASA shows."""
