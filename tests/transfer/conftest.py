"""One library with a worker and its export for all tests of this wing, and libraries without a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from explorer import Hit, Library, settings
from explorer.catalog import Catalog
from explorer.transfer import BroughtIn
from explorer.transfer.importing import Importing
from explorer.transfer.meter import Meter
from tests.folders import BREAD, RENT, WHALES, prose, write

QUERIES = ("tenant's rent", "feeding a starter", "squid", "copper lantern", "ZX-9981")
CODE = "The crane carries the inventory code ZX-9981. Its driver has a key.\n\n"


@dataclass(frozen=True)
class Made:
    """A library that was exported: its folder, the file, and what its searches gave."""

    folder: Path
    file: Path
    hits: list[list[tuple[str, int, int, float]]]


def hits(library: Library) -> list[list[tuple[str, int, int, float]]]:
    """What searches give, in every mode, without ids of this library."""
    return [
        [_place(hit) for hit in library.search(query, mode=mode)]
        for mode in ("hybrid", "semantic", "keyword")
        for query in QUERIES
    ]


def _place(hit: Hit) -> tuple[str, int, int, float]:
    return hit.document.name, hit.chunk.start, hit.chunk.end, hit.score


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Five documents, tags, a conversation."""
    place = tmp_path_factory.mktemp("exported")
    with Library(place / "library") as library:
        library.add(write(place / "first", whales_md=WHALES, rent_txt=RENT, bread_md=BREAD))
        library.add(write(place / "more", code_txt=CODE + prose(1, 80), long_txt=prose(2, 120)))
        ids = {document.name: document.id for document in library.documents()}
        library.tag([ids["rent.txt"], ids["code.txt"]], ["home", "2026"])
        talk = library.conversations.create("Rent")
        library.conversations.wait(library.conversations.ask(talk, "When is the rent of the tenant due?"))
        before = hits(library)
        assert library.transfer.export(place / "library.zip").documents == 5
    return Made(place / "library", place / "library.zip", before)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A catalogue that nobody works on."""
    with Catalog(tmp_path / "other") as opened:
        yield opened


class Nobody:
    """A worker that never comes."""

    def start(self) -> None:
        """Nothing starts."""

    def wake(self) -> None:
        """Nobody wakes up."""

    def sync(self) -> None:
        """There is no index."""

    def password(self, job_id: int, password: str) -> None:
        """Nobody hears it."""


@pytest.fixture
def bring(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], BroughtIn]:
    """Imports into `catalog`; what has to be read anew is queued and not waited for."""
    monkeypatch.setattr(Importing, "_wait", lambda _self: None)

    def run(path: Path, *, is_trusted: bool = False, is_anew: bool = False) -> BroughtIn:
        return Importing(
            catalog,
            Nobody(),
            lambda: settings.resolve(catalog.settings.all()),
            Meter(),
            is_trusted=is_trusted,
            is_anew=is_anew,
        ).run(path)

    return run
