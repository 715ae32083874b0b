"""What verifications found, kept over time beside the runs: since when, how often, when it was last verified."""
