"""A scope as SQL: every limit that is given must hold, an empty list matches nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apsw

from explorer.types import Scope
from explorer.words.folding import fold

LIVE_CHUNKS = (
    " JOIN edition e ON e.id = c.edition_id JOIN generation g ON g.id = e.generation_id AND g.state = 'live'"
)
_IN = " IN (SELECT value FROM json_each(?))"


def documents_where(con: apsw.Connection, scope: Scope) -> tuple[str, tuple[Any, ...]]:
    """A condition over `document d` and its visible `edition e` (chunks apart), with its bindings."""
    parts: list[str] = ["true"]
    bindings: list[Any] = []
    if scope.documents is not None:
        parts.append("d.id" + _IN)
        bindings.append(_list(scope.documents))
    if scope.tags is not None:
        parts.append("d.id IN (SELECT document_id FROM tag WHERE tag" + _IN + ")")
        bindings.append(_list(_as_written(con, scope.tags)))
    if scope.kinds is not None:
        parts.append("e.kind" + _IN)
        bindings.append(_list(scope.kinds))
    if scope.folders is not None:
        parts.append(_folders(scope.folders, bindings))
    if scope.dates is not None:
        for operator, day in zip((">=", "<="), scope.dates, strict=True):
            if day is not None:
                parts.append(f"e.date {operator} ?")  # a document without a date is in no range
                bindings.append(day.isoformat())
    if scope.years is not None:
        parts.append(
            "CAST(substr(e.date, 1, 4) AS INTEGER) IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
        )
        bindings.append(_list([str(year) for year in scope.years]))
    if scope.languages is not None:
        parts.append("e.language" + _IN)
        bindings.append(_list(scope.languages))
    return " AND ".join(parts), tuple(bindings)


def _folders(folders: Sequence[str], bindings: list[Any]) -> str:
    """A file with its bytes lies in one of the folders or below; a prefix of characters is not enough."""
    collate = " COLLATE NOCASE" if os.name == "nt" else ""
    tests = ["false"]
    for folder in folders:
        prefix = os.path.abspath(Path(folder).expanduser()).rstrip(os.sep) + os.sep  # noqa: PTH100 (keeps links)
        tests.append(f"substr(s.source, 1, length(?)) = ?{collate}")
        bindings += [prefix, prefix]
    return f"d.id IN (SELECT s.document_id FROM document_source s WHERE {' OR '.join(tests)})"


def _as_written(con: apsw.Connection, tags: Sequence[str]) -> list[str]:
    """The library's tags that these mean, compared as `tag:` in a query compares them."""
    wanted = {fold(str(tag)) for tag in tags}
    return [tag for (tag,) in con.execute("SELECT DISTINCT tag FROM tag") if fold(tag) in wanted]


def _list(values: Sequence[str]) -> str:
    return json.dumps([str(value) for value in values])
