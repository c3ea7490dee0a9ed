"""A real catalogue, and the index that follows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.stores import STORES, VectorIndex
from explorer.stores.served import pinecone
from tests.catalog.making import generation
from tests.stores.numpy_file import NumpyFileStore
from tests.stores.served.running import Servers


@pytest.fixture(autouse=True)
def newcomer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table has one store more: a row is all that is needed."""
    monkeypatch.setitem(STORES, "numpy_file", NumpyFileStore)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with Servers() as servers:
        yield servers


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our server of Pinecone's protocol counts at once what was written."""
    monkeypatch.setattr(pinecone, "SETTLE_SECONDS", 0.0)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path) as catalog:
        generation(catalog)
        yield catalog


@pytest.fixture
def index(catalog: Catalog) -> Iterator[VectorIndex]:
    index = VectorIndex(catalog, "chroma")
    yield index
    index.close()


def live(catalog: Catalog) -> int:
    found = catalog.generations.live()
    assert found is not None
    return found.id


def agrees(index: VectorIndex, catalog: Catalog) -> bool:
    """Whether the index holds the live chunks, and nothing else of that generation."""
    return index.ids(live(catalog)).tolist() == catalog.chunks.ids().tolist()
