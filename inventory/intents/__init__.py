"""What tunnels there have to be: the records of an intent, and what they have to agree on."""
