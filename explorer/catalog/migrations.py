"""The catalogue's schema, step by step: numbered, named, append-only, recorded in the table `migration`.

Each step is one transaction, so a step that was interrupted left nothing behind. Foreign keys are checked at
its end and not on the way, so that a table may be made anew (https://sqlite.org/lang_altertable.html, 7).
Before a step changes a library that already holds something, the database is copied beside itself
(`catalog.sqlite3.before-2`); the copies go when the next document is removed, because they would still hold
its words.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw

from explorer.catalog.schema import VERSION_1, VERSION_2
from explorer.errors import StorageError


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: `apply` runs inside a transaction on the connection it is given."""

    number: int
    name: str
    apply: Callable[[apsw.Connection], object]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "documents, chunks, jobs, conversations and maps", lambda con: con.execute(VERSION_1)),
    Migration(2, "recognised pages, files within files", lambda con: con.execute(VERSION_2)),
)


def migrate(
    connect: Callable[[], apsw.Connection], path: Path, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """Bring the database at `path` to the newest schema. Safe when several processes open it at once.

    Raises StorageError when the database was written by a newer version of the program.
    """
    con = connect()
    try:
        con.execute("PRAGMA foreign_keys = OFF")
        found = _version(con, path, migrations)
        if found == migrations[-1].number:
            return
        for step in migrations:
            con.execute("BEGIN IMMEDIATE")
            try:
                version = _version(con, path, migrations)  # another process may have done it meanwhile
                if version < step.number:
                    if found > 0:  # a new library has nothing to lose
                        _copy(connect, copy_name(path, step.number))
                    step.apply(con)
                    _check_references(con, step)
                    _record(con, step)
                con.execute("COMMIT")
            except BaseException:
                if con.in_transaction:
                    con.execute("ROLLBACK")
                raise
    finally:
        con.close()


def copy_name(path: Path, number: int) -> Path:
    """Where the copy made before migration `number` stands."""
    return path.with_name(f"{path.name}.before-{number}")


def copies(path: Path) -> list[Path]:
    """The copies that migrations left beside the database, finished or not."""
    return sorted(path.parent.glob(f"{path.name}.before-*"))


def _version(con: apsw.Connection, path: Path, migrations: Sequence[Migration]) -> int:
    known = con.execute("SELECT 1 FROM sqlite_schema WHERE name = 'migration'").fetchone()
    if known is None:
        return 0
    version = int(con.execute("SELECT coalesce(max(number), 0) FROM migration").get)
    if version > migrations[-1].number:
        raise StorageError(
            f"{path.parent} was written by a newer version of this program (its format is {version}, this "
            f"version reads up to {migrations[-1].number}). Update the program to open it."
        )
    return version


def _check_references(con: apsw.Connection, step: Migration) -> None:
    broken = con.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise StorageError(
            f"The library was not brought to format {step.number}: rows of {broken[0]} point nowhere."
        )


def _record(con: apsw.Connection, step: Migration) -> None:
    con.execute(
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at"
        " REAL)"
    )
    con.execute("INSERT INTO migration VALUES (?, ?, ?)", (step.number, step.name, time.time()))


def _copy(connect: Callable[[], apsw.Connection], target: Path) -> None:
    """Copy the committed state; the caller holds the write lock, so nothing changes under way."""
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    con = connect()
    try:
        con.execute("VACUUM INTO ?", (str(unfinished),))
    finally:
        con.close()
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.replace(target)
