"""Presentations, OpenDocument texts, RTF, old Office files, and Office files with a password.

They go through `explorer.readers.office.by_docling`.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from explorer.errors import PasswordNeeded, ReadError
from explorer.readers.limits import Limits
from explorer.readers.office import docling_rs
from explorer.readers.office.docling_rs import unmarked
from explorer.readers.ole import facts as ole_facts
from tests.readers.conftest import Read, Write
from tests.readers.office.office_files import opendocument, pptx, shape, zipped

PROTECTED = Path(__file__).with_name("protected.docx")
"""A Word file with one sentence and the password "open sesame", made with msoffcrypto-tool."""


def table(*lines: tuple[str, ...]) -> str:
    """A table on a slide."""
    cell = "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    rows = "".join(f'<a:tr h="1">{"".join(cell.format(each) for each in line)}</a:tr>' for line in lines)
    columns = '<a:gridCol w="1"/>' * len(lines[0])
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="4" name="t"/><p:cNvGraphicFramePr/><p:nvPr/>'
        '</p:nvGraphicFramePr><p:xfrm><a:off x="0" y="50"/><a:ext cx="9" cy="9"/></p:xfrm><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl>'
        f'<a:tblPr firstRow="1"/><a:tblGrid>{columns}</a:tblGrid>{rows}</a:tbl></a:graphicData></a:graphic>'
        "</p:graphicFrame>"
    )


def test_slides_are_pages_with_their_notes(write: Write, read: Read) -> None:
    data = pptx(
        shape("Welcome", "title") + shape("To everybody", top=20),
        "",
        shape("Sales", "title") + table(("Region", "2022"), ("North", "7")) + shape("Source: Acme", top=90),
        shape("Not shown"),
        notes={1: "Say hello first."},
        hidden=(4,),
    )
    reading = read(write("a.pptx", data))
    assert [page.text.strip() for page in reading.text_pages] == [
        "Welcome\n\nTo everybody\n\nNotes: Say hello first.",
        "",
        "Sales\n\nRegion | 2022\nNorth | 7\n\nSource: Acme",
        "Not shown",
    ]
    assert [each.text for each in reading.headings] == ["Welcome", "Sales"]
    assert [each.header for each in reading.tables] == ["Region | 2022"]
    assert reading.warnings == ("1 slide is hidden in the presentation, and read as well.",)


def test_the_figures_of_charts_are_read(zoo: Path, read: Read) -> None:
    reading = read(zoo / "docling/pptx/pptx_chart.pptx")
    assert "Bar chart\n\n | Freshwater Ducks | Saltwater Ducks\n2019 | 120 | 80\n" in reading.text
    assert reading.tables[0].header == " | Freshwater Ducks | Saltwater Ducks"


def test_a_presentation_of_others(zoo: Path, read: Read) -> None:
    reading = read(zoo / "markitdown/test.pptx")
    assert len(reading.text_pages) == 6
    assert "7 | 8 | 9 | 1b92870d-e3b5-4e65-8153-919f4ff45592 | 11 | 12" in reading.text_pages[2].text
    assert reading.headings[0].text.startswith("AutoGen: Enabling Next-Gen LLM Applications")
    assert reading.title is None or reading.title


def test_a_damaged_slide_costs_that_slide(write: Write, read: Read) -> None:
    data = pptx(shape("One"), shape("Two") + "<broken>", shape("Three"))
    reading = read(write("a.pptx", data))
    assert [page.text.strip() for page in reading.text_pages] == ["One", "", "Three"]
    assert reading.warnings == ("1 of 3 slides could not be read.",)


TEXT = """<text:h text:outline-level="1">Scope</text:h><text:p>Words<text:note text:note-class="footnote">
<text:note-citation>1</text:note-citation><text:note-body><text:p>See there.</text:p></text:note-body>
</text:note> and more.</text:p><table:table><table:table-row><table:table-cell><text:p>Year</text:p>
</table:table-cell><table:table-cell><text:p>Sum</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>2022</text:p></table:table-cell><table:table-cell><text:p>7</text:p>
</table:table-cell></table:table-row></table:table>"""


def test_opendocument_texts(zoo: Path, write: Write, read: Read) -> None:
    meta = "<dc:title>A plan</dc:title><meta:creation-date>2024-05-06T07:08:09</meta:creation-date>"
    reading = read(write("a.odt", opendocument("text", TEXT, meta=meta)))
    assert "See there." in reading.text
    assert "Year | Sum\n2022 | 7" in reading.text
    assert reading.headings[0].text == "Scope"
    assert (reading.kind, reading.title, reading.date) == ("odt", "A plan", date(2024, 5, 6))
    real = read(zoo / "docling/odf/text_document_01.odt")
    assert (
        "2. numbered list 2\n  - bullet list 2.1\n  - bullet list 2.2\n    - bullet list 2.2.1\n" in real.text
    )
    assert [each.text for each in real.headings][:2] == ["Title", "Subtitle"]


def test_opendocument_presentations(write: Write, read: Read) -> None:
    body = "".join(
        f'<draw:page draw:name="page{number}"><draw:frame><draw:text-box><text:p>Slide {number}</text:p>'
        "</draw:text-box></draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>Say so.</text:p>"
        "</draw:text-box>"
        "</draw:frame></presentation:notes></draw:page>"
        for number in (1, 2)
    )
    reading = read(write("a.odp", opendocument("presentation", body)))
    assert [page.text.strip() for page in reading.text_pages] == [
        "Slide 1\n\nNotes: Say so.",
        "Slide 2\n\nNotes: Say so.",
    ]


RTF = r"""{\rtf1\ansi\ansicpg1252{\info{\title Swimming \'fcber Wasser}{\author Ada}{\creatim\yr2020\mo3\dy4}}
{\fonttbl{\f0 Arial;}}\pard Plain {\b bold} and {\i italic}: 2*3*4, \u8364? 5, Gr\'f6\'dfe.\par
\trowd\cellx1000\cellx2000\intbl Year\cell Sum\cell\row
\trowd\cellx1000\cellx2000\intbl 2022\cell 7\cell\row
\pard {\field{\*\fldinst HYPERLINK "http://127.0.0.1:9/x"}{\fldrslt the link}} ends.
{\footnote \pard\plain  See there.}\par}"""


def test_rtf(write: Write, read: Read) -> None:
    reading = read(write("a.rtf", RTF))
    assert reading.text == (
        "Plain bold and italic: 2*3*4, € 5, Größe.\n\nYear | Sum\n2022 | 7\n\nthe link ends. See there."
    )
    assert (reading.title, reading.author, reading.date) == ("Swimming über Wasser", "Ada", date(2020, 3, 4))


def test_rtf_keeps_what_was_typed(write: Write, read: Read) -> None:
    text = r"Price is *net* and 2**10**2 {\b bold}{\i ly}, [see](http://x) _under_ `c` # hash C:\\b\par"
    assert read(write("a.rtf", rf"{{\rtf1 {text}}}")).text == (
        "Price is *net* and 2**10**2 boldly, [see](http://x) _under_ `c` # hash C:\\b"
    )


def test_rtf_notes_hidden_text_and_running_headers(write: Write, read: Read) -> None:
    data = (
        r"{\rtf1\ansi{\header Annual \b report\par}{\footer\pard\plain Made by Ada}{\*\generator x}"
        r"First.\par second{\footnote foot text}more{\*\footnote\pard other}.\par"
        r"{\v hidden \'e9\u233?}shown \v gone\v0 stays{\v a{b}\plain c}\par"
        r'{\field{\*\fldinst HYPERLINK "http://127.0.0.1:9/x"}{\fldrslt linked}}\par{\pict\bin3 }}}}}'
    )
    reading = read(write("a.rtf", data))
    assert reading.text == (
        "First.\n\nsecond foot text more other.\n\nshown staysc\n\nlinked\n\nAnnual report\n\nMade by Ada"
    )
    assert [reading.text[slice(*span)] for span in reading.asides] == ["Annual report", "Made by Ada"]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**bold** and *italic*, ***both***", "bold and italic, both"),
        ("2*3*4 = 24", "2*3*4 = 24"),
        ("2**10**2", "2**10**2"),
        ("*Figure* 1*: a duck*", "Figure 1: a duck"),
        ("a * b * c", "a * b * c"),
        ("[words](https://example.com/x) and [1](2)", "words and [1](2)"),
    ],
)
def test_marks_of_bold_and_italic_are_taken_off(marked: str, plain: str) -> None:
    assert unmarked(marked) == plain


def test_old_word_files(zoo: Path, read: Read) -> None:
    reading = read(zoo / "docling/doc/legacy_sample.doc")
    assert " | Food | Calories per portion\nLeaves | Ash, Elm, Maple | 50\n" in reading.text
    assert "1. Wear sunglasses\n2. Don’t forget to drink water\n3. Use sun cream" in reading.text
    assert [(each.level, each.text) for each in reading.headings] == [
        (1, "Swimming in the lake"),
        (2, "Let’s swim!"),
        (3, "Let’s eat"),
    ]
    assert reading.title
    assert reading.date is not None
    assert "*" not in reading.text


def test_files_with_a_password(write: Write, read: Read) -> None:
    with pytest.raises(PasswordNeeded, match=r"^protected\.docx is protected: enter its password\.$"):
        read(PROTECTED)
    with pytest.raises(PasswordNeeded, match=r"^That is not the password of protected\.docx"):
        read(PROTECTED, password="wrong")
    for name in ("a.docx", "a.xlsx", "without"):
        reading = read(write(name, PROTECTED.read_bytes()), password="open sesame")
        assert (reading.kind, reading.text) == ("docx", "A secret sentence.")
    manifest = '<manifest><file-entry full-path="content.xml"><encryption-data/></file-entry></manifest>'
    for kind, name in (("text", "a.odt"), ("spreadsheet", "a.ods"), ("presentation", "a.odp")):
        members = {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": b"\x93\x01\xff",
            "META-INF/manifest.xml": manifest,
        }
        with pytest.raises(
            ReadError, match=f"^{name} is protected in a way that cannot be opened here"
        ) as told:
            read(write(name, zipped(members)))
        assert not isinstance(told.value, PasswordNeeded)  # no password would help


def test_old_files_with_a_password_say_so(zoo: Path, write: Write, read: Read) -> None:
    data = bytearray((zoo / "docling/doc/legacy_sample.doc").read_bytes())
    start = data.index(b"\xec\xa5\xc1\x00")
    data[start + 11] |= 1  # fEncrypted
    with pytest.raises(ReadError, match=r"^a\.doc is protected in a way that cannot be opened here\.$"):
        read(write("a.doc", bytes(data)))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("name", ["doc/legacy_sample.doc", "xls/legacy_sample.xls"])
def test_cut_old_files_are_one_clear_message(
    zoo: Path, write: Write, read: Read, name: str, share: float
) -> None:
    data = (zoo / "docling" / name).read_bytes()
    path = write(f"cut{Path(name).suffix}", data[: int(len(data) * share)])
    try:
        assert read(path).text.strip()
    except ReadError as error:
        assert str(error).startswith(path.name)
        assert len(str(error)) < 400


def test_a_computer_without_the_library_says_so(
    write: Write, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise ImportError("no wheel for this computer")

    monkeypatch.setattr(docling_rs, "_native", missing)
    with pytest.raises(
        ReadError, match=r"^a\.rtf cannot be read on this computer: .* Save it as PDF or DOCX\.$"
    ):
        read(write("a.rtf", RTF))


def test_reading_imports_no_data_frames(tmp_path: Path) -> None:
    """The package would import docling-core and pandas: 145 MB that each child would hold."""
    (tmp_path / "a.rtf").write_text(RTF)
    code = (
        "import sys; from pathlib import Path; from explorer.readers.office import by_docling; "
        "from explorer.readers.limits import Limits; from explorer.readers.reading import Source; "
        f"limits = Limits(**{asdict(Limits())!r}); "  # a child is told them
        f"by_docling.reader('rtf')(Source(Path({str(tmp_path / 'a.rtf')!r}), 'a.rtf', limits=limits)); "
        "print([name for name in ('pandas', 'docling_core', 'pydantic', 'numpy') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_facts_of_damaged_files_are_none(write: Write, read: Read) -> None:
    from explorer.readers.reading import Source

    path = write("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600)
    assert ole_facts.facts(Source(path, "a.doc")) == {}
