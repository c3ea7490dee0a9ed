"""The command line as people and scripts use it: real processes, the real model, a library of its own.

Runs explorer.cli.parser, explorer.cli.arguments, explorer.cli.searching and explorer.cli.output through the
commands.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from explorer.cli import commands as cli
from explorer.cli import searching
from explorer.cli.terminal import FileBars, MapBar, counted, duration, plain
from explorer.errors import StorageError
from explorer.types import Activity, Job, Progress
from tests.readers.containers.archive_files import locked_zip

ROOT = Path(__file__).parents[2]
BREAD = "Bread needs flour, water, salt and time.\n\nKneading makes the dough elastic.\n"
MOON = "The Moon orbits the Earth in about twenty-seven days.\n\nIts far side was first seen in 1959.\n"
CASH = "The board declared a quarterly dividend of $1.15 per share.\n\nOperating margin fell in 2022.\n"


class Shell:
    """Runs `python -m explorer` over one library."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("EXPLORER_")}
        return subprocess.run(
            [sys.executable, "-m", "explorer", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            cwd=ROOT,
            env={**kept, "EXPLORER_HOME": str(self.home), "PYTHONIOENCODING": "utf-8"},
            check=False,
        )

    def json(self, *arguments: str, status: int = 0) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    (folder / "bread.txt").write_text(BREAD, encoding="utf-8")
    (folder / "moon.md").write_text(f"# The Moon\n\n{MOON}", encoding="utf-8")
    (folder / "more").mkdir()
    (folder / "more" / "cash.txt").write_text(CASH, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory, papers: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path_factory.mktemp("home") / "default")
    added = shell.json("add", str(papers))
    assert [(one["name"], one["status"]) for one in added] == [
        ("bread.txt", "added"),
        ("moon.md", "added"),
        ("cash.txt", "added"),
    ]
    yield shell


def test_adding_again_is_unchanged(shell: Shell, papers: Path) -> None:
    done = shell.run("add", str(papers / "bread.txt"))
    assert done.returncode == 0
    assert done.stdout.startswith("unchanged bread.txt (1 page, 1 passage)")


def test_what_cannot_be_added_says_why(shell: Shell, papers: Path, tmp_path: Path) -> None:
    (tmp_path / "picture.bin").write_bytes(bytes(range(256)) * 40)
    outcomes = shell.json("add", str(tmp_path), str(papers / "bread.txt"), status=1)
    assert [(one["name"], one["status"]) for one in outcomes] == [
        ("picture.bin", "failed"),
        ("bread.txt", "unchanged"),
    ]
    assert outcomes[0]["error"]
    (tmp_path / "empty").mkdir()
    done = shell.run("add", str(tmp_path / "empty"))
    assert done.returncode == 1
    assert "no file" in done.stderr


def test_why_each_was_found_and_where_a_known_one_stands(shell: Shell) -> None:
    where = ("--where", "moon.md:1")
    done = shell.run("search", "divident -flour", "--explain", "--document", "cash.txt", *where)
    assert "Searched for “dividend -flour” (hybrid) in 1 passage of 1 document." in done.stdout
    assert "Left out by the scope: 2 passages of 2 documents." in done.stdout
    assert re.search(r"   Why: meaning \d+%, words \d+%", done.stdout)
    assert "moon.md, page 1 is not among the hits. It is outside of the scope" in done.stdout
    done = shell.run("search", "dividend", "-k", "1", *where)
    assert "Why:" in done.stdout, "of the one that is asked for"
    assert re.search(
        r"moon.md, page 1 stands at rank [23] of 3 passages.\nIt does not hold: div", done.stdout
    )
    found = shell.json("search", "dividend", "-k", "1", *where)
    assert found["extent"]["searched"] == {"passages": 3, "documents": 3}
    assert sum(found["hits"][0]["signals"].values()) == pytest.approx(1)
    assert found["standing"]["rank"] in (2, 3)
    done = shell.run("search", "x", "--where", "moon.md")
    assert (done.returncode, "write it like report.pdf:12" in done.stderr) == (2, True)
    done = shell.run("search", "x", "--where", "moon.md:7")
    assert (done.returncode, "no page 7" in done.stderr) == (1, True)


@pytest.mark.parametrize("mode", ["hybrid", "semantic", "keyword"])
def test_searching(shell: Shell, mode: str) -> None:
    found = shell.json("search", "dividend per share", "-k", "2", "--mode", mode)
    first = found["hits"][0]
    assert first["document"]["name"] == "cash.txt"
    assert "dividend" in first["passage"]["text"]
    assert CASH[first["chunk"]["start"] : first["chunk"]["end"]] == first["chunk"]["text"]
    done = shell.run("search", "dividend per share", "--mode", mode)
    assert done.stdout.startswith("1. cash.txt")


def test_the_scope_limits(shell: Shell, papers: Path) -> None:
    def names(*scope: str) -> set[str]:
        return {hit["document"]["name"] for hit in shell.json("search", "what is it about", *scope)["hits"]}

    assert names("--document", "bread.txt") == {"bread.txt"}
    assert names("--document", "bread.txt", "--document", "moon.md") == {"bread.txt", "moon.md"}
    assert names("--folder", str(papers / "more")) == {"cash.txt"}
    assert names("--tag", "no such tag") == set()
    assert names("--from", "2020-01-01") == set()
    done = shell.run("search", "x", "--document", "nope.txt")
    assert done.returncode == 1
    assert done.stderr.startswith("error: There is no document named 'nope.txt'")
    done = shell.run("search", "x", "--kind", "xyz")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "error: There is no document of kind 'xyz' in this library, only: markdown, text"
    )


