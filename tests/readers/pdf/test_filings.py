"""Exact text from real filings and papers, written down from the images of their pages.

Every example is what a person reads there, in reading order; a line end is a row's end, an empty line parts
paragraphs.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.readers.reading import Reading
from tests.readers.conftest import Read

pytestmark = pytest.mark.data

EXAMPLES = {
    "a balance sheet with its column heads": (
        "3M_2022_10K",
        50,
        """
(Dollars in millions, except per share amount) 2022 2021
Assets
Current assets
Cash and cash equivalents $ 3,655 $ 4,564
Marketable securities — current 238 201
Accounts receivable — net of allowances of $174 and $189 4,532 4,660
Inventories
Finished goods 2,497 2,196""",
    ),
    "negative amounts in brackets": (
        "3M_2022_10K",
        50,
        """
Additional paid-in capital 6,691 6,429
Retained earnings 47,950 45,821
Treasury stock, at cost: (33,255) (30,463)
Accumulated other comprehensive income (loss) (6,673) (6,750)
Total 3M Company shareholders’ equity 14,722 15,046""",
    ),
    "rows without amounts": (
        "3M_2022_10K",
        50,
        """
Shares outstanding - December 31, 2022: 549,245,105
Shares outstanding - December 31, 2021: 571,845,478""",
    ),
    "three years below their heading": (
        "AMAZON_2017_10K",
        38,
        """
Year Ended December 31,
2015 2016 2017
Net product sales $ 79,268 $ 94,665 $ 118,573
Net service sales 27,738 41,322 59,293""",
    ),
    "amounts with and without currency": (
        "AMAZON_2017_10K",
        38,
        """
Provision for income taxes (950) (1,425) (769)
Equity-method investment activity, net of tax (22) (96) (4)
Net income $ 596 $ 2,371 $ 3,033
Basic earnings per share $ 1.28 $ 5.01 $ 6.32""",
    ),
    "items of a list, one a row": (
        "AMAZON_2017_10K",
        7,
        """
• lower levels of credit card usage and increased payment risk;
• difficulty in staffing, developing, and managing foreign operations as a result of distance, language, and \
cultural differences;
• different employee/employer relationships and the existence of works councils and labor unions;""",
    ),
    "the middle one of three columns": (
        "AMCOR_2023_10K",
        126,
        """
Under Delaware corporate law, unless
otherwise provided in the certificate of
incorporation, any action to be taken at any
annual or special meeting of shareholders of
a corporation may be taken by written
consent of the holders of outstanding stock
having not less than the minimum number of
votes that would be necessary to take that
action at a meeting at which all shareholders
entitled to vote were present and voted. In
addition, a corporation may eliminate the
right of shareholders to act by written
consent through amendment to its certificate
of incorporation. All consents must be dated
and are only effective if the requisite
signatures are collected within 60 days of the
earliest dated consent delivered.

Under the Articles of Association, shareholders
may not pass a resolution by written consent.""",
    ),
    "the head of three columns": ("AMCOR_2023_10K", 126, "Corporate law issue Delaware law Jersey law\n"),
    "a label for two rows of amounts": (
        "VERIZON_2022_10K",
        46,
        """
Pension plans discount rate +0.50 $ (676)
-0.50 740""",
    ),
    "a heading and its paragraph": (
        "VERIZON_2022_10K",
        46,
        """
See Note 11 to the consolidated financial statements for additional information.

Income Taxes

Our current and deferred income taxes and associated valuation allowances are impacted by events \
and transactions arising in
the normal course of business""",
    ),
    "a footnote's mark and a dash for nothing": (
        "MGMRESORTS_2022Q4_EARNINGS",
        12,
        """
Cash and cash equivalents $ 5,911,893 $ 4,703,059
Restricted cash (1) — 500,000
Accounts receivable, net 852,149 583,915""",
    ),
    "a footnote": (
        "MGMRESORTS_2022Q4_EARNINGS",
        12,
        "\n\n(1) Relates to the acquisition of The Cosmopolitan of Las Vegas\n",
    ),
    "amounts without a label": (
        "MGMRESORTS_2022Q4_EARNINGS",
        12,
        """
Total stockholders' equity 5,210,123 10,976,766
$ 45,692,206 $ 40,899,116""",
    ),
    "dates as column heads": (
        "BESTBUY_2024Q2_10Q",
        3,
        """
July 29, 2023 January 28, 2023 July 30, 2022
Assets
Current assets
Cash and cash equivalents $ 1,093 $ 1,874 $ 840""",
    ),
    "a title in four sizes": (
        "BESTBUY_2024Q2_10Q",
        3,
        """
PART I — FINANCIAL INFORMATION

Item 1. Financial Statements

Condensed Consolidated Balance Sheets
$ in millions, except per share amounts (unaudited)
""",
    ),
    "a label of two rows": (
        "BESTBUY_2024Q2_10Q",
        3,
        """
