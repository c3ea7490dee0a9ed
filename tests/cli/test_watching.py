"""The command `watch`, as a process over one library. Runs explorer.cli.watching."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.cli.watching import said
from explorer.types import WatchEvent
from explorer.watching import journal
from tests.cli.test_commands import Shell
from tests.folders import RENT, eventually, write


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to a process on Windows")
def test_it_follows_until_it_is_stopped(tmp_path: Path) -> None:
    papers, output = tmp_path / "papers", tmp_path / "output"
    write(papers, rent_txt=RENT)
    library = tmp_path / "library"
    command = [sys.executable, "-m", "explorer", "watch", str(papers), "--library", str(library)]
    with output.open("w") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            eventually(lambda: "added  rent.txt" in output.read_text(), seconds=90)
            (papers / "rent.txt").rename(papers / "lease.txt")
            eventually(lambda: "renamed  lease.txt (was rent.txt)" in output.read_text())
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30) == 130
        finally:
            process.kill()
    assert f"Watching {papers}" in output.read_text()
    shell = Shell(library)
    (folder,) = shell.json("watch", "--list")
    assert (folder["path"], folder["is_paused"]) == (str(papers), False)
    assert shell.run("watch", "--pause", str(papers)).stdout == f"{papers}: paused\n"
    assert shell.run("watch", "--resume", str(papers)).returncode == 0
    assert shell.run("watch", "--stop", str(papers)).stdout == "No folder is watched.\n"
    refused = shell.run("watch")
    assert refused.returncode == 1
    assert "No folder is watched. Name one" in refused.stderr


def test_an_event_is_a_line() -> None:
    event = WatchEvent(journal.now(), "/papers", "away", why="It cannot be read.")
    assert said(event) == "away  /papers: It cannot be read."
    event = WatchEvent(journal.now(), "/papers", "kept", "rent.txt")
    assert said(event) == "kept  rent.txt (gone from the folder; its document stays until you remove it)"
