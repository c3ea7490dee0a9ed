"""The search page: the question as it is asked, and hits."""
