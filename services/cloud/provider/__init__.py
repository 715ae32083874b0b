"""The cloud's side of a connection: the settings of its console, and what a provider sends. Pure."""
