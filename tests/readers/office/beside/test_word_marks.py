"""What Word shows that is no text of a run.

`explorer.readers.office.beside.word_marks` and `explorer.readers.encodings.symbol_fonts`.
"""

from __future__ import annotations

import pytest

from explorer.readers.encodings.symbol_fonts import sign
from tests.readers.conftest import Read, Write
from tests.readers.test_left_out import word


def field(data: str) -> str:
    begin = f'<w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar>'
    return f'<w:r>{begin}</w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'


LIST = '<w:listEntry w:val="North"/><w:listEntry w:val="South"/>'


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>', "α"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:t> done</w:t></w:r>', "✓ done"),
        ('<w:r><w:t>a</w:t><w:sym w:font="Webdings" w:char="F061"/><w:sym w:char="x"/></w:r>', "a"),
        ('<w:r><w:pict><s xmlns="v"><textpath string="Draft  copy"/></s></w:pict></w:r>', "Draft copy"),
        (field('<w:checkBox><w:default w:val="1"/></w:checkBox>') + "<w:r><w:t> paid</w:t></w:r>", "☒ paid"),
        (field('<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>'), "☐"),
        (field(f'<w:ddList><w:result w:val="1"/>{LIST}</w:ddList>'), "South"),
        (field(f"<w:ddList>{LIST}</w:ddList>"), "North"),
        (field(f'<w:ddList><w:result w:val="7"/>{LIST}</w:ddList>') + "<w:r><w:t>x</w:t></w:r>", "x"),
    ],
)
def test_marks_stand_in_the_text(write: Write, read: Read, content: str, text: str) -> None:
    assert read(write("a.docx", word(f"<w:p>{content}</w:p>"))).text == text


@pytest.mark.parametrize(
    ("font", "number", "character"),
    [
        ("Symbol", 0xF044, "Δ"),
        ("symbol ", 0x44, "Δ"),
        ("Symbol", 0xA3, "≤"),
        ("Symbol", 0xF0AE, "→"),
        ("Symbol", 0xF0E5, "∑"),
        ("Symbol", 0x35, "5"),
        ("Wingdings", 0x35, ""),
        ("Arial", 0x263A, "☺"),
        ("Arial", 0xD800, ""),
    ],
)
def test_signs_of_fonts(font: str, number: int, character: str) -> None:
    assert sign(font, number) == character
