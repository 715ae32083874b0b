"""Intent to CLI: Jinja2 templates, one folder per operating system, plain configuration to read."""