def test_nothing_found_says_what_to_do(shell: Shell) -> None:
    done = shell.run("search", "xylophone", "--mode", "keyword")
    assert done.returncode == 0
    assert "Nothing found" in done.stdout


def test_asking(shell: Shell) -> None:
    done = shell.run("ask", "What dividend did the board declare?")
    assert done.returncode == 0
    assert "$1.15" in done.stdout
    assert "[1] cash.txt, page 1" in done.stdout
    answer = shell.json("ask", "What dividend did the board declare?")
    assert answer["found"]
    assert answer["citations"][0]["document"] == "cash.txt"
    assert answer["hits"]


@pytest.mark.slow
def test_the_map(shell: Shell) -> None:
    atlas = shell.json("map")
    assert len(atlas["chunk_ids"]) == len(atlas["xy"]) == len(atlas["cluster_ids"]) >= 3
    done = shell.run("map")
    assert done.returncode == 0
    assert "passages" in done.stdout


def test_the_doctor(shell: Shell) -> None:
    done = shell.run("doctor")
    assert done.returncode == 0, done.stdout
    assert "Everything agrees." in done.stdout
    assert "computes in" not in done.stdout, "that is for whoever asks"
    assert any("computes in" in line for line in shell.json("doctor")["models"])
    stray = shell.home / "files" / "stray"
    stray.write_bytes(b"x")
    report = shell.json("doctor", status=1)
    assert not report["ok"]
    assert report["problems"]
    (line,) = shell.json("doctor", "--repair")["repaired"]
    assert "Set aside" in line and "stray" in line, line
    assert not stray.exists()
    (aside,) = shell.home.glob("files/.attic/*/stray")
    assert aside.read_bytes() == b"x"
    assert "Deleted 1 file that repair had set aside." in shell.run("doctor", "--empty-attic").stdout
    assert not aside.exists()


def test_the_doctor_reads_every_original_on_request(papers: Path, tmp_path: Path) -> None:
    shell = Shell(tmp_path / "library")
    assert shell.run("add", str(papers / "bread.txt")).returncode == 0
    (original,) = (path for path in (shell.home / "files").iterdir() if len(path.name) == 64)
    original.write_bytes(original.read_bytes().swapcase())
    done = shell.run("doctor", "--verify")
    assert done.returncode == 1
    assert "1 original have changed on the disk: bread.txt. Add this file again" in done.stdout, done.stdout
    assert "--repair" not in done.stdout, "it brings no bytes back"
    stray = shell.home / "files" / "stray"
    stray.write_bytes(b"x")
    assert "`doctor --repair` mends what can be mended." in shell.run("doctor").stdout
    stray.unlink()
    assert shell.run("add", str(papers / "bread.txt")).returncode == 0
    assert shell.json("doctor", "--verify")["ok"]


