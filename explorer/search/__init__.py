"""A question → hits: by meaning, by words and by both, with the passage that is shown for each."""
