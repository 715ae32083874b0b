"""Simulated ASA firewalls."""
