"""The plan of a change: its steps in order, their exact inverse, and what a removal takes."""
