"""`explorer.catalog.check` sees each kind of damage that a catalogue can have."""

from __future__ import annotations

import re

import pytest

from explorer.catalog import Catalog
from tests.catalog.making import add

DAMAGE = {
    "DELETE FROM chunk WHERE id = 2": "more or fewer passages",
    'UPDATE chunk SET "end" = 10000 WHERE id = 2': "outside the text",
    "DELETE FROM page WHERE number = 1": "do not make up the text",
    'UPDATE page SET "end" = "end" - 1 WHERE number = 1': "do not make up the text",
    "DELETE FROM piece": "a part of the text lost",
    "DELETE FROM embedding WHERE id = 1": "without an embedding",
    "DELETE FROM chunk_terms WHERE rowid = 3": "keyword search does not know",
    "INSERT INTO chunk_terms (rowid, name, body) VALUES (999, 'a', 'b')": "1 keyword row without a passage",
    "DELETE FROM edition": "in no index",
}


@pytest.mark.parametrize("sql", DAMAGE)
def test_damage_is_named(catalog: Catalog, sql: str) -> None:
    add(catalog, ["one page. " * 10, "and two. " * 10], "hurt.txt")
    add(catalog, "unhurt. " * 20, "whole.txt")
    assert catalog.check().problems == ()
    with catalog.write() as con:
        con.execute("PRAGMA defer_foreign_keys = ON")
        con.execute(sql)
    problems = catalog.check().problems
    assert any(DAMAGE[sql] in problem for problem in problems), problems
    assert not any(re.search(r"\b1 \w+s\b", problem) for problem in problems), problems


def test_counts_agree(catalog: Catalog) -> None:
    add(catalog, ["one page. " * 10, "and two. " * 10])
    counts = catalog.check().counts
    assert counts["chunks"] == counts["live_chunks"] == counts["keyword_rows"] == 6
    assert (counts["documents"], counts["pages"]) == (1, 2)


def test_strays_are_named(catalog: Catalog) -> None:
    (catalog.folder / "files" / "stray").write_bytes(b"x")
    check = catalog.check()
    assert check.orphans == ("stray",)
    assert check.is_mendable
    assert "No document needs 1 file in " in check.problems[0]


def test_a_catalogue_that_others_write_to_is_not_called_damaged(catalog: Catalog) -> None:
    for number in range(12):
        add(catalog, f"{number} words of the first one. " * 20, f"{number}.txt")
    assert catalog.check().problems == ()
    with Catalog(catalog.folder) as other:
        for number in range(8):
            add(other, f"{number} words of the other one. " * 30, f"other-{number}.txt")
        other.documents.remove([document.id for document in other.documents.list()[::2]])
        assert catalog.check().problems == ()
        other.documents.remove([document.id for document in other.documents.list()[:5]])
    assert catalog.check().problems == ()
