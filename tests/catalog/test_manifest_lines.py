"""`explorer.catalog.manifest_lines`: lines come and go in place, whatever other processes do meanwhile."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from explorer.catalog.manifest_lines import ManifestLines, sha_of


def sha(number: int) -> str:
    return f"{number:064x}"


def line(number: int, text: str = "a") -> bytes:
    return b'{"sha256":"%s","name":"%s"}\n' % (sha(number).encode(), text.encode())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "manifest.jsonl"


def ours(lines: ManifestLines) -> list[bytes]:
    return [one for one in lines.all() if sha_of(one) is not None]


def test_lines_are_added_replaced_and_dropped(path: Path) -> None:
    lines = ManifestLines(path)
    assert (list(lines.all()), lines.find(sha(1))) == ([], None)
    lines.drop([sha(1)])
    assert not path.exists()
    lines.put({sha(1): line(1), sha(2): line(2)})
    lines.put({sha(1): line(1, "newer and longer")})
    assert ours(lines) == [line(2), line(1, "newer and longer")]
    assert lines.find(sha(1)) == line(1, "newer and longer")
    lines.drop([sha(2), sha(9)])
    assert (lines.find(sha(2)), ours(lines)) == (None, [line(1, "newer and longer")])


def test_two_processes_see_what_the_other_does(path: Path) -> None:
    """Each with its own memory of the file, taking turns at random; compared with a dict."""
    both, draw, wanted = (ManifestLines(path), ManifestLines(path)), random.Random(5), dict[str, bytes]()
    for step in range(800):
        one, number = draw.choice(both), draw.randrange(40)
        what = draw.choice(("put", "put", "drop", "find", "rewrite" if step % 20 == 0 else "find"))
        if what == "put":
            wanted[sha(number)] = line(number, "x" * draw.randrange(90))
            one.put({sha(number): wanted[sha(number)]})
        elif what == "drop":
            one.drop([sha(number)])
            wanted.pop(sha(number), None)
        elif what == "rewrite":
            one.replace(wanted.values())
        assert one.find(sha(number)) == wanted.get(sha(number)), (step, what)
    assert sorted(ours(both[0])) == sorted(wanted.values())


def test_what_a_kill_left_between_the_new_and_the_old_line_goes(path: Path) -> None:
    lines = ManifestLines(path)
    lines.put({sha(1): line(1, "old words"), sha(2): line(2)})
    with path.open("ab") as file:
        file.write(line(1, "new words"))
    assert lines.find(sha(1)) == line(1, "new words")
    lines.tidy()
    assert b"old words" not in path.read_bytes()
    assert ours(lines) == [line(2), line(1, "new words")]


def test_half_a_line_spoils_no_other_and_goes(path: Path) -> None:
    lines = ManifestLines(path)
    lines.put({sha(1): line(1)})
    with path.open("ab") as file:
        file.write(line(2, "half words")[:-4])
    lines.put({sha(3): line(3)})
    assert (lines.find(sha(2)), lines.find(sha(3))) == (None, line(3))
    lines.tidy()
    assert b"half words" not in path.read_bytes()
    assert ours(lines) == [line(1), line(3)]


def test_a_file_of_an_earlier_version_has_no_mark_and_gets_one(path: Path) -> None:
    path.write_bytes(line(1) + line(2))
    lines = ManifestLines(path)
    assert lines.find(sha(2)) == line(2)
    path.write_bytes(line(2) + line(1))
    assert lines.find(sha(2)) == line(2)
    lines.put({sha(3): line(3)})
    assert path.read_bytes().startswith(b'{"mark":"')
    assert ours(lines) == [line(2), line(1), line(3)]


def test_it_does_not_grow_without_end(path: Path) -> None:
    lines = ManifestLines(path)
    for number in range(3000):
        lines.put({sha(number % 3): line(number % 3, f"{number:0100}")})
    assert path.stat().st_size < 150_000
    assert len(ours(lines)) == 3
