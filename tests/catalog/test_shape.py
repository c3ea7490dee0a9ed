"""`doctor` compares the tables of a library with those that this version makes, and mends what it can."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer import Library
from explorer.catalog import Catalog, shape
from tests.catalog.making import add
from tests.folders import RENT, write

UNUSABLE = {
    "ALTER TABLE job DROP COLUMN attempts": "the table job lacks attempts",
    "DROP TABLE message_hit": "the table message_hit is missing",
}
REMADE = {
    "DROP INDEX job_state": "the index job_state is missing",
    "DROP TRIGGER revision_live": "the trigger revision_live is missing",
}
NOTED = {
    "CREATE TRIGGER spy AFTER INSERT ON document BEGIN DELETE FROM tag; END": "the trigger spy is unknown",
    "CREATE VIEW all_of_it AS SELECT * FROM document": "the view all_of_it is unknown",
    "CREATE TABLE more (a)": "the table more is unknown",
    "ALTER TABLE document ADD COLUMN colour TEXT": "the table document has colour besides",
    "DROP INDEX tag_tag; CREATE INDEX tag_tag ON tag (tag, tag)": "the index tag_tag is made otherwise",
}


@pytest.mark.parametrize("sql", UNUSABLE | REMADE | NOTED)
def test_a_difference_is_named(catalog: Catalog, sql: str) -> None:
    add(catalog, "some text")
    assert catalog.check().problems == ()
    with catalog.write() as con:
        con.execute(sql)
        found = shape.differences(con)
        assert bool(shape.lacking(con)) == (sql in UNUSABLE)
    assert [one.text for one in found] == [(UNUSABLE | REMADE | NOTED)[sql]] + (
        ["the index message_hit_document is missing"] if "message_hit" in sql else []
    )
    problem = "The tables of the catalogue are not as this version makes them: "
    assert any(problem + found[0].text in one for one in catalog.check().problems)


def test_comments_line_breaks_and_quotation_marks_make_no_difference() -> None:
    one = "CREATE TABLE \"model\" (\n    id INTEGER, -- its number\n    name TEXT DEFAULT '--')"
    assert shape.plain(one) == shape.plain("CREATE TABLE model (id INTEGER, name TEXT DEFAULT '--')")
    assert shape.plain("DEFAULT 'a b'") != shape.plain("DEFAULT 'a  b'")


@pytest.mark.parametrize("sql", REMADE)
def test_indexes_and_triggers_are_made_anew(catalog: Catalog, sql: str) -> None:
    with catalog.write() as con:
        con.execute(sql)
    assert len(catalog.remake()) == 1
    assert catalog.check().problems == ()
    assert catalog.remake() == []


def test_an_index_that_its_rows_do_not_allow_stays_missing(catalog: Catalog) -> None:
    with catalog.write() as con:
        con.execute("DROP INDEX job_member")
        for _ in range(2):
            con.execute(
                "INSERT INTO job (kind, name, state, created_at, batch, parent, member)"
                " VALUES ('add', 'a', 'ready', 0, 1, 1, 'a')"
            )
    assert catalog.remake() == []
    assert "the index job_member is missing" in catalog.check().problems[0]


def test_doctor_says_what_a_catalogue_lacks_and_what_to_do(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path / "files", rent_txt=RENT))
        with library._catalog.write() as con:
            con.execute("ALTER TABLE message DROP COLUMN forgotten")
        for repair in (False, True):
            report = library.doctor(repair=repair)
            assert not report.ok
            assert "the table message lacks forgotten" in report.problems[0]
            assert "add the files again" in report.problems[1]
            assert len(list((library.folder / "files").glob("[0-9a-f]*"))) == 1
