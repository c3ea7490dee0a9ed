"""The Search page: the question, and the hits."""
