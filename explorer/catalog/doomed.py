"""Originals that are to be deleted: noted with the change that dooms them, struck off when they are gone.

So a process that is killed between the two leaves no bytes behind, and nobody has to guess later whether a
file that belongs to no document was removed, or is all that is left of one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

import apsw

from explorer.catalog.chosen_settings import DOOMED
from explorer.catalog.columns import dumps, fetch_one


def doom(con: apsw.Connection, shas: Iterable[str]) -> None:
    """Note that these originals go, unless something needs them by then. In the caller's transaction."""
    _keep(con, {*listed(con), *shas})


def listed(con: apsw.Connection) -> list[str]:
    """The SHA-256 of what is still to be deleted."""
    row = fetch_one(con, "SELECT value FROM setting WHERE key = ?", (DOOMED,))
    return [] if row is None else list(json.loads(row[0]))


def pardon(con: apsw.Connection, shas: Collection[str]) -> None:
    """Strike these off: they are gone, or needed again. In the caller's transaction."""
    before = listed(con)
    if not before:
        return
    _keep(con, set(before) - set(shas))


def _keep(con: apsw.Connection, shas: Collection[str]) -> None:
    con.execute("DELETE FROM setting WHERE key = ?", (DOOMED,))
    if shas:
        con.execute("INSERT INTO setting VALUES (?, ?)", (DOOMED, dumps(sorted(shas))))
