"""The thread that keeps the vector index at the catalogue, and those who wait for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer.catalog import Catalog
from explorer.errors import StorageError
from explorer.stores import IndexFollower, VectorIndex
from explorer.stores import follower as following
from tests.catalog.making import add
from tests.folders import eventually
from tests.stores.conftest import agrees


@pytest.fixture
def catalog(catalog: Catalog) -> Catalog:
    add(catalog, "some words that stay. " * 30, "stays.txt")
    return catalog


@pytest.fixture
def follower(catalog: Catalog, index: VectorIndex) -> Iterator[IndexFollower]:
    follower = IndexFollower(catalog, index)
    yield follower
    follower.stop(10)


def test_who_waits_gets_what_was_deleted_filled_again(
    follower: IndexFollower, index: VectorIndex, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_LOOK_SECONDS", 60.0)  # it does not notice by itself in time
    follower.start()
    follower.finish()
    eventually(lambda: index._checked)  # nobody reads the folder while it is deleted
    (catalog.folder / "chroma").rename(catalog.folder / "gone")  # in one step: it may look just now
    assert not follower.wait(0.0)
    follower.finish()
    assert index.is_there()
    assert agrees(index, catalog)


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
    assert agrees(index, catalog)
