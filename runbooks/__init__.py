"""Many devices: the order of work, journal, locks, approval, and the nr-run command."""
