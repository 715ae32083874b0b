"""What a template captured, as typed fields of frozen records, and as plain data again."""
