"""What IOS does with configuration lines beyond storing them."""
