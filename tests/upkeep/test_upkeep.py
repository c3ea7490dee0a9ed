"""explorer.upkeep.upkeep: one way to all of it from a library; explorer.cli.upkeep prints it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer import Library
from explorer.cli import commands
from explorer.upkeep import KINDS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Library(tmp_path / "library") as library:
        (library.folder / "files" / ".attic" / "2026-01-01").mkdir(parents=True)
        (library.folder / "files" / ".attic" / "2026-01-01" / "old").write_bytes(b"x" * 5000)
    return tmp_path / "library"


def test_what_takes_room_is_printed_and_freed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = ["--library", str(folder)]
    assert commands.main(["space", *named]) == 0
    said = capsys.readouterr().out
    assert KINDS["attic"] in said and KINDS["text"] in said and str(folder) in said
    assert commands.main(["space", "--free", "--empty-attic", "--json", *named]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["attic"] == 1 and "attic" not in told["parts"]
    assert told["total"] == sum(part["octets"] for part in told["parts"].values())
    assert commands.main(["space", "--free", *named]) == 0
    assert "There was nothing to free." in capsys.readouterr().out


def test_addresses_are_printed(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = ["--library", str(folder)]
    assert commands.main(["addresses", *named]) == 0
    assert capsys.readouterr().out == "None: nothing leaves this machine.\n"
    monkeypatch.setenv("EXPLORER_CHAT_URL", "http://localhost:11434/v1")
    assert commands.main(["addresses", *named]) == 0
    said = capsys.readouterr().out
    assert "http://localhost:11434/v1 (this machine): language model, set up since" in said
    assert said.startswith("None outside this machine: nothing leaves")
    monkeypatch.setenv("EXPLORER_CHAT_URL", "https://models.example/v1")
    assert commands.main(["addresses", *named]) == 0
    said = capsys.readouterr().out
    assert "None" not in said and "0 requests, 0 bytes sent" in said
    assert commands.main(["addresses", "--json", *named]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert one["origin"] == "environment" and one["requests"] == 0
