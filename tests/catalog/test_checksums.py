"""`explorer.catalog.checksums`: whatever changes in what is kept of a document is seen; nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from explorer.catalog import Catalog, checksums
from explorer.catalog.records import NewTable
from tests.catalog.making import add, document, embed, generation

HERON = "The heron nests in the bell tower of the old customs house. " * 5
FLIP = "UPDATE embedding SET vector = CAST(x'00' || substr(vector, 2) AS BLOB) WHERE id = 1"
CHANGES = {
    "a title": "UPDATE edition SET title = 'b'",
    "a day": "UPDATE edition SET date = '2020-01-03'",
    "a heading": "UPDATE edition SET headings = '[[0,1,\"b\"]]'",
    "a page": "UPDATE page SET label = 'b' WHERE number = 1",
    "where words stand": "UPDATE page SET runs = x'07' WHERE number = 1",
    "the text": "UPDATE piece SET text = replace(text, 'heron', 'herom')",
    "text that is none": "UPDATE piece SET text = CAST(x'ff' || substr(text, 2) AS TEXT)",
    "a text that is gone": "DELETE FROM piece",
    "a passage": "UPDATE chunk SET start = start + 1 WHERE position = 1",
    "a heading of a passage": "UPDATE chunk SET headings = '[\"b\"]' WHERE position = 1",
    "words of a passage": "UPDATE chunk_terms SET body = replace(body, 'heron', 'herom')",
    "words of the name": "UPDATE chunk_terms SET name = 'letter'",
    "where a table stands": 'UPDATE document_table SET "end" = 8',
    "cells of a table": "UPDATE document_table SET apart = replace(apart, 'a', 'b')",
    "a vector": FLIP,
}


@pytest.fixture
def kept(catalog: Catalog) -> Iterator[tuple[Catalog, str]]:
    yield (
        catalog,
        add(
            catalog,
            [HERON, HERON.upper()],
            "heron.txt",
            title="a",
            when=date(2020, 1, 2),
            tables=[NewTable(0, 9, 1, ((0, ("a", "c")),))],
        ),
    )


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_is_seen_and_named(kept: tuple[Catalog, str], what: str) -> None:
    catalog, _ = kept
    add(catalog, "another, which is whole", "other.txt")
    assert catalog.verifying.all() == []
    assert catalog.verifying.changed() == []
    with catalog.write() as con:
        first = "SELECT min(id) FROM edition"
        sql = CHANGES[what]
        if sql.startswith(("UPDATE edition", "DELETE")):
            sql += f" WHERE {'id' if 'edition' in sql else 'edition_id'} = ({first})"
        con.execute(sql)
    assert catalog.verifying.all() == []
    assert "heron.txt" in [one.name for one in catalog.verifying.changed()]


def test_names_tags_and_the_bin_change_nothing(kept: tuple[Catalog, str]) -> None:
    catalog, document_id = kept
    catalog.documents.rename(document_id, "letter.txt", ["letter"])
    catalog.documents.tag([document_id], add=["kept"])
    catalog.bin.put([document_id])
    catalog.verifying.all()
    assert catalog.verifying.changed() == []
    catalog.bin.restore([document_id])
    catalog.documents.rename(document_id, "note.txt", ["note"])
    catalog.verifying.all()
    assert catalog.verifying.changed() == []


def test_what_an_earlier_version_stored_gets_its_checksum_when_it_is_looked_at(
    kept: tuple[Catalog, str],
) -> None:
    catalog, document_id = kept
    with catalog.write() as con:
        before = con.execute("SELECT checksum, name_checksum FROM edition").fetchall()
        con.execute("UPDATE edition SET checksum = NULL, name_checksum = NULL")
        assert len(checksums.missing(con, [document_id])) == 1
    catalog.documents.rename(document_id, "heron.txt", ["heron"])
    assert catalog.verifying.some() == []
    with catalog.read() as con:
        assert checksums.missing(con, [document_id]) == []
        assert con.execute("SELECT checksum FROM edition").fetchall() == [(before[0][0],)]
    with catalog.write() as con:
        con.execute("UPDATE chunk SET page = 2")
    assert catalog.verifying.some() == ["heron.txt"]


def test_what_is_read_again_takes_the_place_in_the_bin_too(catalog: Catalog) -> None:
    live = generation(catalog)
    shared = "shared words that stand in two documents"
    one = add(catalog, [shared, "the first"], "one.txt")
    two = add(catalog, [shared, "the second"], "two.txt")
    whole = add(catalog, "the third", "three.txt")
    catalog.bin.put([two])
    with catalog.write() as con:
        con.execute(FLIP)
    catalog.verifying.all()
    assert {found.document_id for found in catalog.verifying.changed()} == {one, two}
    given = catalog.verifying.give_way([one])
    assert {found.document_id for found in given} == {one, two}, "it has the vector too"
    for found, pages in ((one, [shared, "the first"]), (two, [shared, "the second"])):
        new = document(pages, "one.txt" if found == one else "two.txt")
        embed(catalog, live.model.id, new)
        assert catalog.arrivals.store(new, live.id, replaces=found).document_id == found
    catalog.verifying.all()
    assert catalog.verifying.changed() == []
    assert catalog.check().problems == ()
    assert [binned.document.id for binned in catalog.bin.list(7)] == [two]
    assert {document.id for document in catalog.documents.list()} == {one, whole}


def test_a_vector_that_whole_documents_use_too_stays(catalog: Catalog, tmp_path: Path) -> None:
    shared = "shared words that stand in two documents"
    one = add(catalog, [shared, "the first"], "one.txt")
    add(catalog, [shared, "the second"], "two.txt")
    with catalog.write() as con:
        con.execute(
            "UPDATE piece SET text = upper(text) WHERE edition_id ="
            " (SELECT id FROM edition WHERE document_id = ?)",
            (one,),
        )
    catalog.verifying.all()
    assert [found.name for found in catalog.verifying.give_way([one])] == ["one.txt"]
    with catalog.read() as con:
        assert con.execute("SELECT count(*) FROM embedding").fetchall() == [(2,)], "one of three is gone"
    catalog.verifying.all()
    assert [found.name for found in catalog.verifying.changed()] == ["one.txt"]
