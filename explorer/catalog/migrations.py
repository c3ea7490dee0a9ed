"""The catalogue's schema, step by step: numbered, named, append-only, recorded in the table `migration`.

All steps that a library lacks are one transaction: it is brought to the newest schema or stays as it was,
whatever interrupts that. Foreign keys are checked after each step and not on the way, so that a table may be
made anew (https://sqlite.org/lang_altertable.html, 7).
Before the first step that changes a library, the database is copied beside itself (`copies.py`). A library
that says it is of a format, and has not all that its step makes today, is mended (`mending.py`). A library of
a newer version is refused before anything in its folder is touched.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw

from explorer.catalog import copies, mending
from explorer.catalog.schema import (
    VERSION_1,
    VERSION_2,
    VERSION_3,
    VERSION_4,
    VERSION_5,
    VERSION_6,
    VERSION_7,
    VERSION_8,
    VERSION_9,
    VERSION_10,
)
from explorer.errors import StorageError


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: `apply` runs inside a transaction on the connection it is given.

    Where a step had other forms before it was released, `is_whole` says whether a library of its format has
    all that it makes today, and `mend` makes the rest.
    """

    number: int
    name: str
    apply: Callable[[apsw.Connection], object]
    is_whole: Callable[[apsw.Connection], bool] = lambda _: True
    mend: Callable[[apsw.Connection], object] = lambda _: None


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "documents, chunks, jobs, conversations and maps", lambda con: con.execute(VERSION_1)),
    Migration(
        2,
        "recognised pages, files within files",
        lambda con: con.execute(VERSION_2),
        mending.is_whole,
        mending.mend,
    ),
    Migration(3, "the bin, checksums", lambda con: con.execute(VERSION_3)),
    Migration(4, "tables", lambda con: con.execute(VERSION_4)),
    Migration(5, "pictures", lambda con: con.execute(VERSION_5)),
    Migration(6, "answers by rule", lambda con: con.execute(VERSION_6)),
    Migration(7, "how questions were understood", lambda con: con.execute(VERSION_7)),
    Migration(8, "what pictures look like", lambda con: con.execute(VERSION_8)),
    Migration(9, "vectors in fewer bytes", lambda con: con.execute(VERSION_9)),
    Migration(10, "what documents are about", lambda con: con.execute(VERSION_10)),
)


def refuse_newer(path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Look at the format of a database without touching it or anything beside it.

    What cannot be read this way is left to `migrate`, which says what is wrong. Raises StorageError when the
    database was written by a newer version of the program.
    """
    log = path.with_name(f"{path.name}-wal")
    with contextlib.suppress(apsw.Error, OSError, ValueError):
        is_alone = not log.exists() or log.stat().st_size == 0
        # Without a log nobody writes to it. Read as one that never changes, it gets no file beside it.
        con = apsw.Connection(
            f"{path.absolute().as_uri()}?mode=ro" + ("&immutable=1" if is_alone else ""),
            flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI,
        )
        try:
            con.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            _version(con, path, migrations)
        finally:
            con.close()


def migrate(
    connect: Callable[[], apsw.Connection], path: Path, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """Bring the database at `path` to the newest schema. Safe when several processes open it at once.

    Raises StorageError when the database was written by a newer version of the program, and when the disk has
    no room for the copy that is made first.
    """
    con = connect()
    try:
        con.execute("PRAGMA foreign_keys = OFF")
        found = _version(con, path, migrations)
        if found == migrations[-1].number and migrations[-1].is_whole(con):
            return
        with _transaction(con):
            version = _version(con, path, migrations)  # another process may have done it meanwhile
            due = [step for step in migrations if step.number > version or not _is_done(con, step, version)]
            if due and version:  # a new library has nothing to lose
                copies.make(connect, path, due[0].number)
            for step in due:
                if step.number > version:
                    apply(con, step)
                else:
                    step.mend(con)
                _check_references(con, step)
    finally:
        con.close()


def _is_done(con: apsw.Connection, step: Migration, version: int) -> bool:
    """Whether a library of format `version` has all that an earlier step, or its last one, makes."""
    return version > step.number or step.is_whole(con)


def apply(con: apsw.Connection, step: Migration) -> None:
    """Do a step and record that it was done. Runs inside a transaction."""
    step.apply(con)
    con.execute(
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at"
        " REAL)"
    )
    con.execute("INSERT INTO migration VALUES (?, ?, ?)", (step.number, step.name, time.time()))


@contextlib.contextmanager
def _transaction(con: apsw.Connection) -> Iterator[None]:
    con.execute("BEGIN IMMEDIATE")
    try:
        yield
        con.execute("COMMIT")
    except BaseException:
        if con.in_transaction:
            con.execute("ROLLBACK")
        raise


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
