"""The command `pictures`. Of explorer.cli.pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.cli import commands as cli
from tests.pictures.making import library_folder, shape


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(list(arguments)) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_pictures_are_listed_and_found(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--library", str(library_folder(tmp_path_factory))]
    (tmp_path / "cross.png").write_bytes(shape("cross", 2000))
    assert "5 of 5 pictures looked at" in run(capsys, "pictures", "list", *where)
    assert json.loads(run(capsys, "pictures", "fill", "--json", *where))["done"] == 5
    first = run(capsys, "pictures", "like", str(tmp_path / "cross.png"), "-k", "2", *where).splitlines()[0]
    assert first.startswith("  1. 1.00  report.docx, page 1, picture 3")
    found = json.loads(run(capsys, "pictures", "showing", "triangle", "-k", "1", "--json", *where))
    assert [hit["document"]["name"] for hit in found] == ["note.docx"]
    assert cli.main(["pictures", "like", str(tmp_path / "none.png"), *where]) == 1
    assert "could not be opened" in capsys.readouterr().err
