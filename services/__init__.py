"""Services: one folder each. Pure: from an intent and what devices showed to text, stages and verdicts."""
