"""What the exec commands of an ASA do."""
