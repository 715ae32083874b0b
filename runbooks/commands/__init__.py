"""The command line: what a person types, sees and is asked."""
