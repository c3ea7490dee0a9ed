"""`explorer.catalog.documents`: listed, read, tagged, renamed, removed."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from explorer.catalog import Catalog, StoredHeading
from explorer.errors import NotFound
from explorer.types import Page
from tests.catalog.making import HeadingOf, add, document, embed, generation


def test_what_goes_in_comes_out(catalog: Catalog) -> None:
    before = datetime.now(UTC)
    document_id = add(
        catalog,
        ["First page.\n", "Second page."],
        "Report.pdf",
        kind="pdf",
        title="The report",
        author="A. Person",
        language="en",
        when=date(2022, 2, 3),
        headings=[HeadingOf(0, 1, "First")],
        warnings=["No outline."],
        source="/papers/Report.pdf",
    )
    found = catalog.documents.get(document_id)
    assert (found.name, found.kind, found.pages, found.chunks) == ("Report.pdf", "pdf", 2, 2)
    assert (found.title, found.author, found.language) == ("The report", "A. Person", "en")
    assert (found.date, found.warnings, found.source) == (
        date(2022, 2, 3),
        ("No outline.",),
        "/papers/Report.pdf",
    )
    assert before <= found.added_at <= datetime.now(UTC)
    assert catalog.documents.list() == [found]
    assert catalog.documents.text(document_id) == "First page.\nSecond page."
    assert catalog.documents.pages(document_id) == [Page(1, 0, 12), Page(2, 12, 24)]
    assert catalog.documents.page_runs(document_id, 2) == b"\x02"
    assert catalog.documents.headings(document_id) == [StoredHeading(0, 1, "First")]
    assert catalog.documents.by_name("Report.pdf") == [found]
    assert catalog.documents.by_source("/papers/Report.pdf") == [found]
    assert catalog.documents.by_sha256(catalog.documents.sha256(document_id)) == found
    counts = catalog.documents.counts()
    assert (counts.documents, counts.pages, counts.chunks, counts.bytes) == (1, 2, 2, 24)


def test_unknown_ids_raise(catalog: Catalog) -> None:
    add(catalog, "text")
    for call in (
        catalog.documents.get,
        catalog.documents.text,
        catalog.documents.pages,
        catalog.documents.sha256,
        catalog.chunks.of_document,
    ):
        with pytest.raises(NotFound):
            call("0" * 16)
    with pytest.raises(NotFound):
        catalog.documents.page(catalog.documents.list()[0].id, 2)


def test_tags(catalog: Catalog) -> None:
    first, second = add(catalog, "one"), add(catalog, "two")
    catalog.documents.tag([first, second, "unknown"], [" Tax ", "", "a,b"])
    catalog.documents.tag([second], remove=["Tax"])
    assert catalog.documents.get(first).tags == ("Tax", "a,b")
    assert catalog.documents.get(second).tags == ("a,b",)
    assert catalog.documents.tags() == {"a,b": 2, "Tax": 1}


def test_renaming_changes_what_keyword_search_knows(catalog: Catalog) -> None:
    document_id = add(catalog, "some text", "alpha.txt")
    catalog.documents.rename(document_id, "omega.txt", ["omega", "txt"])
    assert catalog.documents.get(document_id).name == "omega.txt"
    assert catalog.chunks.name_rows() == {document_id: "omega txt"}


def test_the_revision_changes_with_the_list_and_only_then(catalog: Catalog) -> None:
    seen = [catalog.documents.revision()]

    def step(changes: bool) -> None:
        now = catalog.documents.revision()
        assert (now != seen[-1]) == changes
        seen.append(now)

    document_id = add(catalog, "one")
    step(True)
    catalog.jobs.enqueue("add", "x.txt")
    step(False)
    catalog.documents.tag([document_id], ["t"])
    step(True)
    catalog.documents.tag([document_id], ["t"])
    step(False)
    catalog.documents.rename(document_id, "new.txt", ["new"])
    step(True)
    catalog.documents.remove([document_id])
    step(True)


def test_text_that_utf8_cannot_hold_keeps_its_offsets(catalog: Catalog) -> None:
    document_id = add(catalog, "a\ud800b\x00c \U0001f600 d", "od\ud800d.txt")
    assert catalog.documents.text(document_id) == "a\ufffdb\x00c \U0001f600 d"
    assert catalog.documents.span(document_id, 6, 9) == "\U0001f600 d"


def test_five_thousand_documents_are_listed_quickly(catalog: Catalog) -> None:
    live = generation(catalog)
    with catalog.write():
        for number in range(5000):
            new = document([f"document number {number}"], f"{number}.txt")
            embed(catalog, live.model.id, new)
            catalog.arrivals.store(new, live.id)
        catalog.documents.tag([one.id for one in catalog.documents.list()], ["a", "b"])
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        assert len(catalog.documents.list()) == 5000
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.15
