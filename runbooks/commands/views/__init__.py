"""What a person sees of a result, and the terminal that it is printed on."""
