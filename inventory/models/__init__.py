"""What each model and release can do."""
