"""What takes room in a library's folder, in bytes on the disk; together it is what the folder takes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer import stores
from explorer.catalog import FILE_NAME, free_pages
from explorer.catalog.attic import ATTIC
from explorer.catalog.columns import fetch_all, fetch_value
from explorer.embedding import tuned
from explorer.embedding.words.names import FOLDER
from explorer.ingestion import receiving
from explorer.worker import log as worker_log

if TYPE_CHECKING:
    from explorer.catalog import Catalog

KINDS = {
    "originals": "Originals",
    "bin": "Originals in the bin",
    "text": "Text and words",
    "embeddings": "Embeddings",
    "index": "Vector index",
    "maps": "Maps",
    "words": "Word vectors",
    "tuned": "Models trained on it",
    "conversations": "Conversations",
    "redoing": "Left by redoing and by what was stopped",
    "empty": "Empty pages of the catalogue",
    "older": "Catalogues from before an upgrade",
    "arriving": "Files on their way in",
    "attic": "Set aside by repair",
    "other": "Lists, locks and the log of changes",
}
"""What takes room, in the order in which it is shown, and what people call it."""
_OF_TABLE = {
    "embedding": "embeddings",
    "layout": "maps",
    **dict.fromkeys(
        ("conversation", "message", "citation", "message_hit", "message_source"), "conversations"
    ),
}
"""The kinds of the tables that are not text and words."""
_BY_TABLE = (
    "SELECT coalesce(s.tbl_name, d.name), sum(d.pgsize) FROM dbstat d"
    " LEFT JOIN sqlite_schema s ON s.name = d.name WHERE d.aggregate = TRUE GROUP BY 1"
)
WORTH_SHARE = 20
"""A vector index is filled again where at least a twentieth of it is of removed vectors."""


@dataclass(frozen=True, slots=True)
class SpacePart:
    """One kind of `KINDS` and the bytes it takes; of these, `freeable` are what `Upkeep.free` gives back."""

    kind: str
    octets: int
    freeable: int = 0


@dataclass(frozen=True, slots=True)
class SpaceUsed:
    """What takes room: the kinds that do, and, outside the folder, the worker's log."""

    parts: tuple[SpacePart, ...]
    log: int

    @property
    def total(self) -> int:
        """The bytes of the folder."""
        return sum(part.octets for part in self.parts)

    @property
    def freeable(self) -> int:
        """About how many of them nothing needs."""
        return sum(part.freeable for part in self.parts)

    def of(self, kind: str) -> int:
        """The bytes of one kind."""
        return sum(part.octets for part in self.parts if part.kind == kind)


def used(catalog: Catalog) -> SpaceUsed:
    """What takes room in a library."""
    taken = Counter[str]()
    for path, octets in _files(catalog.folder):
        taken[_kind_of(path)] += octets
    taken["bin"] = min(_binned(catalog), taken["originals"])
    taken["originals"] -= taken["bin"]
    inside, freeable = _inside(catalog, taken.pop("catalogue", 0))
    taken.update(inside)
    freeable["older"] = taken["older"]
    freeable["arriving"] = sum(_on_disk(path) for path in receiving.stale(catalog.originals))
    freeable["index"] = int(taken["index"] * dead_share(catalog))
    parts = [SpacePart(kind, taken[kind], min(freeable[kind], taken[kind])) for kind in KINDS if taken[kind]]
    return SpaceUsed(tuple(parts), _on_disk(worker_log.path(catalog.folder)))


def total(folder: Path) -> int:
    """The bytes that a folder takes with all that is in it."""
    return sum(octets for _, octets in _files(folder))


def dead_share(catalog: Catalog) -> float:
    """Which share of a vector index is of vectors that were removed; 0.0 where it is not worth a thought."""
    dead = max(stores.dead_vectors(catalog.folder / store) for store in stores.STORES)
    if not dead:
        return 0.0
    alive = sum(catalog.embeddings.count_of_generation(one.id) for one in catalog.generations.all())
    share = dead / (alive + dead)
    return share if share * WORTH_SHARE >= 1 else 0.0


def _binned(catalog: Catalog) -> int:
    with catalog.read() as con:
        shas = fetch_all(con, "SELECT sha256 FROM document WHERE binned_at IS NOT NULL")
    return sum(_on_disk(catalog.originals.path(sha)) for (sha,) in shas)


def _kind_of(path: Path) -> str:
    """Which kind a file or folder is of, by its place in the library's folder."""
    first, *more = path.parts or ("",)
    if first.startswith(f"{FILE_NAME}.before-"):
        return "older"
    if first.startswith(FILE_NAME):
        return "catalogue"
    if first in stores.STORES or first in stores.SERVED:
        return "index"
    own = {FOLDER: "words", tuned.FOLDER: "tuned"}
    if first in own:
        return own[first]
    if first == "files" and more:
        hidden = {ATTIC: "attic", ".incoming": "arriving"}
        return hidden.get(more[0], "other" if more[0].startswith(".") else "originals")
    return "other"


def _inside(catalog: Catalog, octets: int) -> tuple[Counter[str], Counter[str]]:
    """What the bytes of the catalogue and its log are taken by, and what can be given back of them."""
    taken, freeable = Counter[str](), Counter[str]()
    with catalog.read() as con:
        for table, size in fetch_all(con, _BY_TABLE):
            taken[_OF_TABLE.get(table, "text")] += int(size)
        embeddings = int(fetch_value(con, "SELECT count(*) FROM embedding"))
    if embeddings and not catalog.jobs.has_work(("add", "redo")):
        taken["redoing"] = taken["embeddings"] * catalog.embeddings.unneeded() // embeddings
        taken["embeddings"] -= taken["redoing"]
    taken["empty"] = free_pages.free_bytes(catalog.database)
    freeable.update({kind: taken[kind] for kind in ("empty", "redoing")})
    # Pages may stand in the log of changes only, or in it and in the file: the log takes what is over.
    over = taken.total() - octets
    taken["other"] = max(0, -over)
    for kind in list(taken):
        less = max(0, min(over, taken[kind]))
        taken[kind] -= less
        over -= less
    return taken, freeable


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every file and folder below `folder`, itself too, by its place in it, with the bytes it takes."""
    seen: set[tuple[int, int]] = set()
    for place, _, names in os.walk(folder):
        at = Path(place)
        for path in (at, *(at / name for name in names)):
            try:
                state = path.lstat()
            except FileNotFoundError:
                continue  # moved or deleted meanwhile
            if state.st_nlink > 1 and not path.is_dir():
                if (state.st_dev, state.st_ino) in seen:
                    continue
                seen.add((state.st_dev, state.st_ino))
            yield path.relative_to(folder), _taken(state)


def _on_disk(path: Path) -> int:
    try:
        return _taken(path.lstat())
    except OSError:
        return 0


def _taken(state: os.stat_result) -> int:
    """What a file takes on the disk: its blocks, where the system counts them (of 512 bytes, by POSIX)."""
    blocks = getattr(state, "st_blocks", None)
    return int(state.st_size if blocks is None else blocks * 512)
