"""What an ASA does with configuration lines beyond storing them."""
