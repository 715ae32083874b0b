"""What the configuration of an ASA means to IKE, to the wire and to clients."""
