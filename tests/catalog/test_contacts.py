"""explorer.catalog.contacts: what went where is counted by every process, and survives it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from explorer.catalog import Catalog
from explorer.catalog.contacts import Contact
from tests.folders import eventually

HERE = "http://127.0.0.1:11434/v1"


def only(catalog: Catalog) -> Contact:
    (one,) = catalog.contacts.all()
    return one


def test_requests_and_bytes_add_up_over_threads_and_processes(tmp_path: Path) -> None:
    with Catalog(tmp_path / "library") as catalog, Catalog(tmp_path / "library") as other:

        def ask(asked: Catalog) -> None:
            for _ in range(50):
                asked.contacts.count("chat", HERE, 10)

        threads = [threading.Thread(target=ask, args=(one,)) for one in (catalog, other) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        eventually(lambda: (only(catalog).requests, only(other).requests) == (200, 200))
        one = only(other)
        assert one.octets == 2000 and one.since is None
        assert one.first is not None and one.last is not None and one.first <= one.last
    with Catalog(tmp_path / "library") as catalog:
        assert only(catalog).requests == 200


def test_a_busy_catalogue_holds_up_nobody_and_loses_nothing(tmp_path: Path) -> None:
    with Catalog(tmp_path / "library") as catalog, Catalog(tmp_path / "library") as other:
        with other.write():
            catalog.contacts.count("embed", HERE, 7)  # returns at once
            assert only(catalog).octets == 7, "told, though not written down yet"
        eventually(lambda: other.contacts.all() == catalog.contacts.all() != [])


def test_what_was_written_down_survives_a_kill(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\nfrom pathlib import Path\nfrom explorer.catalog import Catalog\n"
        "catalog, other = Catalog(Path(sys.argv[1])), Catalog(Path(sys.argv[1]))\n"
        f"catalog.contacts.count('chat', {HERE!r}, 5)\n"
        "while not other.contacts.all(): time.sleep(0.01)\nos.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path / "library")], check=False)
    assert killed.returncode == -9
    with Catalog(tmp_path / "library") as catalog:
        assert (only(catalog).requests, only(catalog).octets) == (1, 5)


def test_since_when_it_is_set_up_is_kept_and_ends(tmp_path: Path) -> None:
    with Catalog(tmp_path / "library") as catalog:
        catalog.contacts.note([("chat", HERE), ("embed", "https://elsewhere.example/v1")])
        first, second = catalog.contacts.all()
        assert (first.purpose, second.address) == ("chat", "https://elsewhere.example/v1")
        assert first.since is not None and first.first is None
        catalog.contacts.count("chat", HERE, 3)
        catalog.contacts.note([("chat", HERE)])
        assert only(catalog).since == first.since, "the other got nothing, and is not listed any more"
        eventually(lambda: not catalog.contacts._unsaved)
        catalog.contacts.note([])
        assert only(catalog).since is None and only(catalog).requests == 1
        catalog.contacts.note([("chat", HERE)])
        assert (only(catalog).since or 0) > first.since


def test_settings_of_pages_do_not_hold_it(tmp_path: Path) -> None:
    with Catalog(tmp_path / "library") as catalog:
        catalog.contacts.note([("chat", HERE)])
        assert catalog.settings.all() == {}
