"""Telling somebody that a verdict has changed, once, when it has held for a while."""
