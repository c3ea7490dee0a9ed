"""Figures out of the tables of documents: which table is meant, and how its cells are shown."""

from explorer.chat.tabled.asked import AskedTable, FoundFigure, Span, TablesOf
from explorer.chat.tabled.finding import MOST_TABLES, find, ranked
from explorer.chat.tabled.showing import (
    cited,
    headed,
    named,
    shortly,
    span_of_cell,
    span_of_rows,
    tell,
)

__all__ = [
    "MOST_TABLES",
    "AskedTable",
    "FoundFigure",
    "Span",
    "TablesOf",
    "cited",
    "find",
    "headed",
    "named",
    "ranked",
    "shortly",
    "span_of_cell",
    "span_of_rows",
    "tell",
]
