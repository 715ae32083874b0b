"""What IOS shows."""
