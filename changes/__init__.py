"""Plan changes: from desired and running configuration to ordered steps and their exact inverse."""
