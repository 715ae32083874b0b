"""Before somebody upgrades: what another release would do to the services of a device, at both ends."""
