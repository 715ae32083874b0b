"""What each release of the ASA takes and can do, as tables."""
