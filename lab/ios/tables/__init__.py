"""What each release of IOS takes and can do, as tables."""
