"""Rehearsal: simulated routers on loopback. Imports nothing from the rest; it is the opponent."""
