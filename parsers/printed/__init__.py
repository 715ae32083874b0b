"""What a session printed, made ready to be read: line ends, broken lines, pairs, and what a person has typed or pasted."""
