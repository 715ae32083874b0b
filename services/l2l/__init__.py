"""A tunnel between two networks: what it is made of, how it is proved, how it is taken away."""
