"""The Settings page: its sections, and what the program says of itself."""
