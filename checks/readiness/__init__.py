"""May this change be made on this device now? Pure."""
