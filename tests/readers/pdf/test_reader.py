"""PDF as people meet it: filings, odd files, protected files, and small ones made here.

By `explorer.readers.pdf.reader`, and by `explorer.readers.pdf.by_pypdf` where PDFium refuses a file.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from explorer.errors import PasswordNeeded, ReadError
from explorer.readers.pdf import offset_map
from explorer.readers.reading import Reading
from tests.readers.conftest import Read, Write
from tests.readers.pdf.pdfs import make_pdf

PROTECTED = "pypdf-sample-files/005-libreoffice-writer-password/libreoffice-writer-password.pdf"


@pytest.mark.data
def test_the_evidence_of_the_questions_is_found_on_its_page(filings: Path, read: Read) -> None:
    """Share of the evidence's words that are on its page: .998 when measured on all filings."""
    readings: dict[str, Reading] = {}
    shares = []
    for line in (filings / "questions.jsonl").read_text().splitlines():
        for evidence in json.loads(line)["evidence"]:
            name = evidence["doc"]
            if (filings / f"{name}.pdf").stat().st_size > 700_000:
                continue
            if name not in readings:
                readings[name] = read(filings / f"{name}.pdf")
            page = readings[name].text_pages[evidence["page_index"]].text.casefold()
            words = re.findall(r"\w+", evidence["text"].casefold())
            there = set(re.findall(r"\w+", page))
            shares.append(sum(word in there for word in words) / len(words))
    assert len(shares) >= 5
    assert sum(shares) / len(shares) >= 0.995


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "page", "row"),
    [
        ("AMAZON_2017_10K", 18, "Total assets $ 39,528 $ 53,618 $ 64,747 $ 83,402 $ 131,310"),
        ("BESTBUY_2024Q2_10Q", 3, "Total assets $ 15,318 $ 15,803 $ 15,419"),
        ("ULTABEAUTY_2023Q4_EARNINGS", 6, "Net sales $ 3,226,773 100.0% $ 2,729,388 100.0%"),
    ],
)
def test_a_row_of_a_table_is_one_line(filings: Path, read: Read, name: str, page: int, row: str) -> None:
    assert row in read(filings / f"{name}.pdf").text_pages[page - 1].text.split("\n")


def test_compounds_keep_their_hyphen_and_broken_words_lose_it(zoo: Path, filings: Path, read: Read) -> None:
    paper = read(zoo / "docling/pdf/2305.03393v1-pg9.pdf").text
    assert "Effects of reducing" in paper.replace("\n", " ")
    assert "\ufffe" not in paper
    letter = read(filings / "PEPSICO_2023_8K_dated-2023-05-05.pdf").text
    assert "\x02" not in letter


def test_pages_partition_the_text_and_runs_lie_within(zoo: Path, filings: Path, read: Read) -> None:
    files = [*sorted((zoo / "docling/pdf").glob("*.pdf")), filings / "ULTABEAUTY_2023Q4_EARNINGS.pdf"]
    for path in files:
        reading = read(path)
        assert "".join(page.text for page in reading.text_pages) == reading.text
        for page in reading.text_pages:
            covered = sum(run.length for run in offset_map.decode(page.runs))
            ours = sum(mark.isspace() for mark in page.text)
            assert covered >= len(page.text) - ours - page.text.count("-")
            assert all(run.start + run.length <= len(page.text) for run in offset_map.decode(page.runs))


def test_the_outline_gives_headings_where_they_stand(zoo: Path, read: Read) -> None:
    reading = read(zoo / "pypdf-sample-files/014-outlines/mistitled_outlines_example.pdf")
    assert len(reading.headings) == 27
    assert {heading.level for heading in reading.headings} >= {1, 2}
    starts = [heading.start for heading in reading.headings]
    assert starts == sorted(starts)
    assert all(0 <= start < len(reading.text) for start in starts)


def test_headings_of_a_filing_stand_on_their_line(filings: Path, read: Read) -> None:
    reading = read(filings / "VERIZON_2022_10K.pdf")
    assert len(reading.headings) > 300
    on_line = sum(
        heading.text.split()[0].casefold() in reading.text[heading.start : heading.start + 200].casefold()
        for heading in reading.headings
    )
    assert on_line >= 0.9 * len(reading.headings)


def test_metadata(filings: Path, zoo: Path, read: Read) -> None:
    reading = read(filings / "MGMRESORTS_2022Q4_EARNINGS.pdf")
    assert (reading.title, reading.author) == ("MGM Exhibit 99.1 Q4 2022 ER", "Holmes, Jon")
    assert (reading.language, reading.date) == ("en-us", date(2023, 2, 8))
    assert read(zoo / "markitdown/masterformat_partial_numbering.pdf").title is None  # it says "untitled"


