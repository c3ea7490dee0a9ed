"""The commands `bin`, `restore` and `remove`, as processes over one library. Runs explorer.cli.removing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_commands import Shell
from tests.folders import RENT, WHALES, files_holding, write


def test_into_the_bin_back_and_away_for_good(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "library")
    papers = write(tmp_path, whales_md=WHALES, rent_txt=RENT)
    assert shell.run("add", *map(str, papers)).returncode == 0
    assert shell.run("bin").stdout == "The bin is empty.\n"
    done = shell.run("bin", "whales.md")
    assert (done.returncode, done.stdout) == (0, "Into the bin, for 7 days: whales.md.\n")
    (held,) = shell.json("bin")
    assert held["document"]["name"] == "whales.md"
    assert f"{held['document']['id']}  until 20" in shell.run("bin").stdout
    assert shell.json("restore", held["document"]["id"]) == {"back": [held["document"]["id"]], "again": []}
    assert shell.run("restore", "whales.md").returncode == 1
    shell.run("bin", "whales.md")
    assert shell.run("remove", "whales.md", "rent.txt").stdout == "Removed for good: whales.md, rent.txt.\n"
    assert files_holding(tmp_path / "library", "krill") == []
    missing = shell.run("bin", "whales.md")
    assert missing.returncode == 1
    assert "There is no document named 'whales.md' in this library." in missing.stderr


def test_of_two_with_one_name_the_id_is_asked_for(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "library")
    papers = [*write(tmp_path / "a", rent_txt=RENT), *write(tmp_path / "b", rent_txt=RENT + "Other.\n")]
    assert shell.run("add", *map(str, papers)).returncode == 0
    refused = shell.run("remove", "rent.txt")
    assert refused.returncode == 1
    assert "2 documents in this library or its bin are named 'rent.txt'" in refused.stderr


@pytest.mark.parametrize("command", ["bin", "restore", "remove"])
def test_each_says_what_it_does(command: str) -> None:
    helped = Shell(Path()).run(command, "--help")
    assert helped.returncode == 0
    assert "DOCUMENT" in helped.stdout
