"""Drift: what devices run of what is intended, line by line."""
