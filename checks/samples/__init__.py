"""A cloud provider's sample, judged against one device. Pure."""
