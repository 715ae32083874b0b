"""Simulated IOS and IOS-XE routers."""
