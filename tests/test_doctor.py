"""The doctor (explorer.doctor): what it finds wrong in a library of real parts, and what it mends."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import Library
from tests.folders import BREAD, RENT, WHALES, write


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
