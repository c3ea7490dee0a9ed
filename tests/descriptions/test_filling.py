"""Descriptions in a library: chosen by its worker, kept, made anew, gone with their document.

Of explorer.descriptions.filling and explorer.catalog.descriptions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer import Library, NotFound
from explorer.catalog import Catalog
from explorer.catalog.descriptions import Undescribed
from explorer.descriptions.choosing import RULES
from explorer.descriptions.filling import MOST_PASSAGES, Describer, _compared
from tests.catalog.making import add, document, generation
from tests.folders import eventually, write

CANAL = "Halden Locks is a company that keeps the nineteen sluices of the northern canal.\n"
BREAD = "This guide explains how a sourdough starter is fed with flour and water every twelve hours.\n"
TABLE = "year,opened,closed\n2021,48200,9\n2022,51004,3\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path / "files", canal_txt=CANAL, bread_md=BREAD, table_csv=TABLE))
        yield library


def ids(library: Library) -> dict[str, str]:
    return {document.name: document.id for document in library.documents()}


def described(library: Library, number: int = 2) -> None:
    eventually(lambda: len(library.descriptions()) == number)


def rows(library: Library) -> list[tuple[Any, ...]]:
    with Catalog(library.folder) as catalog, catalog.read() as con:
        return con.execute("SELECT text, rules FROM description ORDER BY text").fetchall()


def test_what_documents_are_about_is_known_soon_after_they_were_added(library: Library) -> None:
    revision = library.revision
    described(library)
    of = ids(library)
    assert library.descriptions() == {of["canal.txt"]: CANAL.strip(), of["bread.md"]: BREAD.strip()}
    assert library.description(of["canal.txt"]) == CANAL.strip()
    assert library.description(of["table.csv"]) is None
    assert library.revision == revision, "nothing that is kept of the list of documents has to be drawn anew"
    assert library.descriptions() is library.descriptions(), "it is read once"
    with pytest.raises(NotFound):
        library.description("nobody")


def test_it_goes_with_its_document_and_comes_back_from_the_bin(library: Library) -> None:
    described(library)
    canal = ids(library)["canal.txt"]
    library.bin([canal])
    assert canal not in library.descriptions()
    assert (CANAL.strip(), RULES) in rows(library)
    library.restore([canal])
    assert library.description(canal) == CANAL.strip()
    library.remove([canal])
    assert [text for text, _ in rows(library)] == ["", BREAD.strip()]
    octets = b"".join(path.read_bytes() for path in library.folder.glob("catalog.sqlite3*"))
    assert b"nineteen sluices" not in octets


def test_a_document_that_is_read_anew_is_described_anew(library: Library, tmp_path: Path) -> None:
    described(library)
    new = "Halden Locks is a company that now keeps twenty sluices, those of the southern canal too.\n"
    library.add(write(tmp_path / "files", canal_txt=new))
    eventually(lambda: new.strip() in library.descriptions().values())
    assert CANAL.strip() not in [text for text, _ in rows(library)]
    library.redo()
    eventually(lambda: not library.is_redoing)
    described(library)


def test_other_rules_describe_anew_by_and_by(library: Library) -> None:
    described(library)
    canal = ids(library)["canal.txt"]
    with Catalog(library.folder) as catalog, catalog.write() as con:
        con.execute("UPDATE description SET text = 'old', rules = 0 WHERE text <> ''")
    library.tag([canal], add=["home"])  # the worker looks where something has changed
    eventually(lambda: library.description(canal) == CANAL.strip())


def test_an_export_in_plain_files_says_it(library: Library, tmp_path: Path) -> None:
    described(library)
    library.transfer.export_plain(tmp_path / "plain")
    assert json.loads((tmp_path / "plain" / "bread.md.json").read_text())["description"] == BREAD.strip()
    assert "description" not in json.loads((tmp_path / "plain" / "table.csv.json").read_text())


def test_an_edition_that_cannot_be_read_holds_up_no_other(tmp_path: Path) -> None:
    with Catalog(tmp_path) as catalog:
        generation(catalog)
        broken = add(catalog, CANAL, name="broken.txt")
        whole = add(catalog, BREAD, name="whole.txt")
        with catalog.write() as con:
            con.execute(
                "UPDATE chunk SET headings = 'no list' WHERE edition_id ="
                " (SELECT id FROM edition WHERE document_id = ?)",
                (broken,),
            )
        describer = Describer(catalog)
        describer.start()
        eventually(lambda: not catalog.descriptions.waiting(RULES, 9, describer._unreadable))
        describer.stop()
        assert catalog.descriptions.of(broken) is None
        with catalog.read() as con:
            (known,) = con.execute(
                "SELECT e.document_id FROM description b JOIN edition e ON e.id = b.edition_id"
            ).fetchall()
        assert known == (whole,)


def test_nothing_is_described_while_files_wait(tmp_path: Path) -> None:
    with Catalog(tmp_path) as catalog:
        add(catalog, CANAL)
        (tmp_path / "next.txt").write_text(BREAD)
        catalog.jobs.enqueue("add", "next.txt", source=str(tmp_path / "next.txt"), size=9)
        describer = Describer(catalog)
        assert not describer._work()
        catalog.jobs.cancel()
        assert describer._work()
        assert not describer._work(), "all are described"


def test_of_a_long_document_its_beginning_and_what_lies_behind_it_are_compared() -> None:
    some = _compared(Undescribed(1, 100, 30, "a"))
    assert some == list(range(100, 130))
    many = _compared(Undescribed(1, 100, 100_000, "a"))
    assert many[:200] == list(range(100, 300))
    assert len(many) <= MOST_PASSAGES
    assert many == sorted(set(many))
    assert 90_000 < many[-1] < 100_100


def test_what_is_gone_by_then_is_passed_over(tmp_path: Path) -> None:
    with Catalog(tmp_path) as catalog:
        add(catalog, CANAL)
        catalog.descriptions.put(RULES, {4711: "of nobody"})
        assert catalog.descriptions.all() == {}
        assert document([CANAL]).name == "note.txt"
