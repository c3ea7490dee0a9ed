"""Which format a file is in, by its content."""
