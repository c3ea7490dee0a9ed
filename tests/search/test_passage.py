"""The passage around a chunk: whole sentences of its page, up to what is read at a glance."""

from __future__ import annotations

from pathlib import Path

from explorer.catalog import Catalog
from explorer.search.passage import CHARACTERS, widen
from tests.small_library import fill, id_of

SENTENCES = [f"Entry number {n} tells of the harbour and of its {n} ships." for n in range(200)]


def passages(catalog: Catalog, name: str) -> list[tuple[str, str]]:
    """Each chunk of a document with its passage."""
    chunks = catalog.chunks.of_document(id_of(catalog, name))
    return [(chunk.text, widen(catalog, chunk).text) for chunk in chunks]


def test_a_passage_is_whole_sentences_around_its_chunk(tmp_path: Path) -> None:
    with fill(tmp_path, {"long.txt": (" ".join(SENTENCES),)}) as catalog:
        found = passages(catalog, "long.txt")
        assert len(found) > 20
        for chunk, passage in found:
            assert chunk in passage
            assert passage.startswith("Entry number")
            assert passage.endswith("ships.")
            assert len(passage) <= CHARACTERS
        for chunk, passage in found[5:-5]:
            assert len(passage) > CHARACTERS - 2 * max(map(len, SENTENCES))
            assert not passage.startswith(chunk)
            assert not passage.endswith(chunk)


def test_the_first_sentence_of_a_page_is_shown_before_the_next_ones(tmp_path: Path) -> None:
    page = " ".join(SENTENCES[:12])
    with fill(tmp_path, {"short.txt": (page,)}) as catalog:
        found = passages(catalog, "short.txt")
        assert len(found) > 1
        assert page.startswith(found[1][1])


def test_a_passage_stays_on_the_page_of_its_chunk(tmp_path: Path) -> None:
    pages = ("One stands here. Two stands here.\n\n", "Three is on the next page.")
    with fill(tmp_path, {"pages.pdf": pages}) as catalog:
        (first, second) = passages(catalog, "pages.pdf")
        assert first[1] == "One stands here. Two stands here."
        assert second[1] == "Three is on the next page."


def test_a_page_without_a_full_stop_is_not_shown_as_a_whole(tmp_path: Path) -> None:
    line = " ".join(f"word{n}" for n in range(2_000))
    with fill(tmp_path, {"line.txt": (line,)}) as catalog:
        for chunk, passage in passages(catalog, "line.txt"):
            assert chunk in passage
            assert len(passage) <= 2 * CHARACTERS + len(chunk)


def test_a_row_is_shown_with_its_table_from_the_first_row_on_where_that_fits(tmp_path: Path) -> None:
    table = "\n".join(
        ["Item | 2022 | 2021", *(f"Row of table number {n} | {n} | {n + 1}" for n in range(60))]
    )
    with fill(tmp_path, {"table.txt": (f"Before it.\n\n{table}\n",)}) as catalog:
        chunks = catalog.chunks.of_document(id_of(catalog, "table.txt"))
        start = catalog.documents.text(chunks[0].document_id).index("Item")
        near = next(one for one in chunks if one.start > start + 400)
        passage = widen(catalog, near, start)
        assert passage.text.startswith(("Item | 2022 | 2021", "Before it."))
        assert near.text in passage.text
        far = chunks[-1]
        assert far.end - start > CHARACTERS
        assert widen(catalog, far, start) == widen(catalog, far)
