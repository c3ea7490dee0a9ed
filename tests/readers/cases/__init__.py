"""Files that were read wrongly once: each of its kind, and more that the tests make."""
