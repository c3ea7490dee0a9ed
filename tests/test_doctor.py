"""The doctor (explorer.doctor): what it finds wrong in a library of real parts, and what it mends."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import Library
from tests.folders import BREAD, RENT, WHALES, eventually, write


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path / "first", whales_md=WHALES, rent_txt=RENT, bread_txt=BREAD))
        yield library


def test_doctor_fills_an_index_again_that_was_deleted(library: Library) -> None:
    assert library.doctor().ok
    expected = {hit.chunk.id for hit in library.search("sea animals", mode="semantic")}
    shutil.rmtree(library.folder / "chroma")
    report = library.doctor(repair=True)
    assert report.ok, report.problems
    assert report.counts["index_vectors"] == report.counts["live_chunks"] == report.counts["keyword_rows"]
    assert {hit.chunk.id for hit in library.search("sea animals", mode="semantic")} == expected


TEXT_OF = "WHERE edition_id = (SELECT e.id FROM edition e JOIN document d ON d.id = e.document_id"


def change_kept(library: Library, name: str) -> None:
    """A byte of the text of a document is another, as after a fault of the disk."""
    with library._catalog.write() as connection:
        connection.execute(
            f"UPDATE piece SET text = 'X' || substr(text, 2) {TEXT_OF} AND d.name = ?)",
            (name,),
        )


def test_a_document_of_which_something_has_changed_is_named_and_read_again(library: Library) -> None:
    before = {one.name: (one.id, library.text(one.id)) for one in library.documents()}
    library.tag([before["rent.txt"][0]], ["home"])
    library.bin(before["bread.txt"][0])
    change_kept(library, "rent.txt")
    change_kept(library, "bread.txt")
    with library._catalog.write() as connection:
        connection.execute(
            "UPDATE embedding SET vector = CAST(x'00' || substr(vector, 2) AS BLOB) WHERE sha IN"
            " (SELECT c.embedded FROM chunk c JOIN edition e ON e.id = c.edition_id"
            " JOIN document d ON d.id = e.document_id"
            " WHERE d.name = 'whales.md')"
        )
    assert library.doctor().ok, "nobody has looked"
    steps: list[tuple[str, int, int]] = []
    (problem,) = library.doctor(verify=True, on_step=lambda *at: steps.append(at)).problems
    assert problem.startswith("What is kept of bread.txt, rent.txt, whales.md has changed on the disk")
    assert steps[-1] == ("Comparing documents", 2, 3)
    assert library.doctor().problems == (problem,), "it is remembered"
    (line,) = library.doctor(repair=True).repaired
    assert "bread.txt, rent.txt, whales.md" in line and "read again" in line
    eventually(lambda: not library.activity().is_busy)
    assert [one.document.name for one in library.binned()] == ["bread.txt"], "it stays where it was"
    library.restore(before["bread.txt"][0])
    assert {one.name: (one.id, library.text(one.id)) for one in library.documents()} == before
    assert library.tags() == {"home": 1}
    assert library.search("sea animals", mode="semantic")[0].document.name == "whales.md"
    report = library.doctor(verify=True)
    assert report.ok, report.problems


def test_where_the_original_has_changed_too_the_file_is_asked_for(library: Library, tmp_path: Path) -> None:
    (document,) = (one for one in library.documents() if one.name == "rent.txt")
    original = library.original(document.id)
    original.write_bytes(original.read_bytes().swapcase())
    change_kept(library, "rent.txt")
    problems = library.doctor(verify=True).problems
    assert any("and the original too. Add the file again" in problem for problem in problems), problems
    assert library.doctor(repair=True).repaired == ()
    library.add(tmp_path / "first" / "rent.txt")
    library.doctor(repair=True)
    eventually(lambda: not library.activity().is_busy)
    report = library.doctor(verify=True)
    assert report.ok, report.problems
    assert library.text(document.id).strip() == RENT.strip()


def test_doctor_names_what_is_wrong_and_mends_it(library: Library) -> None:
    (library.folder / "files" / ("0" * 64)).write_bytes(b"left over")
    with library._catalog.write() as connection:
        connection.execute(
            "INSERT INTO embedding (model_id, sha, vector) SELECT id, x'00', zeroblob(1536) FROM model"
        )
    report = library.doctor()
    assert not report.ok
    assert len(report.problems) == 2
    mended = library.doctor(repair=True)
    assert mended.ok, mended.problems
    assert len(mended.repaired) == 2
    assert library.doctor() == library.doctor(repair=True)


def test_doctor_promises_no_repair_of_what_only_the_file_can_mend(library: Library) -> None:
    original = library.original(library.documents()[0].id)
    whole = original.read_bytes()
    original.write_bytes(whole.swapcase())
    report = library.doctor(verify=True)
    assert (len(report.problems), report.is_mendable) == (1, False)
    (library.folder / "files" / ("0" * 64)).write_bytes(b"left over")
    assert library.doctor().is_mendable
    report = library.doctor(repair=True)
    assert (len(report.problems), report.is_mendable) == (1, False)
    original.write_bytes(whole)
    original.rename(original.with_name("aside"))
    assert library.doctor().is_mendable
    original.with_name("aside").rename(original)
    assert not library.doctor().is_mendable
