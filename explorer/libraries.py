"""The libraries of this machine: the default one and the folders beside it.

A library's folder has a plain name made from the first name it was given (`Invoices 2026` → `invoices-2026`);
the name people see is kept in its catalogue and can change.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import apsw
from filelock import FileLock, Timeout

from explorer import settings
from explorer.addresses import plain
from explorer.catalog import FILE_NAME, Catalog, lost
from explorer.catalog.database import errors
from explorer.errors import NotFound, SettingError, StorageError
from explorer.stores import leave_servers
from explorer.worker import log as worker_log
from explorer.worker import protocol

__all__ = ["LibraryInfo", "create", "default_folder", "delete", "list_libraries", "name_of", "rename", "root"]

log = logging.getLogger(__name__)

STOP_SECONDS = 20.0
"""How long `delete` waits for a worker to finish what it is doing."""

MAX_NAME = 80
_MAX_FOLDER_NAME = 48
_ASIDE = ".deleted-"
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""Windows opens devices by these names."""

_NAME_AND_COUNT = (
    "SELECT (SELECT value ->> '$' FROM setting WHERE key = 'library_name'), (SELECT count(*) FROM document d"
    " JOIN edition e ON e.document_id = d.id"
    " JOIN generation g ON g.id = e.generation_id AND g.state = 'live')"
)


@dataclass(frozen=True, slots=True)
class LibraryInfo:
    """One line of the list of libraries. `name` is what people see, `documents` counts them."""

    folder: Path
    name: str
    documents: int
    is_lost: bool = False
    """Whether its catalogue is missing or damaged while its originals are there; opening it says so."""


def default_folder() -> Path:
    """The library that opens first: EXPLORER_HOME, else in the user's data folder. Raises SettingError."""
    return settings.resolve().home


def root() -> Path:
    """The folder in which all libraries stand."""
    return default_folder().parent


def list_libraries() -> list[LibraryInfo]:
    """Every library beside the default one, by name; the default one too, once it was opened."""
    place = root()
    if not place.is_dir():
        return []
    found = [_info(folder) for folder in place.iterdir() if _is_library(folder)]
    return sorted(found, key=lambda info: (info.name.casefold(), info.folder.name))


def create(name: str) -> Path:
    """The folder of a new, empty library.

    Raises SettingError for an empty or overlong name and for one that another library has, StorageError where
    the folder cannot be made.
    """
    shown = _checked(name, among=list_libraries())
    place = root()
    _sweep(place)
    try:
        place.mkdir(parents=True, exist_ok=True)
        folder = _new_folder(place, slug(shown))
    except OSError as error:
        raise StorageError(f"No library can be made in {place} ({error.strerror}).") from error
    with Catalog(folder) as catalog:
        catalog.settings.rename(shown)
    return folder


def rename(folder: Path, name: str) -> None:
    """Give a library another name; its folder keeps its own. Raises SettingError, NotFound, StorageError."""
    place = _require(folder)
    shown = _checked(name, among=[info for info in list_libraries() if info.folder != place])
    with Catalog(place) as catalog:
        catalog.settings.rename(shown)


def name_of(folder: Path) -> str:
    """What people call the library in a folder, whether it can be opened or not. Raises NotFound."""
    return _info(_require(folder)).name