def test_page_labels(write: Write, read: Read) -> None:
    path = write("labels.pdf", make_pdf(["one", "two", "three"], labels=(0, "/r")))
    assert [page.label for page in read(path).text_pages] == ["i", "ii", "iii"]
    path = write("plain.pdf", make_pdf(["one", "two"]))
    assert [page.label for page in read(path).text_pages] == [None, None]


def test_pages_without_text_are_counted(write: Write, read: Read, zoo: Path) -> None:
    reading = read(write("some.pdf", make_pdf(["one", "", "three"])))
    assert reading.warnings == ("No text found on 1 of 3 pages.",)
    assert [page.text for page in reading.text_pages] == ["one\n\n", "", "three"]
    with pytest.raises(
        ReadError, match=r"^No text found in pdf_scanned_invoice\.pdf: its only page has none"
    ):
        read(zoo / "markitdown-ocr/pdf_scanned_invoice.pdf", ocr=False)
    with pytest.raises(ReadError, match="none of its 4 pages has any"):
        read(zoo / "docling/ocr/nemotron_multipage.pdf", ocr=False)


def test_passwords(zoo: Path, read: Read) -> None:
    path = zoo / PROTECTED
    with pytest.raises(PasswordNeeded, match=r"is protected: enter its password\.$"):
        read(path)
    with pytest.raises(PasswordNeeded, match=r"^That is not the password of "):
        read(path, password="wrong")
    assert read(path, password="openpassword").text.strip()


def test_an_empty_password_opens_silently(write: Write, read: Read) -> None:
    path = write("empty.pdf", make_pdf(["Some words here"], password=("", "owner")))
    assert read(path).text == "Some words here"
    path = write("aes.pdf", make_pdf(["Some words here"], password=("geheimé", "owner")))
    assert read(path, password="geheimé").text == "Some words here"
    with pytest.raises(PasswordNeeded):
        read(path)


def test_limits(write: Write, read: Read) -> None:
    path = write("many.pdf", make_pdf(["word " * 20] * 5))
    with pytest.raises(
        ReadError, match=r"^many\.pdf has 5 pages; the limit is 4\. Split it, or raise EXPLORER_MAX_PAGES\.$"
    ):
        read(path, pages=4)
    with pytest.raises(ReadError, match="more than 100 characters"):
        read(path, characters=100)


@pytest.mark.parametrize("data", [b"%PDF-1.7\n" + b"\x00\xff garbage" * 50, b"%PDF-1.4\n%%EOF", b"%PDF-"])
def test_garbage_is_one_clear_message(write: Write, read: Read, data: bytes) -> None:
    with pytest.raises(ReadError, match=r"^bad\.pdf (could not be read|has no pages)"):
        read(write("bad.pdf", data))


def test_a_cut_file_is_read_as_far_as_it_goes_or_refused(filings: Path, write: Write, read: Read) -> None:
    data = (filings / "PEPSICO_2023_8K_dated-2023-05-05.pdf").read_bytes()
    for share in (0.3, 0.6, 0.9):
        path = write("cut.pdf", data[: int(len(data) * share)])
        try:
            assert read(path).text.strip()
        except ReadError as error:
            assert len(str(error)) <= 400


def test_an_outline_that_refers_to_itself_ends(write: Write, read: Read) -> None:
    reading = read(write("loop.pdf", make_pdf(["Chapter one", "Chapter two"], looping_outline=True)))
    assert len(reading.headings) <= 2


def test_a_circular_chain_of_cross_references_ends(write: Write, read: Read) -> None:
    data = make_pdf(["Some words"])
    at = data.rindex(b"startxref")
    first = int(data[at:].split()[1])
    looped = data[:at].replace(b"/Size", b"/Prev %d /Size" % first, 1) + data[at:]
    assert looped != data
    try:
        assert read(write("loop.pdf", looped)).text == "Some words"
    except ReadError as error:
        assert len(str(error)) <= 400


def test_pypdf_mends_what_pdfium_refuses(write: Write, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdfium2

    from explorer.readers.pdf import pdfium

    def refuse(source: object) -> None:
        raise pypdfium2.PdfiumError("refused")

    monkeypatch.setattr(pdfium, "open_pdf", refuse)
    reading = read(write("a.pdf", make_pdf(["one two", "", "three"], title="Told")))
    assert [page.text.strip() for page in reading.text_pages] == ["one two", "", "three"]
    assert reading.title == "Told"
    assert reading.text_pages[0].runs == b""
    assert reading.warnings[-1] == "No text found on 1 of 3 pages."
    protected = write("b.pdf", make_pdf(["one two"], password=("secret", "owner")))
    with pytest.raises(PasswordNeeded):
        read(protected)
    assert read(protected, password="secret").text == "one two"
