"""What was read becomes chunks with their keywords and the texts to embed."""

from __future__ import annotations

import pytest

from explorer import embedding
from explorer.catalog import Catalog, Generation, Task
from explorer.errors import ReadError
from explorer.ingestion.prepare import first_line, prepare
from explorer.ingestion.waiting import Prepared
from explorer.readers.reading import Reading, ReadPage
from tests.catalog.making import generation
from tests.folders import prose


def task(catalog: Catalog, name: str) -> Task:
    catalog.jobs.enqueue("add", name)
    found = catalog.work.claim("test")
    assert found is not None
    return found


def made(catalog: Catalog, reading: Reading, name: str = "harbour_report.txt") -> Prepared:
    index: Generation = generation(catalog, reader=1, chunk_tokens=100)
    return prepare(
        task(catalog, name), "00", 1, reading, generation=index, model=embedding.load(embedding.DEFAULT_MODEL)
    )


def plain(text: str, kind: str = "text") -> Reading:
    return Reading(kind, (ReadPage(1, text),) if text else ())


def test_chunks_cover_the_text_and_know_the_name_of_the_file(catalog: Catalog) -> None:
    text = prose(3, 60)
    prepared = made(catalog, plain(text))
    chunks = prepared.document.chunks
    assert len(chunks) > 3
    assert " ".join(text[chunk.start : chunk.end] for chunk in chunks).split() == text.split()
    assert all("harbour" in chunk.name_terms for chunk in chunks)
    assert set(prepared.texts) == {chunk.embedded for chunk in chunks}


def test_a_file_without_text_says_why(catalog: Catalog) -> None:
    with pytest.raises(ReadError, match="Check that the file is not empty"):
        made(catalog, plain(" \n"))
    with pytest.raises(ReadError, match="pictures of text"):
        made(catalog, plain(" \n", kind="pdf"), "scan.pdf")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("On the flow of air\n\nThe flow was measured.", ("On the flow of air",)),
        ("The flow was measured.\nIt is slow.\n\nMore.", ()),
        ("Dear Sir,\n\nthe flow was measured.", ()),
        ("1958-1962\n\nThe flow was measured.", ()),
    ],
)
def test_a_plain_text_may_begin_with_its_title(text: str, title: tuple[str, ...]) -> None:
    assert first_line(plain(text)) == title
