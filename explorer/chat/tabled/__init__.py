"""What stands in tables and is shown in them: figures, rows, values by their names, things side by side."""

from explorer.chat.tabled.asked import AskedTable, FoundFigure, Span, TablesOf
from explorer.chat.tabled.finding import MOST_TABLES, documents_of, find, ranked
from explorer.chat.tabled.quoted_sides import MOST_SIDES, ComparedDocument, aspect, in_short, table_of_quotes
from explorer.chat.tabled.rows_beside import rows_beside
from explorer.chat.tabled.rows_of_words import row_for, tell_row
from explorer.chat.tabled.showing import (
    cited,
    named,
    span_of_cell,
    span_of_rows,
    tell,
)
from explorer.chat.tabled.side_by_side import chosen, table, two_things

__all__ = [
    "MOST_SIDES",
    "MOST_TABLES",
    "AskedTable",
    "ComparedDocument",
    "FoundFigure",
    "Span",
    "TablesOf",
    "aspect",
    "chosen",
    "cited",
    "documents_of",
    "find",
    "in_short",
    "named",
    "ranked",
    "row_for",
    "rows_beside",
    "span_of_cell",
    "span_of_rows",
    "table",
    "table_of_quotes",
    "tell",
    "tell_row",
    "two_things",
]
