"""What services do alike: names of policies, ownership, drift, the user's own checks, a provider's sample. Pure."""
