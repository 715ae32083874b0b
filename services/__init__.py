"""What can be built: one folder a service. Pure: intent and what devices showed in, text, stages and judgements out."""
