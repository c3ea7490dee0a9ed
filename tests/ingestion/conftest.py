from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import Library
from explorer.catalog import Catalog
from tests.embedding.embedding_server import OK, EmbeddingServer, serving
from tests.folders import RENT, WHALES, write


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A catalogue that nobody works on."""
    with Catalog(tmp_path / "library") as opened:
        yield opened


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with two documents, whose worker runs."""
    folder = tmp_path_factory.mktemp("ingest")
    with Library(folder / "library") as library:
        library.add(write(folder / "first", whales_md=WHALES, rent_txt=RENT))
        yield library


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Library, EmbeddingServer]]:
    """A library whose embeddings come from a server that takes three seconds for the first chunk, in which
    other files get ready."""
    plans = [OK, {"stall": 3.0}, {"stall": 1.5}, OK]
    with serving(plans=plans, bad="BAD") as at, Library(tmp_path / "library") as library:
        library.change_settings(embed_url=at.address, embed_model="tiny")
        yield library, at
