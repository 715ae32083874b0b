"""What a run leaves behind: its folder, journal, record, keys and secrets."""
