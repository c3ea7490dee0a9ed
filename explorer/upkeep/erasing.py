"""Delete everything: a library is emptied, with what is kept about it outside its folder.

`libraries.delete` begins the same way and then takes the folder, so that whoever still has the library open
sees an empty one in both cases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer import libraries
from explorer.catalog.columns import fetch_value
from explorer.embedding import tuned
from explorer.embedding.words.names import FOLDER
from explorer.errors import SettingError, StorageError
from explorer.stores import SERVED, STORES, leave_servers
from explorer.watching import memory as watching
from explorer.worker import log as worker_log

if TYPE_CHECKING:
    from explorer.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of it."""

    documents: int
    """How many were deleted, those in the bin too."""
    is_gone: bool
    """False while another program still reads what was: the background process then goes on by itself."""
    left: tuple[str, ...] = ()
    """What the server of a vector store still holds, since it could not be deleted there: a line each."""


def erase(catalog: Catalog, typed_name: str, key_of: Callable[[str], str | None]) -> Erased:
    """Empty a library whose name a person typed. See `Upkeep.erase`. `key_of`: of servers of vector
    stores."""
    name = catalog.settings.name or catalog.folder.name
    if typed_name.strip() != name.strip():
        raise SettingError(f"{typed_name!r} is not the name of this library ({name!r}). Nothing was deleted.")
    if catalog.database.is_read_only:
        raise StorageError(f"{catalog.folder} is read-only. Nothing was deleted.")
    with libraries.without_worker(catalog.folder):
        with catalog.read() as con:
            documents = int(fetch_value(con, "SELECT count(*) FROM document"))
        catalog.contacts.forget()
        catalog.erasing.begin()
        left = leave_servers(catalog.folder, key_of)
        is_gone = catalog.erasing.finish(
            catalog.folder / made for made in (*STORES, *SERVED, FOLDER, tuned.FOLDER, watching.FOLDER)
        )
        worker_log.forget(catalog.folder)
    return Erased(documents, is_gone, left)
