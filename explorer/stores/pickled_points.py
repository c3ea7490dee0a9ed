"""What is looked at in a Qdrant folder before Qdrant itself may open it.

Its local mode keeps each point as a pickle, and a pickle can name any function of any package, which loading
it calls. So each is loaded first by an unpickler that knows the class of a point and nothing else; a folder
that names another is not opened.
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

from explorer.errors import StorageError

_ALLOWED = {("qdrant_client.http.models.models", "PointStruct")}


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
    import apsw

    for path in sorted(folder.rglob("storage.sqlite")):
        try:
            connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
            try:
                for (point,) in connection.execute("SELECT point FROM points"):
                    _PointUnpickler(io.BytesIO(point)).load()
            finally:
                connection.close()
        except Exception as error:  # a pickle that is none can fail in any way there is
            raise StorageError(f"The vector index {path} cannot be opened safely: {error}") from error
    for path in folder.rglob("storage.dbm*"):
        raise StorageError(f"The vector index {path} is of an old kind that cannot be opened safely.")
