"""Answers from documents in another language than the question's."""
