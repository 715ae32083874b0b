"""Verifying what a run was for: gates, proofs, checks of the user's own, and how far a proof reaches."""
