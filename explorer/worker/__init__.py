"""The one background process of a library, and the way to it from every other process."""
