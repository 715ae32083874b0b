"""The inventory: devices, typed intent, what each platform can do, secrets, and the tree of errors."""
