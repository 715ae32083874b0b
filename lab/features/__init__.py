"""What routers can do, by feature: the forms of its lines, their rules, what they mean, and what is shown, in one place."""
