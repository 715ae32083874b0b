"""Taking a change back on every device that was touched, and what a person is told of it."""
