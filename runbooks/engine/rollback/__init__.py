"""Rolling a change back on every device that was touched, and the words about it."""
