"""The thread that keeps the vector index at the catalogue, and those who wait for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.errors import StorageError
from explorer.stores import follower as following
from explorer.stores.chroma import VectorIndex
from explorer.stores.follower import IndexFollower
from tests.catalog.making import add, generation
from tests.folders import eventually


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path) as catalog:
        generation(catalog)
        add(catalog, "some words that stay. " * 30, "stays.txt")
        yield catalog


@pytest.fixture
def index(catalog: Catalog) -> Iterator[VectorIndex]:
    index = VectorIndex(catalog.folder, catalog)
    yield index
    index.close()


@pytest.fixture
def follower(catalog: Catalog, index: VectorIndex) -> Iterator[IndexFollower]:
    follower = IndexFollower(catalog, index)
    yield follower
    follower.stop(10)


def count(index: VectorIndex, catalog: Catalog) -> int:
    live = catalog.generations.live()
    assert live is not None
    return index.count(live.id)


def test_who_waits_gets_what_was_deleted_filled_again(
    follower: IndexFollower, index: VectorIndex, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_LOOK_SECONDS", 60.0)  # it does not notice by itself in time
    follower.start()
    follower.finish()
    eventually(lambda: index._is_checked)  # nobody reads the folder while it is deleted
    shutil.rmtree(index.folder)
    assert not follower.wait(0.0)
    follower.finish()
    assert index.is_there()
    assert count(index, catalog) == len(catalog.chunks.ids())


def test_who_waits_is_told_what_goes_wrong_now_and_not_what_went_wrong_before(
    follower: IndexFollower, index: VectorIndex, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(following, "_LOOK_SECONDS", 2.5)  # between two tries: more than who waits looks once
    with monkeypatch.context() as full:
        full.setattr(index, "follow", fail)
        follower.start()
        with pytest.raises(StorageError, match="full"):
            follower.finish()
        first = follower._error
        with pytest.raises(StorageError, match="full"):
            follower.finish()
        assert follower._error is not first
    follower.finish()
    assert count(index, catalog) == len(catalog.chunks.ids())
