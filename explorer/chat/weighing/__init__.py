"""What speaks for a sentence as an answer: names, words and what is like them, years, who speaks."""
