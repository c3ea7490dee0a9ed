"""The chips under a question (`ui.chat.understood`) and the marks behind sentences (`ui.chat.marks`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from explorer.types import Document, Message, QuestionReading, SentenceCheck, SpanRef
from ui.chat import marks, understood

NOW = datetime.now(UTC)
DOCUMENTS = [
    Document(name, f"{name}.pdf", "pdf", 3, 5, 10, NOW)
    for name in ("ACME_2022", "ACME_2021", "NORTHWIND_2022", "lease")
]
READING = QuestionReading("figure", ("ACME_2022",), ("2022",))
MESSAGE = Message(
    1, "c", "What were Acme's sales in 2022?", "", "composed", "done", True, None, None, None, False, NOW
)


def test_each_chip_says_what_was_understood_and_offers_others() -> None:
    document, period, kind = understood.chips(replace(MESSAGE, reading=READING), DOCUMENTS)
    assert (document.label, period.label, kind.label) == ("ACME_2022", "2022", "figure")
    assert [said for said, _ in document.choices][:2] == ["ACME_2021", "NORTHWIND_2022"]
    assert [said for said, _ in period.choices] == ["2019", "2020", "2021", "2023"]
    assert [said for said, _ in kind.choices] == ["quote", "summary"]
    for chip, field in ((document, "documents"), (period, "periods"), (kind, "kind")):
        for _, reading in chip.choices:
            assert reading.is_chosen
            assert getattr(reading, field) != getattr(READING, field)


def test_a_choice_is_one_of_those_that_are_offered() -> None:
    message = replace(MESSAGE, reading=READING)
    reading = understood.chosen(message, DOCUMENTS, 1, 2)
    assert reading is not None and reading.periods == ("2021",)
    assert understood.chosen(message, DOCUMENTS, 1, 4) is None
    assert understood.chosen(message, DOCUMENTS, -1, 0) is None


def test_several_documents_and_none() -> None:
    several = replace(MESSAGE, reading=replace(READING, documents=("ACME_2022", "ACME_2021", "gone")))
    assert understood.chips(several, DOCUMENTS)[0].label == "ACME_2022 and 1 more"
    cited = (SpanRef(1, "lease", 1, 0, 5),)
    anywhere = replace(MESSAGE, reading=replace(READING, documents=()), citations=cited)
    chip = understood.chips(anywhere, DOCUMENTS)[0]
    assert (chip.label, [said for said, _ in chip.choices]) == ("all documents", ["lease"])
    assert understood.chips(MESSAGE, DOCUMENTS) == []


def test_a_mark_says_its_verdict_and_opens_what_decides_it() -> None:
    checks = [
        SentenceCheck(0, 5, "supported", 0.9, (SpanRef(1, "lease", 1, 3, 9),)),
        SentenceCheck(6, 9, "partly", 0.4, (SpanRef(1, "gone", 1, 3, 9),)),
        SentenceCheck(10, 12, "not found", 0.0, ()),
    ]
    found = marks.described(
        checks, lambda ref: {"document": None if ref.document_id == "gone" else "lease", "start": ref.start}
    )
    assert [one["verdict"] for one in found] == ["supported", "partly", "not found"]
    assert [one["says"] for one in found] == [marks.SAYS[check.verdict] for check in checks]
    assert [one["place"] for one in found] == [{"document": "lease", "start": 3}, None, None]
