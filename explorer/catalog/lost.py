"""A catalogue that is gone while its originals are there: damage, never an empty library.

`find` sees it before anything is made or written. `explorer.ingestion.restoring` mends it.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import apsw

from explorer.catalog.columns import fetch_one
from explorer.catalog.manifest import SHA256
from explorer.errors import CatalogLost

_MAGIC = b"SQLite format 3\0"


def originals(folder: Path) -> list[Path]:
    """The originals of a library's folder, by name."""
    files = folder / "files"
    if not files.is_dir():
        return []
    return sorted(path for path in files.iterdir() if SHA256.fullmatch(path.name) and path.is_file())


def refuse(path: Path) -> None:
    """Raises CatalogLost where the catalogue at `path` is missing or unreadable, its originals not."""
    what = find(path)
    if what is not None:
        number = len(originals(path.parent))
        files = "1 original is" if number == 1 else f"{number:,} originals are"
        raise CatalogLost(
            f"The catalogue of the library {path.parent} ({path.name}) {what}, but its {files} still in "
            f"{path.parent / 'files'}. Nothing was changed. Put a copy of {path.name} back if you have one; "
            "else have the originals added again, with their names and tags: `python -m explorer doctor "
            f"--repair --library {path.parent}`. Conversations and settings do not come back that way."
        )


def find(path: Path) -> str | None:
    """What is wrong with the catalogue at `path`, in words; None where nothing is, or nothing to be lost."""
    what = _look(path)
    if what is None or not originals(path.parent):
        return None
    return _look(path)  # another process may have made it a moment ago


def _look(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except FileNotFoundError:
        return "is missing"
    except OSError:
        return None  # whoever opens it says why that cannot be done
    if not head:
        return "is empty"
    return _asked(path) if head == _MAGIC else "is no database any more"


def _asked(path: Path) -> str | None:
    try:
        with contextlib.closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as con:
            con.set_busy_timeout(2000)
            if fetch_one(con, "SELECT 1 FROM sqlite_schema") is None:
                return "is empty"
            fetch_one(con, "SELECT count(*) FROM migration")
            fetch_one(con, "SELECT count(*) FROM document")
    except (apsw.CorruptError, apsw.NotADBError) as error:
        return f"is damaged ({error})"
    except apsw.Error:
        return None  # not now, or in another way: said by whoever opens it
    return None
