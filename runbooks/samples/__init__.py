"""A provider's sample: judged for one device, and turned into an intent."""