def delete(folder: Path, typed_name: str, keys: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Delete a library with all it holds. Close it in this process first.

    `keys` are those of vector stores' servers by address (`Models.typed_keys`); else the environment's are
    taken. Returns, in words, what such a server still holds since it could not be deleted there.

    Raises:
        SettingError: `typed_name` is not the library's name; nothing was deleted.
        NotFound: there is no library in that folder.
        StorageError: another process works there and does not stop, or the folder cannot be moved.
    """
    place = _require(folder)
    name = name_of(place)
    if typed_name.strip() != name.strip():
        raise SettingError(f"{typed_name!r} is not the name of this library ({name!r}). Nothing was deleted.")
    if place.is_symlink():
        raise StorageError(
            f"{place} is a link to another folder. Delete that folder yourself, then the link."
        )
    aside = place.with_name(f"{_ASIDE}{place.name}-{secrets.token_hex(4)}")
    with without_worker(place):
        _empty(place)
        left = leave_servers(place, partial(_store_key, keys or {}))
        # First aside in one step: a deletion that is cut short must not leave half a library that opens.
        try:
            place.rename(aside)
        except OSError as error:
            raise StorageError(
                f"{place} cannot be deleted ({error.strerror}). Close the programs that use it and try again."
            ) from error
    worker_log.forget(place)
    _remove(aside)
    return left


def _store_key(keys: Mapping[str, str], address: str) -> str | None:
    return keys.get(plain(address)) or settings.environment_key("store", address)


def _empty(place: Path) -> None:
    """Have those who still have the library open see an empty one: what they write then holds nothing of it.

    A catalogue that is lost, damaged or of a newer version cannot be emptied; it goes with the folder.
    """
    try:
        with Catalog(place) as catalog:
            catalog.erasing.begin()
    except StorageError as error:
        log.warning("the catalogue is deleted as it is: %s", error)


def slug(name: str) -> str:
    """A name as a folder name that every system takes: a-z, 0-9 and single hyphens, never empty."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")[:_MAX_FOLDER_NAME].strip("-")
    return f"library-{plain}" if _RESERVED.fullmatch(plain) else plain or "library"


def _is_library(folder: Path) -> bool:
    if folder.name.startswith("."):
        return False
    return (folder / FILE_NAME).is_file() or lost.find(folder / FILE_NAME) is not None


def _require(folder: Path) -> Path:
    place = Path(folder).absolute()
    if not _is_library(place):
        raise NotFound(f"There is no library in {place}.")
    return place


def _info(folder: Path) -> LibraryInfo:
    """What the catalogue says, read without migrating or locking it. A damaged library is listed too.

    One whose catalogue is lost is marked and not logged: whoever opens it is told what to do.
    """
    path = folder / FILE_NAME
    is_lost = False
    try:
        with errors(path), contextlib.closing(_reader(path)) as con:
            row = con.execute(_NAME_AND_COUNT).fetchone()
    except (StorageError, apsw.Error) as error:
        is_lost = lost.find(path) is not None
        if not is_lost:
            log.warning("the library %s cannot be read: %s", folder, error)
        row = None
    name, documents = row or (None, 0)
    return LibraryInfo(folder, str(name or folder.name), int(documents or 0), is_lost)


def _reader(path: Path) -> apsw.Connection:
    con = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    con.set_busy_timeout(500)
    return con


def _checked(name: str, among: list[LibraryInfo]) -> str:
    shown = "".join(c for c in " ".join(name.split()) if c.isprintable())
    if not shown:
        raise SettingError("A library needs a name.")
    if len(shown) > MAX_NAME:
        raise SettingError(f"This name has {len(shown)} characters; at most {MAX_NAME} fit.")
    if any(info.name.casefold() == shown.casefold() for info in among):
        raise SettingError(f"There is a library named {shown!r} already. Choose another name.")
    return shown


def _new_folder(place: Path, name: str) -> Path:
    """A new folder of this name, or of the first numbered name that is free. Raises StorageError."""
    for number in range(1, 10_000):
        folder = place / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(mode=0o700)  # for this user only, as `Catalog` makes it
        except FileExistsError:
            continue
        return folder
    raise StorageError(f"There are too many folders named {name} in {place}.")


@contextlib.contextmanager
def without_worker(folder: Path) -> Iterator[None]:
    """Have the library's worker leave, and let no other start meanwhile. Raises StorageError.

    A worker leaves when its address is taken away; what it was doing is deleted with the folder.
    """
    lock = FileLock(folder / protocol.LOCK_FILE)
    deadline = time.monotonic() + STOP_SECONDS
    while True:
        (folder / protocol.ADDRESS_FILE).unlink(missing_ok=True)
        try:
            lock.acquire(timeout=0.3)
            break
        except Timeout:
            if time.monotonic() > deadline:
                raise StorageError(
                    f"Another process is still working in {folder}. Wait until it is done, then try again."
                ) from None
    try:
        if os.name == "nt":
            lock.release()  # a folder with an open file in it cannot be renamed there
        yield
    finally:
        lock.release()


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        log.warning("%s could not be deleted wholly (%s); the next new library tries again", folder, error)


def _sweep(place: Path) -> None:
    """Finish deletions that were cut short."""
    for folder in place.glob(f"{_ASIDE}*") if place.is_dir() else ():
        _remove(folder)
