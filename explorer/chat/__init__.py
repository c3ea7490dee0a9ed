"""A question → an answer with citations, in quotes or in a language model's words, and what is kept of it."""

from explorer.chat.answers import UNCITED, is_uncited

__all__ = ["UNCITED", "is_uncited"]
