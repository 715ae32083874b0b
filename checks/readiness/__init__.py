"""Prechecks: may this change be made on this device now? Pure."""
