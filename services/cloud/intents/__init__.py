"""What is wanted for connections to a cloud: the file, its schema, and what both sides accept. Pure."""
