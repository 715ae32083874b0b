"""Roll a change back on every device that was touched, and report what became of each."""
