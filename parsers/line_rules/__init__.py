"""TTP templates as programs of line rules: compiled, put in order, and run over a text in one pass."""
