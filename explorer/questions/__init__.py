"""What a question asks, by rule: its kind, the documents and periods that it names, its parts."""

from explorer.questions.chosen import QUOTE, alike, as_chosen, reading_of
from explorer.questions.kinds import Kind
from explorer.questions.names import DocumentNames, Named
from explorer.questions.question import Understood, understand, understood_as
from explorer.questions.telling import sides_of

__all__ = [
    "QUOTE",
    "DocumentNames",
    "Kind",
    "Named",
    "Understood",
    "alike",
    "as_chosen",
    "reading_of",
    "sides_of",
    "understand",
    "understood_as",
]
