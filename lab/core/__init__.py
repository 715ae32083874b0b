"""What every simulated device has: sessions, transports, the wire, the store of its configuration, faults."""
