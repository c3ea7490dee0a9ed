"""Pages of the catalogue's file that hold nothing: what removals leave, and how it goes back to the disk.

SQLite keeps the pages that a removal frees and fills them again later. A file made by this version knows
where each of its pages belongs (`auto_vacuum = INCREMENTAL`), so its last pages can move into free places,
some thousand at a time, while everybody goes on reading and writing. A file of an earlier version
is written anew once, as a whole, and is then such a file (https://sqlite.org/pragma.html#pragma_auto_vacuum).
"""

from __future__ import annotations

from collections.abc import Callable

from explorer.catalog import room
from explorer.catalog.columns import fetch_all, fetch_value
from explorer.catalog.database import KNOW_PAGES, Database, errors

_PAGES = 2000
"""Pages that are moved in one transaction: about 50 ms, for which others who write wait."""
_WORTH_PAGES, _WORTH_SHARE = 1024, 20
"""By itself it is done where at least 4 MB are free and a twentieth of the file, or half of it. (Taking one
document out of the keyword index writes some hundred pages on the way, which are filled again later.)"""
_INCREMENTAL = 2
_IN_MEMORY = 200_000_000
"""Bytes of a file that is still written anew in memory; a larger one by way of a file without a name."""

OnPages = Callable[[int, int], None]


def free_bytes(database: Database) -> int:
    """The bytes of the file that hold nothing and can be given back."""
    with database.read() as con:
        return int(fetch_value(con, "PRAGMA freelist_count")) * int(fetch_value(con, "PRAGMA page_size"))


def give_back(database: Database, on_progress: OnPages = lambda _done, _all: None) -> None:
    """Give all free pages back to the disk; `on_progress` is told the pages done, and all.

    It may be killed at any moment: what was moved stays moved. Call `Database.forget` afterwards, which makes
    the file itself shorter. Raises DiskFull and StorageError.
    """
    if _knows_its_pages(database):
        _move(database, on_progress)
    elif free_bytes(database):
        on_progress(0, 1)
        _write_anew(database)
        on_progress(1, 1)


def give_back_if_worth(database: Database) -> None:
    """The same after a removal, where there is enough of it, and the file knows its pages."""
    with database.read() as con:
        free = int(fetch_value(con, "PRAGMA freelist_count"))
        pages = int(fetch_value(con, "PRAGMA page_count"))
    if free >= min(max(_WORTH_PAGES, pages // _WORTH_SHARE), pages // 2) and _knows_its_pages(database):
        _move(database, lambda _done, _all: None)


def _knows_its_pages(database: Database) -> bool:
    with database.read() as con:
        fetch_value(con, "PRAGMA freelist_count")  # looks at the file: another connection may have changed it
        return int(fetch_value(con, "PRAGMA auto_vacuum")) == _INCREMENTAL


def _move(database: Database, on_progress: OnPages) -> None:
    first = None
    while True:
        with database.write() as con:
            left = int(fetch_value(con, "PRAGMA freelist_count"))
            first = left if first is None else max(first, left)
            fetch_all(con, f"PRAGMA incremental_vacuum({_PAGES})")
        on_progress(max(0, first - max(0, left - _PAGES)), first)
        if left <= _PAGES:
            return


def _write_anew(database: Database) -> None:
    size = database.path.stat().st_size
    if room.is_short(database.path.parent, size + room.SPARE):
        raise room.shortage("the shorter catalogue", database.path.parent, size + room.SPARE)
    con = database.connect()
    try:
        with errors(database.path):
            if size > _IN_MEMORY:
                fetch_all(con, "PRAGMA temp_store = FILE")  # SQLite takes away its name as soon as it is open
            fetch_all(con, KNOW_PAGES)
            fetch_all(con, "VACUUM")
    finally:
        con.close()
