"""Which way packets leave a device: routes, routing tables, BGP, interfaces. Pure."""
