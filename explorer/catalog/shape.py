"""What the tables of a catalogue really are, compared with what the steps of `migrations.py` make."""

from __future__ import annotations

import contextlib
import re
from functools import cache
from typing import Literal, NamedTuple

import apsw

from explorer.catalog import migrations
from explorer.catalog.columns import fetch_all

_TOKEN = re.compile(
    r"""\s+ | --[^\n]* | /\*.*?\*/ | '(?:[^']|'')*' | "\w+" | \w+ | .""", re.VERBOSE | re.DOTALL
)

_GO_BACK = (
    "Nothing else was looked at, because nothing can be asked of such a catalogue. Put a copy of it in its"
    " place (one from before an upgrade may stand beside it), or move the library's folder away and add the"
    " files again."
)


class TablePart(NamedTuple):
    """A table, an index or a trigger."""

    kind: str
    """"table", "index", "trigger" or "view"."""
    sql: str
    """What makes it."""
    table: str
    """The one it belongs to, or itself."""
    columns: frozenset[str]


class Difference(NamedTuple):
    """One thing in which a catalogue is not as this version makes it."""

    text: str
    """In words, without a full stop."""
    effect: Literal["unusable", "remakeable", "noted"]
    """Whether statements fail for it, or it can be made anew from the rows that are there, or neither."""


def differences(con: apsw.Connection) -> list[Difference]:
    """In what the catalogue differs from a new one of this version, the worst first. Raises apsw errors."""
    found, expected = _parts(con), _expected()
    differences = []
    for name, part in expected.items():
        there = found.get(name)
        if there is None or there.kind != part.kind:
            is_kept = part.kind in ("index", "trigger") and there is None
            text = f"the {part.kind} {name} is missing"
            differences.append(Difference(text, "remakeable" if is_kept else "unusable"))
        elif there.columns != part.columns:
            differences += _columns(name, there.columns, part.columns)
        elif plain(there.sql) != plain(part.sql):
            differences.append(Difference(f"the {part.kind} {name} is made otherwise", "noted"))
    for name in sorted(set(found) - set(expected)):
        differences.append(Difference(f"the {found[name].kind} {name} is unknown", "noted"))
    return sorted(differences, key=lambda one: ("unusable", "remakeable", "noted").index(one.effect))


def problems(con: apsw.Connection) -> list[str]:
    """The differences as one sentence, or none. Raises apsw errors."""
    found = differences(con)
    if not found:
        return []
    listed = "; ".join(one.text for one in found)
    return [f"The tables of the catalogue are not as this version makes them: {listed}."]


def lacking(con: apsw.Connection) -> list[str]:
    """What is missing so that statements would fail, and what to do, in words. Raises apsw errors."""
    is_usable = all(one.effect != "unusable" for one in differences(con))
    return [] if is_usable else [*problems(con), _GO_BACK]


def is_remakeable(con: apsw.Connection) -> bool:
    """Whether `remake` can make something that is missing. Raises apsw errors."""
    return any(one.effect == "remakeable" for one in differences(con))


def remake(con: apsw.Connection) -> list[str]:
    """Make indexes and triggers that are missing; returns them in words. Raises apsw errors."""
    found = _parts(con)
    made = []
    for name, part in _expected().items():
        if name not in found and part.kind in ("index", "trigger") and part.table in found:
            with contextlib.suppress(apsw.ConstraintError):  # of rows that stand there twice
                con.execute(part.sql)
                made.append(f"Made the {part.kind} {name} of the catalogue anew.")
    return made


def _columns(table: str, there: frozenset[str], expected: frozenset[str]) -> list[Difference]:
    lacks = ", ".join(sorted(expected - there))
    more = ", ".join(sorted(there - expected))
    differences = [Difference(f"the table {table} lacks {lacks}", "unusable")] if lacks else []
    return differences + ([Difference(f"the table {table} has {more} besides", "noted")] if more else [])


def _parts(con: apsw.Connection) -> dict[str, TablePart]:
    rows = fetch_all(
        con, "SELECT name, type, sql, tbl_name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
    )
    return {
        name: TablePart(kind, sql, table, _columns_of(con, name) if kind == "table" else frozenset())
        for name, kind, sql, table in rows
        if not name.startswith(("sqlite_", "chunk_terms_"))  # SQLite's own, and those behind keyword search
    }


def _columns_of(con: apsw.Connection, table: str) -> frozenset[str]:
    return frozenset(row[0] for row in fetch_all(con, "SELECT name FROM pragma_table_info(?)", (table,)))


@cache
def _expected() -> dict[str, TablePart]:
    con = apsw.Connection(":memory:")
    try:
        for step in migrations.MIGRATIONS:
            migrations.apply(con, step)
        return _parts(con)
    finally:
        con.close()


def plain(sql: str) -> str:
    """SQL without comments, line breaks and the quotation marks that a renamed table gets."""
    tokens = (token.group().strip() for token in _TOKEN.finditer(sql))
    kept = (token for token in tokens if token and not token.startswith(("--", "/*")))
    return " ".join(token.strip('"') for token in kept)
