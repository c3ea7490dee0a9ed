"""What is looked at in a Qdrant folder before Qdrant itself may open it.

Its local mode keeps each point as a pickle, and a pickle can name any function of any package, which loading
it calls. So each is loaded first by an unpickler that knows the class of a point and nothing else; a folder
that names another is not opened. Nor is one that could show Qdrant something else than what was looked at: by
a link, or by a view or a column that is worked out anew each time it is read.
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

from explorer.errors import StorageError

_ALLOWED = {("qdrant_client.http.models.models", "PointStruct")}
_TABLE = "CREATE TABLE points (id TEXT PRIMARY KEY, point BLOB)"
"""What Qdrant makes, in its own words."""


class _PointUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return super().find_class(module, name)


def refuse_foreign_points(folder: Path) -> None:
    """Does nothing where the Qdrant files below the folder hold points alone, or where there are none.

    Raises:
        StorageError: they cannot be read, or hold anything else.
    """
    for path in sorted(folder.rglob("*")):
        name = path.name.casefold()  # some file systems find a name in other letters too
        if path.is_symlink():
            raise StorageError(f"The vector index {path} cannot be opened safely: it is a link.")
        if name.startswith("storage.dbm"):
            raise StorageError(f"The vector index {path} is of an old kind that cannot be opened safely.")
        if name == "storage.sqlite":
            try:
                _look_at(path)
            except Exception as error:  # a pickle that is none can fail in any way there is
                raise StorageError(f"The vector index {path} cannot be opened safely: {error}") from error


def _look_at(path: Path) -> None:
    import apsw

    # Writable, so that SQLite takes back what a killed process had half written; it refuses to read else.
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        for name, made in connection.execute("SELECT name, sql FROM sqlite_schema"):
            if made is not None and made != _TABLE:  # an index of SQLite's own has no text
                raise pickle.UnpicklingError(f"it holds {name}, which is no table of points")
        for (point,) in connection.execute("SELECT point FROM points"):
            _PointUnpickler(io.BytesIO(point)).load()
    finally:
        connection.close()
