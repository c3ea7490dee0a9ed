"""A question → an answer with citations, in quotes or in a language model's words, and what is kept of it."""
