"""The order of work: plan, apply, prove, commit or roll back, resume."""
