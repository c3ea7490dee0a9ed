from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.catalog import Catalog, MissingEmbeddings, StoredHeading
from explorer.catalog.text_pieces import PIECE, Spans
from explorer.errors import Cancelled, NotFound
from explorer.types import Page
from tests.catalog.making import HeadingOf, add, document, embed, generation, original


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


def test_the_same_bytes_are_unchanged(catalog: Catalog) -> None:
    first = add(catalog, "the same", "a.txt")
    live = catalog.generations.live()
    assert live is not None
    again = catalog.documents.store(document(["the same"], "b.txt"), live.id)
    assert (again.document_id, again.status) == (first, "unchanged")
    assert [one.name for one in catalog.documents.list()] == ["a.txt"]


def test_a_new_version_takes_the_place_and_the_tags(catalog: Catalog) -> None:
    old = add(catalog, "the old version", "a.txt")
    catalog.documents.tag([old], ["tax", "2022"])
    old_file = catalog.originals.path(catalog.documents.sha256(old))
    new = add(catalog, "the new version", "a.txt", replaces=old)
    [only] = catalog.documents.list()
    assert (only.id, only.tags) == (new, ("2022", "tax"))
    assert not old_file.exists()
    assert catalog.check().problems == ()


def test_no_document_without_its_embeddings(catalog: Catalog) -> None:
    live = generation(catalog)
    new = document(["never embedded"])
    with pytest.raises(MissingEmbeddings) as caught:
        catalog.documents.store(new, live.id)
    assert caught.value.shas == {new.chunks[0].embedded}
    assert catalog.documents.list() == []
    assert catalog.changes.last() == 0


def test_a_cancelled_job_stores_nothing(catalog: Catalog) -> None:
    live = generation(catalog)
    new = document(["cancelled in the middle"])
    job_id = catalog.jobs.enqueue("add", new.name, sha256=new.sha256)
    assert catalog.jobs.claim("w") is not None
    catalog.jobs.cancel([job_id])
    embed(catalog, live.model.id, new)
    with pytest.raises(Cancelled):
        catalog.documents.store(new, live.id, job_id=job_id)
    assert catalog.documents.list() == []


def test_removing_while_it_is_added_again_cancels_that(catalog: Catalog) -> None:
    document_id = add(catalog, "removed while redone")
    new = document(["removed while redone"])
    job_id = catalog.jobs.enqueue("redo", new.name, sha256=new.sha256, document_id=document_id)
    assert catalog.jobs.claim("w") is not None
    catalog.documents.remove([document_id])
    assert not catalog.jobs.progress(job_id, 1, 2)
    live = catalog.generations.live()
    assert live is not None
    embed(catalog, live.model.id, new)
    with pytest.raises(Cancelled):
        catalog.documents.store(new, live.id, job_id=job_id)


def test_chunks_outside_the_text_are_refused(catalog: Catalog) -> None:
    live = generation(catalog)
    new = document(["short"])
    longer = document(["short and long"])
    embed(catalog, live.model.id, longer)
    wrong = type(new)(**{**{f: getattr(new, f) for f in new.__dataclass_fields__}, "chunks": longer.chunks})
    with pytest.raises(ValueError, match="outside the text"):
        catalog.documents.store(wrong, live.id)


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


def test_a_document_without_text_or_chunks(catalog: Catalog) -> None:
    document_id = add(catalog, [""], "empty.txt")
    assert catalog.documents.text(document_id) == ""
    assert catalog.documents.get(document_id).chunks == 0
    assert catalog.check().problems == ()
    catalog.documents.remove([document_id])


def test_text_that_utf8_cannot_hold_keeps_its_offsets(catalog: Catalog) -> None:
    document_id = add(catalog, "a\ud800b\x00c \U0001f600 d", "od\ud800d.txt")
    assert catalog.documents.text(document_id) == "a\ufffdb\x00c \U0001f600 d"
    assert catalog.documents.span(document_id, 6, 9) == "\U0001f600 d"


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
    repeat=st.integers(1, 1500),
    start=st.integers(0, 100_000),
    length=st.integers(-5, 50_000),
)
def test_a_span_is_the_slice(catalog: Catalog, text: str, repeat: int, start: int, length: int) -> None:
    whole = text * repeat
    generation(catalog)
    document_id = add(catalog, whole, step=len(whole))
    end = max(0, start + length)
    assert catalog.documents.span(document_id, start, end) == whole[start:end]


def test_a_span_reads_only_the_pieces_it_needs(catalog: Catalog) -> None:
    document_id = add(catalog, "x" * (PIECE * 5) + "needle", step=PIECE)
    with catalog.read() as con:
        spans = Spans(con)
        edition = con.execute("SELECT id FROM edition").fetchall()[0][0]
        assert spans.read(edition, PIECE * 5, PIECE * 5 + 6) == "needle"
        assert len(spans._pieces) == 1
    assert catalog.documents.span(document_id, PIECE - 1, PIECE + 1) == "xx"


def test_five_thousand_documents_are_listed_quickly(catalog: Catalog) -> None:
    live = generation(catalog)
    with catalog.write():
        for number in range(5000):
            new = document([f"document number {number}"], f"{number}.txt")
            embed(catalog, live.model.id, new)
            catalog.documents.store(new, live.id)
        catalog.documents.tag([one.id for one in catalog.documents.list()], ["a", "b"])
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        assert len(catalog.documents.list()) == 5000
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.15


def test_the_original_must_be_there(catalog: Catalog) -> None:
    new = document(["with an original"])
    document_id = add(catalog, "with an original")
    original(catalog.folder, new).write_bytes(b"cut")
    check = catalog.check()
    assert check.lost == (document_id,)
    assert "missing or damaged" in check.problems[0]
