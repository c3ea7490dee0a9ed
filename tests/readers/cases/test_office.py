"""The Office files and RTF that came out wrong once, by name; others of their kinds stand elsewhere.

What is right stands in the README beside them, in the folder of real documents.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.readers.conftest import Read


@pytest.fixture
def cases(shared_data: Path) -> Path:
    folder = shared_data / "cases"
    if not folder.is_dir():
        pytest.skip(f"the files that came out wrong are not on this machine: {folder} is missing")
    return folder


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("d05_odt_manifest_doctype.odt", "The lock keeper opens the sluice at six."),
        ("d07_altchunk_html.docx", "Cover letter\n\nThe quince harvest fell by two percent."),
        (
            "d08_smartart.pptx",
            "Organisation of the lock company\n\n- Harbour director\n- Chief lock keeper\n- Dredging foreman",
        ),
        ("d14_saved_twice.ppt", "Final price is 700 euro for the pump"),
        ("d17_stream_name_capitals.xls", "Log\n\nGauge\nOtterbury 142"),
        ("d23_drop_cap.docx", "The lock keeper walks the towpath every morning."),
        ("d26_rtf_font_charset_cyrillic.rtf", "Привет and goodbye"),
        ("d27_rtf_emoji.rtf", "party 😀 tonight"),
        ("d28_rtf_star_cs.rtf", "The quick brown fox jumps over the lazy dog"),
        (
            "d09_form_12_columns.docx",
            "Application form\n\nSurname | Harrowgate\nAddress | 14 Millrace Lane, Otterbury\n"
            "Born | 4 May 1981 | Phone | 555 0199\n"
            "I declare that the particulars given above are complete and true.",
        ),
        (
            "d06_long_numbers_and_formats.xlsx",
            "Sheet\n\nAccount | Card | Name\n"
            "1234567890123450 | 4111111111111111 | General format\n"
            "1234567890123451 | 4111111111111112 | General format\n"
            "1234567890123451 | 4111111111111112 | format 0\n"
            "12345678901234 | 0.000012 | 100000000000000000000\n"
            "00123 | 491-234-5678 | zip code 00123, phone mask",
        ),
    ],
)
def test_what_came_out_wrong_once(cases: Path, read: Read, name: str, text: str) -> None:
    reading = read(cases / name)
    assert reading.text.strip() == text
    assert reading.warnings == ()
