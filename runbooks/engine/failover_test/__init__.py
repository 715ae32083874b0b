"""The failover test: the primary goes for a while and comes back."""
