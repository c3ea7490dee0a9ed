"""What a question asks, by rule: its kind, the documents and periods that it names, its parts."""

from explorer.questions.kinds import Kind
from explorer.questions.names import DocumentNames, Named
from explorer.questions.question import Understood, understand

__all__ = ["DocumentNames", "Kind", "Named", "Understood", "understand"]
