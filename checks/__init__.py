"""Checks: pure functions of intent and recorded state that return findings with evidence."""
