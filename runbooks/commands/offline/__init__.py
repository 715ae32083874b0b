"""Commands that ask no device: they read files and kept runs, or write them."""
