"""What other programs can ask: each verb gives what the library gives (`explorer.integrations.results`), with
its place (`explorer.integrations.places`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer import Library
from explorer.errors import NotFound
from explorer.integrations.verbs import LONGEST_READ, Verbs


@pytest.fixture
def verbs(library: Library) -> Verbs:
    return Verbs(library, "http://localhost:9999/")


def test_search_gives_the_hits_of_the_library_with_their_places(verbs: Verbs, library: Library) -> None:
    query = "how often is a starter fed"
    found = verbs.search(query, k=3, boxes=True)
    hits = library.search(query, 3)
    assert [one.text for one in found.passages] == [hit.passage.text for hit in hits]
    for one in found.passages:
        at = one.place
        assert library.span(at.document, at.start, at.end) == one.text
        assert at.link == (
            f"http://localhost:9999/?document={at.document}&page={at.page}&span={at.start}-{at.end}"
        )
    only = verbs.search(query, documents=["river-restoration.pdf"], boxes=True)
    assert {one.place.name for one in only.passages} == {"river-restoration.pdf"}
    assert all(one.place.boxes for one in only.passages), "a PDF says where a passage stands"
    assert verbs.search(query, kinds=["docx"]).passages[0].place.name.endswith(".docx")


def test_an_answer_has_sources_and_checked_sentences_or_the_nearest(verbs: Verbs, library: Library) -> None:
    answer = verbs.ask("How often is the harbour crane inspected?")
    assert answer.found and "seven weeks" in answer.text
    assert answer.sources[0].place.name == "notice.md"
    assert {one.verdict for one in answer.sentences} == {"supported"}
    assert answer.sentences[0].evidence[0].document == answer.sources[0].place.document
    refused = verbs.ask("What is the melting point of tungsten carbide?")
    assert not refused.found and refused.sources == () and refused.nearest


def test_a_document_is_read_by_page_span_or_piece(verbs: Verbs, library: Library, tmp_path: Path) -> None:
    (document,) = [one for one in library.documents() if one.name == "balcony-solar-manual.pdf"]
    second = library.pages(document.id)[1]
    page = verbs.read(document.name, page=2)
    assert page.text == library.text(document.id)[second.start : second.end]
    assert (page.place.page, page.next) == (2, None)
    piece = verbs.read(document.id, start=second.start, end=second.start + 5)
    assert (piece.text, piece.place.page) == (page.text[:5], 2)
    beyond = verbs.read(document.id, start=10_000_000)
    assert (beyond.text, beyond.next, beyond.place.start) == ("", None, beyond.place.end)
    with pytest.raises(NotFound, match=r"has \d+ pages, so none of number 99"):
        verbs.read(document.name, page=99)
    with pytest.raises(NotFound, match="no document named 'none'"):
        verbs.read("none")
    long = tmp_path / "long.txt"
    long.write_text("A line of words that goes on.\n" * 1500)
    with Library(tmp_path / "other") as other:
        other.add(long)
        parts, start = [], 0
        while True:
            read = Verbs(other).read("long.txt", start=start)
            parts.append(read.text)
            assert len(read.text) <= LONGEST_READ
            if read.next is None:
                break
            start = read.next
        assert len(parts) == 3 and "".join(parts) == other.text(other.documents()[0].id)


def test_a_claim_is_checked_against_the_documents(verbs: Verbs) -> None:
    true = verbs.check("The harbour crane is inspected every seven weeks.")
    assert true.verdict == "supported" and true.evidence[0].name == "notice.md"
    wrong = verbs.check("The harbour crane is inspected every nine weeks.")
    assert wrong.verdict == "contradicted"
    assert verbs.check("Quarks have fractional electric charge.").verdict == "not found"


def test_whom_a_claim_is_about_may_stand_in_the_documents_name_alone(tmp_path: Path) -> None:
    report = tmp_path / "ACME_2022_report.txt"
    report.write_text("Net sales were 34,229 million in 2022. The crane was painted in May.\n")
    with Library(tmp_path / "other") as other:
        other.add(report)
        found = Verbs(other).check("Acme's net sales in 2022 were 34,229 million.")
        assert found.verdict == "supported"
        (place,) = found.evidence
        assert other.span(place.document, place.start, place.end).startswith("Net sales were 34,229")
        assert Verbs(other).check("Acme's net sales in 2022 were 34,292 million.").verdict == "contradicted"


def test_documents_are_listed_and_filtered(verbs: Verbs, library: Library) -> None:
    everything = verbs.documents()
    assert everything.total == len(everything.documents) == library.counts().documents
    assert verbs.documents(limit=2).total == everything.total
    assert [one.name for one in verbs.documents(name="BEEKEEPING").documents] == ["beekeeping-year.md"]
    assert {one.kind for one in verbs.documents(kinds=["docx"]).documents} == {"docx"}


def test_tables_come_cell_by_cell(library: Library, tmp_path: Path) -> None:
    table = tmp_path / "rents.csv"
    table.write_text("street,rent\nMill Lane,950\nQuay Street,1200\n")
    with Library(tmp_path / "other") as other:
        other.add(table)
        (found,) = Verbs(other).tables("rents.csv")
        assert found.rows == (("street", "rent"), ("Mill Lane", "950"), ("Quay Street", "1200"))
        assert found.header_rows == 1


def test_what_changes_the_library(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Note\n\nThe ferry leaves at seven.\n")
    with Library(tmp_path / "other") as other:
        verbs = Verbs(other)
        assert verbs.add([str(note)]).done == ("note.md: added",)
        assert verbs.tag(["note.md"], add=["ferry"]).done == ("note.md: ferry",)
        assert verbs.search("ferry", tags=["ferry"]).passages
        assert verbs.remove(["note.md"]).done == ("note.md: in the bin",)
        assert other.documents() == [] and len(other.binned()) == 1
