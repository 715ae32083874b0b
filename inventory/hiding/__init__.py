"""Secrets: by reference, and hidden in every text that is kept or shown."""
