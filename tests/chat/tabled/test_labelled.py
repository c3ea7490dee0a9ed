"""Forms, receipts, mails and sheets are asked (`explorer.chat.tabled.labelled`), by the real model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import Library
from explorer.chat.tabled import labelled
from explorer.questions.kinds import Kind, kind_of
from tests.folders import write

INVOICE = """BRIGHTWATER POTTERY
Invoice Number: BW-4471   Date: March 3, 2025

BILL TO
Harbour Café
12 Quay Street

Glazed bowls 24 @ $9.50
SUBTOTAL $228.00
TOTAL AMOUNT DUE $246.24

Notice: Guarantee ends 2027-03-03
"""
RECORD = """NORTH CLINIC
CLINICAL REPORT

Patient Name: Ada Lindqvist   Ward: C4
Heart Rate 78 bpm 60-100 bpm
Number of visits 3

MEDICAL HISTORY
Asthma since 2009

CURRENT MEDICATIONS
Salbutamol 100 mcg as needed
Budesonide 200 mcg twice a day
"""
MAIL = """From: Ines Moreau <ines@example.org>
To: Tom Baker <tom@example.org>
Subject: Keys of the boathouse

The keys lie under the green pot.
"""
BUDGET = """# Budget

| post | amount |
| --- | --- |
| R&D | $150,000 |
| Marketing | $100,000 |
"""
PEOPLE = """Index,First Name,Last Name,City,Email
1,Sheila,Barlow,Reedsport,sb@example.org
2,Omar,Nasser,Lund,on@example.org
"""
CONTRACT = """TENANT
Name: Ada Brandt
Phone: 555-1111

LANDLORD
Name: Bo Lind
Phone: 555-2222
"""
RELEASE = """Fernhill had a good year, and its board thanks all who worked for that.

Net sales rose in each of the four quarters, most in the fourth, in which an increase of a tenth was reached.
Nobody had hoped for so much in the spring, when the shops were still being built.

Net sales $10 billion to $11 billion

Contact: Ida Moss
"""
STORY = """The lease of the workshop at 14 Mill Lane was signed in spring.

It rained on the day, and nobody minded.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("forms")
    files = write(
        folder,
        invoice_txt=INVOICE,
        record_txt=RECORD,
        budget_md=BUDGET,
        people_csv=PEOPLE,
        story_txt=STORY,
        contract_txt=CONTRACT,
        release_txt=RELEASE,
        mail_eml=MAIL,
    )
    with Library(folder / "library") as library:
        assert {one.status for one in library.add(files)} == {"added"}
        yield library


def told(library: Library, question: str) -> str:
    return "".join(library.ask(question))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the total amount due on the invoice?", "TOTAL AMOUNT DUE: **$246.24** (invoice.txt) [1]"),
        ("When is the invoice of Brightwater dated?", "Date: **March 3, 2025** (invoice.txt) [1]"),
        ("What is the invoice number of Brightwater?", "Invoice Number: **BW-4471** (invoice.txt) [1]"),
        ("Who is billed in the invoice?", "BILL TO: **Harbour Café; 12 Quay Street** (invoice.txt) [1]"),
        ("When does the guarantee of the bowls end?", "Guarantee ends: **2027-03-03** (invoice.txt) [1]"),
        ("Which medications does Ada Lindqvist take?", "CURRENT MEDICATIONS: **Salbutamol"),
        ("How many visits were there at the clinic?", "Number of visits: **3** (record.txt) [1]"),
        ("What is the heart rate of the patient?", "Heart Rate: **78 bpm 60-100 bpm** (record.txt) [1]"),
        ("Who is the patient of the North Clinic?", "Patient Name: **Ada Lindqvist** (record.txt) [1]"),
        ("How much is budgeted for R&D?", "R&D: **$150,000**"),
        ("Who sent the email about the keys?", "From: **Ines Moreau"),
        ("In which city does Omar Nasser live?", "2 – City: **Lund** (people.csv · Index) [1]"),
    ],
)  # fmt: skip
def test_a_value_is_told_by_its_name(library: Library, question: str, answer: str) -> None:
    assert told(library, question).startswith(answer)


@pytest.mark.parametrize(
    "question",
    [
        "What is the diagnosis of the patient?",  # "Patient Name" is none
        "How many tickets were booked at the clinic?",
        "What is the heart rate of Tom Baker?",  # he stands in another document
        "What is the salary of Ada Lindqvist?",
        "What was the total amount due on the Brightwater invoice in 2019?",
    ],
)
def test_another_name_is_no_answer(library: Library, question: str) -> None:
    assert "Not in these documents" in told(library, question)


def test_a_sentence_is_no_name_with_a_value(library: Library) -> None:
    assert "workshop at:" not in told(library, "Where is the workshop of the lease?")
    assert [one.name for one in labelled.pairs(STORY)] == []


