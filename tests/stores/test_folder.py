"""The folder of a store: what it notes, what begins anew, what is left alone."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import StorageError
from explorer.stores.base import STORES
from explorer.stores.folder import StoreFolder
from tests.stores.numpy_file import NumpyFileStore

VECTORS = np.eye(3, 4, dtype=np.float32)


def opened(library: Path, newest: int = 100, name: str = "numpy_file") -> StoreFolder:
    folder = StoreFolder(library, "this library", name)
    folder.open(newest)
    return folder


def test_it_knows_again_how_far_it_was_filled(tmp_path: Path) -> None:
    folder = opened(tmp_path)
    assert folder.sequence == 0
    folder.store.add(1, np.arange(3), VECTORS)
    folder.remember(7)
    folder.close()
    assert folder.sequence == -1
    again = opened(tmp_path)
    assert (again.sequence, again.store.count(1)) == (7, 3)


def test_a_note_that_could_not_be_written_leaves_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError("No space left on device")

    folder = opened(tmp_path)
    folder.remember(7)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="No space"):
            folder.remember(8)
    assert folder.sequence == 7
    assert opened(tmp_path).sequence == 7


def test_each_opening_has_a_number_of_its_own(tmp_path: Path) -> None:
    folder = opened(tmp_path)
    first = folder.opening
    assert folder.open(100) == first, "it is open"
    folder.close()
    assert folder.opening is None
    assert folder.open(100) != first
    shutil.rmtree(folder.path)
    assert folder.open(100) not in (first, None)
    assert folder.is_there()


class Wary(NumpyFileStore):
    """Opens no folder in which there is a stranger."""

    def open(self, folder: Path) -> None:
        if (folder / "stranger").exists():
            raise StorageError("There is a stranger in it.")
        super().open(folder)


def test_what_a_store_refuses_to_open_begins_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(STORES, "wary", Wary)
    folder = opened(tmp_path, name="wary")
    folder.store.add(1, np.arange(3), VECTORS)
    folder.remember(7)
    folder.close()
    (folder.path / "stranger").touch()
    assert opened(tmp_path, name="wary").sequence == 0
    assert [path.name for path in folder.path.iterdir()] == ["sequence"]
    assert "There is a stranger in it." in caplog.text


def test_one_that_cannot_be_deleted_is_told_and_nothing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Path) -> None:
        raise PermissionError("in use by another program")

    opened(tmp_path, name="chroma").close()
    monkeypatch.setattr(shutil, "rmtree", fail)
    with caplog.at_level(logging.WARNING):
        opened(tmp_path).discard_others(lambda _: None)
    assert (tmp_path / "chroma" / "sequence").exists()
    assert "no longer used, stays (in use by another program)" in caplog.text
