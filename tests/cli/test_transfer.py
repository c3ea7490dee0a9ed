"""`export` and `import` as people type them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer import Library
from explorer.cli import commands
from tests.folders import RENT, WHALES, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("commands")
    with Library(place / "library") as library:
        library.add(write(place, whales_md=WHALES, rent_txt=RENT))
    return place / "library"


def test_out_and_in_again(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, given = tmp_path / "library.zip", ["--library", str(folder)]
    assert commands.main(["export", str(file), *given]) == 0
    assert f"Exported 2 documents to {file}." in capsys.readouterr().out
    assert commands.main(["export", str(file), *given]) == 1
    assert "is there already" in capsys.readouterr().err
    other = ["--library", str(tmp_path / "other")]
    assert commands.main(["import", str(file), *other]) == 0
    assert "Added 2 documents." in capsys.readouterr().out
    assert commands.main(["import", str(file), *other, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["known"] == 2
    assert commands.main(["search", "tenant", *other, "--mode", "keyword"]) == 0
    assert "rent.txt" in capsys.readouterr().out
    (tmp_path / "note.zip").write_text("a note")
    assert commands.main(["import", str(tmp_path / "note.zip"), *other]) == 1
    assert "note.zip could not be opened" in capsys.readouterr().err
    assert commands.main(["import", str(tmp_path / "note.zip"), "--library", str(tmp_path / "new")]) == 1
    assert "note.zip could not be opened" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_plain_files(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--library", str(folder)]
    assert commands.main(["export", "--plain", str(tmp_path / "plain"), *given, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["documents"] == 2
    assert (tmp_path / "plain" / "rent.txt.txt").read_text() == RENT
    for wrong in ([], [str(tmp_path / "a.zip"), "--plain", str(tmp_path / "b")]):
        with pytest.raises(SystemExit) as ended:
            commands.main(["export", *wrong, *given])
        assert ended.value.code == 2
