"""Libraries made by the code of each released schema are opened, filled, searched, redone and repaired."""

from __future__ import annotations

import re
from pathlib import Path

import apsw
import pytest

from explorer import Library
from explorer.catalog import Catalog, copies, shape
from tests.catalog import released
from tests.folders import eventually, write

FIRST = {"whales.md", "rent.txt"}
"""What every one of them holds; `rent.txt` was added from two files that were alike."""
FILES_IN_FILES = (
    "schema-2b",
    "schema-2c",
    "schema-3",
    "schema-4",
    "schema-5",
    "schema-6",
    "schema-7",
    "schema-8",
    "schema-9",
    "schema-10",
)
"""The ones whose commits could read the archive."""
MOON = "The moon moves away from the earth by four centimetres a year.\n"


@pytest.mark.parametrize("name", released.NAMES)
def test_it_does_all_that_a_new_library_does(tmp_path: Path, name: str) -> None:
    folder = released.unpack(name, tmp_path / "library")
    with Library(folder) as library:
        names = {document.name for document in library.documents()}
        assert names == FIRST | ({"bread.txt"} if name in FILES_IN_FILES else set())
        assert library.tags() == {"home": 1}
        assert library.search("sea animals")[0].document.name == "whales.md"
        (conversation,) = library.conversations.list()
        assert library.conversations.messages(conversation.id)[0].state == "done"
        assert library.stored_map() is not None
        assert [one.status for one in library.add(write(tmp_path / "new", moon_txt=MOON))] == ["added"]
        assert library.search("how far away does the moon move")[0].document.name == "moon.txt"
        library.remove([one.id for one in library.documents() if one.name == "rent.txt"])
        library.redo()
        eventually(lambda: not library.is_redoing)
        assert library.needs_redo == ()
        report = library.doctor(repair=True)
        assert report.ok, report.problems
        assert library.search("sea animals")[0].document.name == "whales.md"
    assert copies.beside(folder / "catalog.sqlite3") == []


@pytest.mark.parametrize("name", released.NAMES)
def test_it_has_the_tables_of_a_new_library_once_it_was_opened(tmp_path: Path, name: str) -> None:
    folder = released.unpack(name, tmp_path / "library")
    with Catalog(folder) as catalog, catalog.read() as con:
        assert shape.differences(con) == []
    with Catalog(folder) as again:
        assert again.check().problems == ()
    kept = [re.sub(r"-\d{4}-.*", "", copy.name.rpartition(".")[2]) for copy in copies.beside(catalog.path)]
    assert kept == {
        "schema-2c": ["before-3"],
        "schema-3": ["before-4"],
        "schema-4": ["before-5"],
        "schema-5": ["before-6"],
        "schema-6": ["before-7"],
        "schema-7": ["before-8"],
        "schema-8": ["before-9"],
        "schema-9": ["before-10"],
        "schema-10": [],
    }.get(name, ["before-2"])


@pytest.mark.parametrize("name", ["schema-2a", "schema-2b"])
def test_a_mended_library_knows_every_file_that_holds_a_document(tmp_path: Path, name: str) -> None:
    with Catalog(released.unpack(name, tmp_path / "library")) as catalog, catalog.read() as con:
        held = con.execute("SELECT name, part_of FROM document_source ORDER BY name").fetchall()
    expected = [("rent.txt", ""), ("same as rent.txt", ""), ("whales.md", "")]
    assert held == ([("bread.txt", "parcel.zip")] if name == "schema-2b" else []) + expected


def test_a_file_that_holds_something_else_by_now_holds_a_document_no_longer(tmp_path: Path) -> None:
    folder = released.unpack("schema-2b", tmp_path / "library")
    con = apsw.Connection(str(folder / "catalog.sqlite3"))
    con.execute(
        "INSERT INTO job (kind, name, state, created_at, batch, document_id, source)"
        " SELECT 'add', name, 'ready', 0, 9, (SELECT id FROM document WHERE name = 'whales.md'), source"
        " FROM job"
        " WHERE name = 'same as rent.txt'"
    )
    con.close()
    with Catalog(folder) as catalog, catalog.read() as con:
        held = con.execute(
            "SELECT d.name, s.name FROM document_source s JOIN document d ON d.id = s.document_id"
            " WHERE s.name = 'same as rent.txt'"
        ).fetchall()
    assert held == [("whales.md", "same as rent.txt")]
