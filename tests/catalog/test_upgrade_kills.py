"""A process that brings a library to the newest format is killed at every write: nothing is lost."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import apsw
import pytest

from explorer.catalog import Catalog, copies, shape
from tests.catalog import released

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor SIGKILL")

STEPS = ("open", "os.rename", "os.remove")
"""What Python itself does with files, by the names of its audit events."""


class Killer:
    """Kills the process that it is in at the `at`-th thing done to a file."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def hear(self, event: str, arguments: Any) -> None:
        if event in STEPS and "catalog.sqlite3" in str(arguments[0]):
            self.step()

    def watch(self) -> None:
        """Be asked before each write, flush and cut of SQLite, and before what Python does with the files."""
        killer, real = self, apsw.vfs_names()[0]

        class File(apsw.VFSFile):
            def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
                killer.step()
                super().xWrite(data, offset)

            def xSync(self, flags: int) -> None:  # noqa: N802
                killer.step()
                super().xSync(flags)

            def xTruncate(self, size: int) -> None:  # noqa: N802
                killer.step()
                super().xTruncate(size)

        class Files(apsw.VFS):
            def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
                killer.step()
                super().xDelete(filename, syncdir)

            def xOpen(self, name: Any, flags: Any) -> File:  # noqa: N802
                return File(real, name, flags)

        self.files = Files("killing", base=real, makedefault=True)
        sys.addaudithook(self.hear)


def upgrade_is_killed(folder: Path, at: int) -> bool:
    """Whether a process that opens the library was killed at that step; it was done before when not."""
    child = os.fork()
    if child == 0:
        try:
            Killer(at).watch()
            Catalog(folder).close()
            os._exit(0)
        finally:  # whatever it raised: no test may go on in the child
            os._exit(3)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL)
    return status != 0


def rows(folder: Path) -> dict[str, list[Any]]:
    """Everything that stands in the tables, without the moments of the steps."""
    con = apsw.Connection(str(folder / "catalog.sqlite3"))
    try:
        tables = [row[0] for row in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {name: sorted(map(repr, con.execute(f'SELECT * FROM "{name}"'))) for name in tables}
        found["migration"] = con.execute("SELECT number, name FROM migration").fetchall()
        return found
    finally:
        con.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["schema-1", "schema-2a", "schema-2b", "schema-8"])
def test_killed_at_every_step(tmp_path: Path, name: str) -> None:
    whole = released.unpack(name, tmp_path / "whole")
    shutil.copytree(whole, tmp_path / "old")
    before = rows(whole)
    Catalog(whole).close()
    after = rows(whole)
    draw = random.Random(name)
    at = 0
    while True:
        at += 1
        folder = Path(shutil.copytree(tmp_path / "old", tmp_path / "library"))
        if not upgrade_is_killed(folder, at):
            break
        assert rows(folder) in (before, after), at
        upgrade_is_killed(folder, draw.randint(1, 120))
        with Catalog(folder) as catalog, catalog.read() as con:
            assert shape.differences(con) == []
            assert con.execute("PRAGMA integrity_check").get == "ok"
        assert rows(folder) == after, at
        kept = copies.beside(catalog.path)
        assert len(kept) == 1, at
        shutil.copy(kept[0], tmp_path / "catalog.sqlite3")
        assert rows(tmp_path) == before, at
        shutil.rmtree(folder)
    assert at > (20 if name == "schema-8" else 60)
