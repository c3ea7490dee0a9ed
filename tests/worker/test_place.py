"""A worker serves the folder it was started for: no copy of it, and not the place it was moved away from."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from explorer import Library
from explorer.types import Outcome
from explorer.worker import place, protocol
from tests.folders import BREAD, RENT, WHALES, eventually, write


def test_a_copied_folder_is_served_by_a_worker_of_its_own(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path, whales_md=WHALES))
        first = protocol.read_address(library.folder)
        assert first is not None
        library._client.sync()  # nothing is being written any more
        shutil.copytree(library.folder, tmp_path / "copy")
        assert (tmp_path / "copy" / protocol.ADDRESS_FILE).exists()
        assert (tmp_path / "copy" / protocol.LOCK_FILE).exists()
        assert protocol.read_address(tmp_path / "copy") is None
        with Library(tmp_path / "copy") as copy:
            outcomes = _within(30, lambda: copy.add(write(tmp_path, rent_txt=RENT)))
            assert [one.status for one in outcomes] == ["added"]
            own = protocol.read_address(copy.folder)
            assert own is not None
            assert own.pid != first.pid
            assert copy.search("tenant", mode="semantic", k=1)[0].document.name == "rent.txt"
            assert copy._client.sync().vectors == copy.counts().chunks
        assert library._client.sync().vectors == library.counts().chunks
        assert [one.name for one in library.documents()] == ["whales.md"]
        assert protocol.read_address(library.folder) == first


def test_the_worker_refuses_a_client_of_another_folder(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library, Library(tmp_path / "other") as other:
        library._client.wake()
        stolen = protocol.read_address(library.folder)
        assert stolen is not None
        protocol.write_address(other.folder, stolen)  # it names the other folder: the client goes there
        assert protocol.read_address(other.folder) == stolen
        other._client.wake()
        own = protocol.read_address(other.folder)
        assert own is not None
        assert own.pid != stolen.pid


def test_a_moved_folder_starts_its_own_and_the_old_one_leaves(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path, whales_md=WHALES))
        old = protocol.read_address(library.folder)
        assert old is not None
        if sys.platform == "win32":
            pytest.skip("Windows moves no folder that is open")
        library.folder.rename(tmp_path / "moved")
        assert protocol.read_address(tmp_path / "moved") is None
        with Library(tmp_path / "moved") as moved:
            outcomes = _within(40, lambda: moved.add(write(tmp_path, bread_txt=BREAD)))
            assert [one.status for one in outcomes] == ["added"]
            own = protocol.read_address(moved.folder)
            assert own is not None
            assert own.pid != old.pid


def test_a_copy_in_the_place_of_the_original_is_not_served_by_its_worker(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows moves no folder that is open")
    with Library(tmp_path / "library") as library:
        library._client.wake()
        address = protocol.read_address(library.folder)
        assert address is not None
        shutil.copytree(library.folder, tmp_path / "copy")
        library.folder.rename(tmp_path / "away")
        (tmp_path / "copy").rename(library.folder)
        assert protocol.read_address(library.folder) is None
        eventually(lambda: not psutil.pid_exists(address.pid), seconds=20)


def test_another_way_to_the_same_folder_is_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    address = protocol.WorkerAddress(1, b"key", 1)
    protocol.write_address(tmp_path / "library", address)
    if sys.platform != "win32":
        (tmp_path / "link").symlink_to(tmp_path / "library")
        assert protocol.read_address(tmp_path / "link") == address
    mark = place.mark_of(tmp_path / "library")
    assert mark is not None
    assert place.mark_of(tmp_path / "nowhere") is None
    by_other_path = place.FolderMark(str(tmp_path / "nowhere"), mark.device, mark.inode)
    assert not place.serves(by_other_path, tmp_path / "library"), "it was moved here"
    unnumbered = place.FolderMark(mark.path, 0, 0)
    assert place.serves(unnumbered, tmp_path / "library")
    assert unnumbered.bound(b"key") != mark.bound(b"key")


def test_an_address_of_an_earlier_version_is_none(tmp_path: Path) -> None:
    text = json.dumps({"port": 1, "key": "00", "pid": os.getpid()})
    (tmp_path / protocol.ADDRESS_FILE).write_text(text)
    assert protocol.read_address(tmp_path) is None


def _within(seconds: float, work: Callable[[], list[Outcome]]) -> list[Outcome]:
    """What the work returns; a failed test, and no wait, where it takes longer."""
    found: list[Outcome] = []
    thread = threading.Thread(target=lambda: found.extend(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "it still waits"
    return found
