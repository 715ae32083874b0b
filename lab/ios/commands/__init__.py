"""What the exec commands of IOS do."""
