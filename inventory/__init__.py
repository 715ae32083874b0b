"""Who and what: the Nornir inventory, typed intent, platform facts, secrets and the exception tree."""
