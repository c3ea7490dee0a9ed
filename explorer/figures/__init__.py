"""Answers from a table's cells: a figure read, or worked out from cells that are named. Knows no library."""

from explorer.figures.answering import answer
from explorer.figures.result import Figure

__all__ = ["Figure", "answer"]