def test_a_report_has_no_names_but_those_that_are_marked(library: Library) -> None:
    """Its lines are cut out of sentences and forecasts; what stands behind a colon is told from it too."""
    assert "11" not in told(library, "How much did net sales increase in the fourth quarter?")
    assert told(library, "Who is the contact of Fernhill?").startswith("Contact: **Ida Moss** (release.txt)")


def test_a_citation_leads_to_the_line(library: Library) -> None:
    answer = library.ask("What is the total amount due on the Brightwater invoice?")
    assert [one.text for one in answer.citations] == ["TOTAL AMOUNT DUE $246.24"]


def test_hostile_lines_take_no_time() -> None:
    """A pattern that goes back over these takes minutes; the run's own limit would end it."""
    lines = ("A" * 499, "Aa " * 160, f"A{' ' * 490}", "A-" * 240, "A: " * 160, f"a{' ' * 48}|{' ' * 400}x|x")
    for line in lines:
        list(labelled.pairs("\n".join([line] * 40)))
    assert not list(labelled.pairs("A" * 19_000))


def test_of_two_people_in_a_form_the_one_is_told_who_is_asked_for(library: Library) -> None:
    assert told(library, "What is the phone of the landlord?").startswith("Phone: **555-2222**")
    assert told(library, "What is Ada Brandt's phone number?").startswith("Phone: **555-1111**")
    assert [one.text for one in library.ask("What is the phone in the contract?").citations] == [
        "Phone: 555-1111",
        "Phone: 555-2222",
    ]


def test_what_stands_below_a_name_ends_at_a_paragraph() -> None:
    assert list(labelled.pairs(f"DIAGNOSIS\n{'word ' * 120}\nDr. Holm")) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "Name: Ada Holm Ward: C4 Date of Birth: 1 May 1978",
            ["Name=Ada Holm", "Ward=C4", "Date of Birth=1 May 1978"],
        ),
        ("Patient Name: Date Of Birth: 1970-01-01", ["Date Of Birth=1970-01-01"]),
        ("Invoice Number: Due Date: 2024-05-01", ["Due Date=2024-05-01"]),
        ("| ft | 30.48 cm |", ["ft=30.48 cm"]),
        ("a | b | c", []),
        ("Net sales increased 18.2% to $3.2 billion compared to $2.7 billion in the fourth quarter", []),
        ("Net sales increased 18.2% to $3.2 billion.", []),
        ("Net sales increased 18.2%\nto what had been hoped for", []),
        ("Net sales increased 18.3% to $10.2 billion compared to $8.6 billion in fiscal 2021,", []),
        ("It was a long year in which much was done that was hoped for in the spring\nand sales rose 18", []),
        ("Subtotal 18.20\nTax 1.80", ["Subtotal=18.20", "Tax=1.80"]),
    ],
)
def test_which_names_a_line_has(line: str, found: list[str]) -> None:
    assert [f"{one.name}={one.value}" for one in labelled.pairs(line)] == found


def test_which_names_a_text_has() -> None:
    found = [(one.name, one.value) for one in labelled.pairs(INVOICE + RECORD)]
    assert found == [
        ("Invoice Number", "BW-4471"), ("Date", "March 3, 2025"), ("BILL TO", "Harbour Café; 12 Quay Street"),
        ("Glazed bowls", "24 @ $9.50"), ("SUBTOTAL", "$228.00"), ("TOTAL AMOUNT DUE", "$246.24"),
        ("Notice", "Guarantee ends 2027-03-03"), ("Guarantee ends", "2027-03-03"),
        ("Patient Name", "Ada Lindqvist"), ("Ward", "C4"), ("Heart Rate", "78 bpm 60-100 bpm"),
        ("Number of visits", "3"),
        ("MEDICAL HISTORY", "Asthma since 2009"),
        ("CURRENT MEDICATIONS", "Salbutamol 100 mcg as needed; Budesonide 200 mcg twice a day"),
        ("Salbutamol", "100 mcg as needed"),
    ]  # fmt: skip


@given(st.text("Ab:1| \n-$#é.", max_size=80))
def test_any_text_has_its_names_where_it_says(text: str) -> None:
    for one in labelled.pairs(text):
        assert 0 <= one.start < one.end <= len(text)
        assert one.name.strip() in text[one.start : one.end]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is the email of Omar Nasser?", Kind.DEFINITION),
        ("What does the email to Tom say?", Kind.SUMMARY),
        ("What was the report about?", Kind.FACT),
        ("Which reports are there?", Kind.LIBRARY),
        ("What documents do I have?", Kind.LIBRARY),
        ("Was the number of boats higher in 2023 or 2022?", Kind.COMPARISON),
    ],
)
def test_a_question_about_one_document_is_not_about_the_library(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind
