"""Look at every service that there is, and say the truth about it: nothing here changes a device."""