Common stock, $0.10 par value: Authorized - 1.0 billion shares; Issued and
outstanding - 217.9 million, 218.1 million and 225.1 million shares, respectively 22 22 22
Additional paid-in capital - 21 20""",
    ),
    "a note below a table": (
        "BESTBUY_2024Q2_10Q",
        3,
        "\n\nNOTE: The Consolidated Balance Sheet as of January 28, 2023, has been condensed from "
        "the audited consolidated financial statements.\n\n"
        "See Notes to Condensed Consolidated Financial Statements.",
    ),
    "amounts and shares of sales": (
        "ULTABEAUTY_2023Q4_EARNINGS",
        6,
        """
Net sales $ 3,226,773 100.0% $ 2,729,388 100.0%
Cost of sales 2,014,270 62.4% 1,702,059 62.4%""",
    ),
    "a second table on the page": (
        "ULTABEAUTY_2023Q4_EARNINGS",
        6,
        """
Exhibit 2
Ulta Beauty, Inc.
Consolidated Statements of Income
(In thousands, except per share data)
52 Weeks Ended
January 28, January 29,""",
    ),
    "a table of words": (
        "JOHNSON_JOHNSON_2022_10K",
        55,
        """
Nature/Type of Collaboration Statement of Earnings Presentation
Third-party sale of product & profit share payments received Sales to customers
""",
    ),
    "a footnote marked by a star": (
        "JOHNSON_JOHNSON_2022_10K",
        55,
        "\n\n* Milestones are capitalized as intangible assets and amortized to cost of products sold over "
        "the useful life.\n",
    ),
    "indented paragraphs": (
        "JOHNSON_JOHNSON_2022_10K",
        55,
        """
reasonably estimated.

The Company has self insurance through a wholly-owned captive insurance company. In addition to accruals in \
the self insurance program, claims that
exceed the insurance coverage are accrued when losses are probable and amounts can be reasonably estimated.
""",
    ),
}


@pytest.mark.parametrize(("name", "page", "text"), EXAMPLES.values(), ids=EXAMPLES)
def test_a_page_reads_as_it_is_seen(filings: Path, read: Read, name: str, page: int, text: str) -> None:
    assert text in f"\n{once(read, filings / f'{name}.pdf').text_pages[page - 1].text}"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "MGMRESORTS_2022Q4_EARNINGS",
            "from the date of acquisition through the end of the reporting period and to exclude the "
            "Adjusted Property EBITDAR of disposed operating segments",
        ),
        (
            "VERIZON_2022_10K",
            "In addition, we have a fleet of portable backup generators that can be deployed if needed.",
        ),
        (
            "JOHNSON_JOHNSON_2022_10K",
            "The TCJA included a provision for a tax on all previously undistributed earnings of U.S. "
            "companies located in foreign jurisdictions.",
        ),
        (
            "AMAZON_2017_10K",
            "works councils and labor unions; • compliance with the U.S. Foreign Corrupt Practices Act",
        ),
    ],
)
def test_nothing_stands_between_two_halves_of_a_sentence(
    filings: Path, read: Read, name: str, sentence: str
) -> None:
    """The sentence runs over a page's end, where a page number and a header are printed."""
    assert sentence in " ".join(without_asides(once(read, filings / f"{name}.pdf")).split())


@pytest.mark.parametrize(
    ("name", "page", "header"),
    [
        ("3M_2022_10K", 50, "(Dollars in millions, except per share amount) 2022 2021"),
        ("3M_2022_10K", 52, "Years ended December 31 (Millions) 2022 2021 2020"),
        (
            "AMAZON_2017_10K",
            38,
            "(in millions, except per share data) Year Ended December 31, 2015 2016 2017",
        ),
        (
            "BESTBUY_2024Q2_10Q",
            3,
            "$ in millions, except per share amounts (unaudited) "
            "July 29, 2023 January 28, 2023 July 30, 2022",
        ),
        (
            "MGMRESORTS_2022Q4_EARNINGS",
            12,
            "(In thousands, except share data) (Unaudited) December 31, 2022 December 31, 2021",
        ),
    ],
)
def test_a_table_has_its_column_heads(filings: Path, read: Read, name: str, page: int, header: str) -> None:
    reading = once(read, filings / f"{name}.pdf")
    start = sum(len(each.text) for each in reading.text_pages[: page - 1])
    end = start + len(reading.text_pages[page - 1].text)
    assert header in [table.header for table in reading.tables if start <= table.start < end]


def test_two_columns_and_the_title_above_them(zoo: Path, read: Read) -> None:
    text = once(read, zoo / "docling/pdf/normal_4pages.pdf").text_pages[0].text
    assert text.startswith("제1695호\n\n발행일 2020년 4월 2일\n발행처 국회입법조사처\n")
    ends_left = "그러나, 약관상 한국표준질병·사인분류상의 U00~U99에 해당하는"
    begins_right = "이슈가 될 것으로 판단된다."
    assert f"{ends_left}\n\n{begins_right}\n" in text
    assert "병으로 보아야 할지, 상해 1)나 재해 2)로 보아야 할지\n\n1) 손해보험의" in text


_READ: dict[Path, Reading] = {}


def once(read: Read, path: Path) -> Reading:
    if path not in _READ:
        _READ[path] = read(path)
    return _READ[path]


def without_asides(reading: Reading) -> str:
    kept, end = [], 0
    for first, last in reading.asides:
        kept.append(reading.text[end:first])
        end = last
    return "".join([*kept, reading.text[end:]])