def test_the_doctor_brings_a_library_back_whose_catalogue_is_lost(papers: Path, tmp_path: Path) -> None:
    shell = Shell(tmp_path / "library")
    assert shell.run("add", str(papers)).returncode == 0
    (shell.home / "catalog.sqlite3").write_bytes(b"")
    for command in (("search", "dough"), ("doctor",), ("add", str(papers))):
        done = shell.run(*command)
        assert done.returncode == 1
        assert "catalog.sqlite3" in done.stderr and "doctor --repair" in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
    report = shell.json("doctor", "--repair")
    assert any("added again" in line for line in report["repaired"]), report
    assert report["counts"]["documents"] >= 3
    assert "bread" in shell.run("search", "dough").stdout


def test_the_doctor_says_that_the_model_does_not_read_the_language(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "library")
    text = (
        "Dies ist ein deutscher Text. Er handelt von Häusern und Gärten und von den Leuten, die darin wohnen."
    )
    (tmp_path / "haus.txt").write_text(text, encoding="utf-8")
    assert shell.run("add", str(tmp_path / "haus.txt")).returncode == 0
    for _ in range(2):
        done = shell.run("doctor")
        assert done.returncode == 0, done.stdout
        assert "another language (de) than the embedding model all-MiniLM-L6-v2" in done.stdout
        assert "choose a multilingual model" in done.stdout
    assert any("(de)" in note for note in shell.json("doctor")["notes"])


def test_libraries_by_folder_and_by_name(shell: Shell, tmp_path: Path) -> None:
    done = shell.run("search", "x", "--library", "Nowhere")
    assert done.returncode == 1
    assert "There are: default." in done.stderr
    assert shell.json("search", "dividend", "--library", "default", "--mode", "keyword")["hits"]
    assert shell.json("search", "dividend", "--library", str(shell.home), "--mode", "keyword")["hits"]
    assert not (ROOT / "Nowhere").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("fly",),
        ("--port", "8600"),
        ("add",),
        ("search",),
        ("search", "x", "-k", "0"),
        ("search", "x", "--from", "May"),
        ("map", "--dimensions", "4"),
    ],
)
def test_what_is_not_understood(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("add", "search", "ask", "map", "doctor"):
        with pytest.raises(SystemExit) as caught:
            cli.main([command, "--help"])
        assert caught.value.code == 0
        assert "--json" in capsys.readouterr().out


def test_errors_and_ctrl_c(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(searching, "library_of", full)
    assert cli.main(["search", "x", "--json"]) == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {"error": "The disk is full."}
    assert shown.err == "error: The disk is full.\n"

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(searching, "library_of", stopped)
    assert cli.main(["search", "x"]) == 130


def test_a_document_cannot_command_the_terminal(shell: Shell, tmp_path: Path) -> None:
    ordinary = "Words as they should be, line after line.\n" * 40
    evil = "evilword \x1b]0;owned\x07 \x1b[2J \u202egnp.exe\n"
    (tmp_path / "evil.txt").write_text(ordinary + evil, encoding="utf-8")
    assert shell.run("add", str(tmp_path / "evil.txt")).returncode == 0
    done = shell.run("search", "evilword", "--mode", "keyword")
    assert "evilword" in done.stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)


def test_an_archive_is_a_line_for_each_file_and_takes_its_password_from_a_pipe(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "library")
    path = tmp_path / "papers.zip"
    path.write_bytes(locked_zip({"a/moon.txt": MOON.encode(), "bread.txt": BREAD.encode()}, "gravel"))
    done = shell.run("add", str(path))
    assert (done.returncode, done.stdout) == (
        1,
        "failed    papers.zip: papers.zip is protected: enter its password.\n",
    )
    done = shell.run("add", "--password", str(path), stdin="sand\n")
    assert "That is not the password of papers.zip" in done.stdout
    done = shell.run("add", "--password", str(path), stdin="gravel\n")
    assert (done.returncode, done.stdout) == (
        0,
        "added     moon.txt in papers.zip/a (1 page, 1 passage)\n"
        "added     bread.txt in papers.zip (1 page, 1 passage)\n",
    )


def test_passwords_are_never_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["add", "x.pdf", "--password=secret"])
    assert "ignored explicit argument" in capsys.readouterr().err


