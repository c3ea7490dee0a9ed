"""What a question asks, by rule: its kind, the documents and periods that it names, its parts."""

from explorer.questions.kinds import Kind
from explorer.questions.names import Named, Names
from explorer.questions.question import Question, understand

__all__ = ["Kind", "Named", "Names", "Question", "understand"]
