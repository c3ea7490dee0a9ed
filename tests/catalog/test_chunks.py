"""`explorer.catalog.chunks`: chunks with their text, their phrases, and where each of them stands."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.catalog import Catalog, scope_json, scope_of
from explorer.errors import NotFound, StorageError
from explorer.types import Scope
from tests.catalog.making import add, document, embed, vector


def test_chunks_are_spans_of_the_text(catalog: Catalog) -> None:
    document_id = add(catalog, ["ä page of text. " * 5, "and änother one. " * 3])
    text = catalog.documents.text(document_id)
    found = catalog.chunks.of_document(document_id)
    assert "".join(chunk.text for chunk in found) == text
    assert all(chunk.text == text[chunk.start : chunk.end] for chunk in found)
    assert [chunk.id for chunk in found] == list(range(found[0].id, found[0].id + len(found)))
    assert found[-1].headings == ("part 2",)
    assert catalog.chunks.by_ids([found[2].id, 10**9, found[0].id]) == [found[2], found[0]]
    assert catalog.chunks.get(found[1].id) == found[1]
    with pytest.raises(NotFound):
        catalog.chunks.get(10**9)


def test_ids_are_never_used_twice(catalog: Catalog) -> None:
    first = add(catalog, "a" * 200)
    used = set(catalog.chunks.ids().tolist())
    catalog.documents.remove([first])
    add(catalog, "b" * 200)
    assert used.isdisjoint(catalog.chunks.ids().tolist())


def test_a_place_of_a_wrong_kind_is_told_as_damage(catalog: Catalog) -> None:
    add(catalog, "whales " * 40)
    with catalog.database.write() as con:
        con.execute("PRAGMA ignore_check_constraints = on")
        con.execute("UPDATE chunk SET start = ?", (b"whales",))
    with pytest.raises(StorageError, match=r"^The catalogue of the library is damaged") as told:
        catalog.chunks.table()
    assert "whales" not in str(told.value)
    assert told.value.__cause__ is told.value.__context__ is None


def test_table_matrix_and_ids_agree(catalog: Catalog) -> None:
    documents = [add(catalog, [f"{word} " * 20, f"{word}s " * 20]) for word in ("one", "two", "three")]
    catalog.documents.remove([documents[1]])
    table = catalog.chunks.table()
    ids, vectors = catalog.embeddings.matrix()
    assert table.ids.tolist() == ids.tolist() == catalog.chunks.ids().tolist()
    chunks = catalog.chunks.by_ids(ids.tolist())
    for row, chunk in enumerate(chunks):
        assert table.documents[table.document_index[row]] == chunk.document_id
        assert (table.pages[row], table.starts[row], table.ends[row]) == (chunk.page, chunk.start, chunk.end)
        np.testing.assert_array_equal(vectors[row], vector(chunk.text))
    some, narrow = catalog.embeddings.vectors([ids[3], ids[0], 10**9])
    assert some.tolist() == [ids[0], ids[3]]
    np.testing.assert_array_equal(narrow, vectors[[0, 3]])
    assert vectors.flags["C_CONTIGUOUS"]


def test_an_empty_library_has_empty_arrays(catalog: Catalog) -> None:
    ids, vectors = catalog.embeddings.matrix()
    assert (ids.shape, vectors.shape) == ((0,), (0, 0))
    assert catalog.chunks.table().ids.shape == (0,)
    assert catalog.chunks.holding_phrase(["x"]).shape == (0,)


def test_phrases_are_found_in_texts_whole_and_begun(catalog: Catalog) -> None:
    both = add(catalog, "net sales rose", "a.txt")
    add(catalog, "sales of the net", "b.txt")
    add(catalog, "nothing of the kind", "net sales.txt")

    def documents(*phrase: str, is_open: bool = False) -> list[str]:
        found = catalog.chunks.holding_phrase(phrase, is_open=is_open)
        return [one.document_id for one in catalog.chunks.by_ids(found.tolist())]

    assert documents("net", "sale") == [both]
    assert documents("net", "sal") == []
    assert documents("net", "sal", is_open=True) == [both]
    assert documents() == []


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(phrase=st.lists(st.text(max_size=8), max_size=4), is_open=st.booleans())
def test_no_term_is_syntax(catalog: Catalog, phrase: list[str], is_open: bool) -> None:
    if catalog.documents.counts().documents == 0:
        add(catalog, "some words to look through")
    catalog.chunks.holding_phrase(phrase, is_open=is_open)


@pytest.mark.parametrize(
    "word",
    [
        '"',
        "NEAR(a b)",
        "10-K",
        "body:x",
        "a*",
        "^a",
        "(",
        "OR",
        "-",
        "\x00",
        "a\x00b",
        "{a b}:c",
        "+",
        "\ud800",
    ],
)
def test_what_fts5_would_read_as_syntax(catalog: Catalog, word: str) -> None:
    add(catalog, "some words to look through")
    for is_open in (False, True):
        catalog.chunks.holding_phrase([word, word], is_open=is_open)


def test_the_generation_in_the_making_is_not_seen(catalog: Catalog, tmp_path: Path) -> None:
    add(catalog, "margin " * 10, "a.txt")
    seen = catalog.chunks.ids().tolist()
    building = catalog.generations.begin({"reader": 2}, "test-model", 4, "float32")
    again = document(["margin " * 10], "a.txt", step=20)
    embed(catalog, building.model.id, again)
    catalog.arrivals.store(again, building.id)
    assert catalog.chunks.ids().tolist() == seen
    assert catalog.embeddings.matrix()[0].tolist() == seen
    assert catalog.chunks.table().ids.tolist() == seen
    assert len(catalog.documents.list()) == 1


def test_a_scope_is_kept_with_a_message() -> None:
    assert scope_json(None) is None
    assert scope_json(Scope()) is None
    kept = scope_json(Scope(tags=["a"], chunks=[np.int64(3)], dates=(date(2022, 1, 2), None)))
    assert kept == '{"chunks": [3], "tags": ["a"], "dates": ["2022-01-02", null]}'
    by_year = Scope(years=[2022], languages=["de"])
    assert scope_of(json.loads(scope_json(by_year) or "")) == by_year