def test_no_heavy_package_for_help() -> None:
    heavy = "{'torch', 'chromadb', 'umap', 'numpy', 'tqdm'}"
    code = f"import sys, explorer.__main__; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == ""


def test_evaluate_shows_how_far_it_is_where_somebody_looks(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "questions.jsonl"
    line = json.dumps({"question": "flour", "references": [{"document": "bread.txt"}]})
    file.write_text("\n".join([line] * 30), encoding="utf-8")
    arguments = ["evaluate", "--library", str(shell.home), "--mode", "keyword", "--questions", str(file)]
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert cli.main(arguments) == 0
    assert "Asking" in screen.getvalue()
    assert "/30" in screen.getvalue()
    shown = screen.getvalue()
    assert cli.main([*arguments, "--json"]) == 0
    assert screen.getvalue() == shown
    assert "30 questions, all documents" in capsys.readouterr().out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_bars_show_files_pages_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    job = Job(1, "add", "a\x1b.pdf", "reading", 3, 9, 10, datetime.now(UTC))
    with FileBars(is_shown=True) as bars:
        bars.show(Progress(Activity(2, 0, 0, 0, 75.0, (job,)), (job, job)))
    shown = screen.getvalue()
    assert "Adding files" in shown
    assert "0/2" in shown
    assert "about 75 s left" in shown
    assert "a .pdf: reading pages" in shown
    assert "3/9" in shown
    with MapBar(is_shown=True) as bar:
        bar.show(None)
        bar.show(job)
    assert "Drawing the map" in screen.getvalue()


def test_no_bars_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    job = Job(1, "add", "a.pdf", "reading", 3, 9, 10, datetime.now(UTC))
    with FileBars(is_shown=True) as bars:
        bars.show(Progress(Activity(1, 0, 0, 0, None, (job,)), (job,)))
    assert pipe.getvalue() == ""


def test_small_words() -> None:
    assert (counted(1, "page"), counted(1366, "page")) == ("1 page", "1,366 pages")
    assert [duration(seconds) for seconds in (0.2, 40, 200, 7200)] == ["1 s", "40 s", "3 min", "2.0 h"]
    assert plain("a\nb\tc\x07", keep_lines=True) == "a\nb\tc "
    assert plain("a\nb") == "a b"


def test_evaluate_prints_configuration_and_figures(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    lines = [
        {
            "question": "When was the far side seen?",
            "references": [{"document": "moon.md", "text": "in 1959"}],
        },
        {"question": "What makes dough elastic?", "references": [{"document": "bread.txt"}]},
    ]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = shell.json("evaluate", "--questions", str(file))
    figures = {one["name"]: one for one in found["figures"]}
    assert figures["hit@5"]["value"] == 1
    assert figures["character recall@5"]["count"] == 1
    assert found["configuration"]["mode"] == "hybrid"
    printed = shell.run("evaluate", "--questions", str(file), "--within").stdout
    lines_of = printed.splitlines()
    assert "chunk_tokens  115" in lines_of
    assert "model         all-MiniLM-L6-v2" in lines_of
    assert "mode          hybrid" in lines_of
    assert "2 questions, within their documents; in brackets the bootstrap 95 % interval" in lines_of
    rows = [line for line in lines_of if line.endswith("]") or line.endswith("of 1 question")]
    assert len(rows) == 6
    assert {line.index("[") for line in rows} == {31}
    assert "hit@5                   1.000  [1.000 1.000]" in rows
    assert sum(line.endswith("]  of 1 question") for line in rows) == 3
    file.write_text("{}", encoding="utf-8")
    failed = shell.run("evaluate", "--questions", str(file))
    assert failed.returncode == 1
    assert "line 1" in failed.stderr
