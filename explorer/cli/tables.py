"""The command `tables`: the tables of a document, to look at or for other programs."""

from __future__ import annotations

import argparse
import csv
import sys
from typing import TYPE_CHECKING

from explorer.cli import output
from explorer.cli.arguments import library_of, named
from explorer.cli.terminal import plain

if TYPE_CHECKING:
    from explorer.tables import Table


def tables(options: argparse.Namespace) -> int:
    """Print the tables of a document, one below the other."""
    with library_of(options) as library:
        (document,) = named([options.document], library.documents(), "in this library")
        found = library.tables(document.id, page=options.page)
    if options.json:
        output.as_json([_values(table) for table in found])
    elif options.csv:
        out = csv.writer(sys.stdout, lineterminator="\n")
        for number, table in enumerate(found):
            out.writerows([[], *table.rows] if number else table.rows)
    else:
        for table in found:
            _show(table)
        if not found:
            print("No table was found there.", file=sys.stderr)
    return 0


def _values(table: Table) -> dict[str, object]:
    names = ("document_id", "number", "page", "start", "end", "title", "unit", "header_rows", "rows")
    return {name: getattr(table, name) for name in names}


def _show(table: Table) -> None:
    what = ", ".join(plain(part) for part in (table.title, table.unit) if part)
    print(f"Table {table.number:,}, page {table.page:,}{': ' if what else ''}{what}")
    for number, row in enumerate(table.rows):
        print("  " + " | ".join(plain(cell) for cell in row))
        if number + 1 == table.header_rows:
            print("  ---")
    print()
