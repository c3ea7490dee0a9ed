"""A question → an answer with citations, in quotes or in a language model's words, and what is kept of it."""

from explorer.chat.answers import UNCITED, Answer, Answerer, is_uncited
from explorer.chat.conversations import Conversations
from explorer.chat.model import ChatModel

__all__ = ["UNCITED", "Answer", "Answerer", "ChatModel", "Conversations", "is_uncited"]
