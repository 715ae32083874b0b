"""Verify the purpose of a change: gates, proofs, the user's own checks, and how far a proof reaches."""
