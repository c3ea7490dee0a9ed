"""What is looked at in a Chroma folder before Chroma itself may open it.

A stored collection can name an embedding function with its arguments, which Chroma then loads
(CVE-2026-45833). Ours never name one. So the configuration is read as plain JSON first, and a folder that
names one is not opened.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from explorer.errors import StorageError

_HARMLESS = ({"type": "legacy"}, {"type": "unknown"})
"""What chromadb 1.5 writes for a collection without an embedding function."""


def refuse_foreign(path: Path) -> None:
    """Does nothing where the `chroma.sqlite3` at `path` is harmless or missing.

    Raises:
        StorageError: it cannot be read, or a collection names an embedding function.
    """
    import apsw

    if not path.exists():
        return
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            rows = list(connection.execute("SELECT * FROM collections"))
            rows += list(connection.execute("SELECT * FROM collection_metadata"))
        finally:
            connection.close()
    except apsw.Error as error:
        raise StorageError(f"The vector index {path} cannot be read: {error}") from error
    for row in rows:
        for value in row:
            if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
                _check(path, value)


def _check(path: Path, text: str) -> None:
    try:
        found = _functions(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise StorageError(f"The vector index {path} has a configuration that is not JSON.") from error
    if any(one not in _HARMLESS for one in found):
        raise StorageError(f"The vector index {path} names an embedding function, which ours never does.")


def _functions(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [found for item in value for found in _functions(item)]
    if not isinstance(value, dict):
        return []
    found = [value["embedding_function"]] if value.get("embedding_function") is not None else []
    return found + [one for item in value.values() for one in _functions(item)]
