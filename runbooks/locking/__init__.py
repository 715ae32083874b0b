"""Who may work on a device: locks of this machine and of the runs folder."""
