"""JSON, JSON lines and XML: `explorer.readers.text.json_values` and `explorer.readers.markup.xml`."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import ReadError
from tests.readers.conftest import Read, Write

RECORDS = """{"name": "Shop", "open": true, "price": 1.10, "big": 123456789012345678901234567890,
"tags": ["a", "b"], "address": {"city": "K\\u00f6ln", "zip": null},
"items": [{"title": "First", "text": "<p>One</p><p>two</p>"}, {"title": "Second", "text": "x\\ny"}]}"""

WRITTEN = """name: Shop
open: true
price: 1.10
big: 123456789012345678901234567890
tags: a, b
address:
  city: Köln
  zip: null
items:

  title: First
  text: One

two

  title: Second
  text: x
y"""


def test_json(write: Write, read: Read) -> None:
    reading = read(write("a.json", RECORDS))
    assert reading.text == WRITTEN
    assert (reading.kind, reading.title) == ("json", "Shop")
    assert [(each.level, each.text) for each in reading.headings] == [
        (1, "address"),
        (1, "items"),
        (2, "First"),
        (2, "Second"),
    ]
    for heading in reading.headings:
        line = reading.text[heading.start :].split("\n")[0]
        assert heading.text in line


def test_keys_that_stand_twice_are_kept(write: Write, read: Read) -> None:
    assert read(write("a.json", '{"a": 1, "a": 2}')).text == "a: 1\na: 2"


def test_json_lines(write: Write, read: Read) -> None:
    reading = read(write("a.jsonl", '{"title": "A", "n": 1}\n\n{"title": "B", "n": 2}\nbroken {\n'))
    assert reading.text == "title: A\nn: 1\n\ntitle: B\nn: 2\n\nbroken {"
    assert [each.text for each in reading.headings] == ["A", "B"]
    assert reading.warnings == ("1 line is no JSON and was kept as text.",)
    assert read(write("a.json", '{"a": 1}\n{"a": 2}')).text == "a: 1\n\na: 2"


def test_what_is_no_json_is_read_as_text(write: Write, read: Read) -> None:
    reading = read(write("a.json", '{\n"a": 1, // a remark\n}'))
    assert "// a remark" in reading.text
    assert reading.warnings == ("This is no valid JSON (line 2); it was read as plain text.",)


@pytest.mark.parametrize("mark", ["[", '{"a":'])
def test_json_nested_without_end(write: Write, read: Read, mark: str) -> None:
    started = time.process_time()
    reading = read(write("a.json", mark * 200_000))
    assert len(reading.warnings) == 1
    whole = mark * 100_000 + '"word"' + ("]" if mark == "[" else "}") * 100_000
    assert "word" in read(write("a.json", whole)).text
    assert "word" in read(write("a.json", mark * 900 + '"word"' + ("]" if mark == "[" else "}") * 900)).text
    assert time.process_time() - started < 20


def test_numbers_too_long_to_count(write: Write, read: Read) -> None:
    assert read(write("a.json", f'{{"n": {"9" * 100_000}}}')).text == "n: " + "9" * 100_000


@pytest.mark.parametrize("text", ["{}", "[]", "[[], {}]", '[""]'])
def test_json_without_words(write: Write, read: Read, text: str) -> None:
    with pytest.raises(ReadError, match=r"^a\.json has no text"):
        read(write("a.json", text))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(value=VALUES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_json_is_read_or_refused(value: Any, write: Write, read: Read) -> None:
    path = write("any.json", json.dumps({"a": value}))
    try:
        reading = read(path)
    except ReadError:
        return
    assert not reading.warnings
    assert reading.text.strip()
    reading.text.encode()
    starts = [each.start for each in reading.headings]
    assert starts == sorted(starts)
    assert all(each.text for each in reading.headings)


FEED = """<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE rss [<!ELEMENT rss ANY> <!-- don't ]> stop here -->]>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title>
<language>en-GB</language><pubDate>Mon, 09 Dec 2024 20:26:59 +0000</pubDate>
<item><title>Caf\xe9 opens</title><dc:creator>Ada</dc:creator>
<description><![CDATA[<p>It is <b>open</b>.</p><p>Come!</p>]]></description></item>
<item><title>And closes</title><price currency="EUR">5</price><enclosure length="12" type="a/b"/>
<body>Mixed <i>text</i> here&nbsp;&eacute;.</body></item></channel></rss>"""


def test_a_feed(write: Write, read: Read) -> None:
    reading = read(write("a.xml", FEED.encode("latin-1")))
    assert reading.text == (
        "rss (version: 2.0)\n\nNews\nlanguage: en-GB\npubDate: Mon, 09 Dec 2024 20:26:59 +0000\n\n"
        "Café opens\ncreator: Ada\n\nIt is open.\n\nCome!\n\n"
        "And closes\nprice (currency: EUR): 5\nenclosure (length: 12, type: a/b)\n\nMixed text here é."
    )
    assert (reading.title, reading.author, reading.language) == ("News", "Ada", "en-GB")
    assert reading.date == date(2024, 12, 9)
    assert [(each.level, each.text) for each in reading.headings] == [
        (3, "News"),
        (4, "Café opens"),
        (4, "And closes"),
    ]
    for heading in reading.headings:
        assert reading.text[heading.start :].startswith(heading.text)
    assert reading.warnings == ()


def test_tables_of_xml(write: Write, read: Read) -> None:
    rows = "<tr><th>Kind</th><th>Count</th></tr><tr><td>Blue <b>whale</b></td><td>7</td></tr>"
    reading = read(
        write("a.xml", f"<?xml version='1.0'?><doc><table><caption>C</caption>{rows}</table></doc>")
    )
    assert reading.text == "C\nKind | Count\nBlue whale | 7"
    (table,) = reading.tables
    assert reading.text[table.start : table.end] == "Kind | Count\nBlue whale | 7"
    assert table.header == "Kind | Count"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (
            '<a><sec><head>Title</head><note type="x">First note</note><note>Second</note>and more</sec></a>',
            "Title First note (type: x) Second and more",
        ),
        ("<doc><p>H<sub>2</sub>O, <b>b</b>old by <name>Ada</name>, who</p></doc>", "H2O, bold by Ada, who"),
        ("<doc><p>one<br/>two <x>(three<y>four</y>)</x></p></doc>", "one two (three four)"),
        (
            "<table><tr><td><p>Blue</p><p>whale</p></td><td>7</td></tr></table>",
            "Blue whale | 7",
        ),
        (
            '<inv no="5"><item price="3">Chair</item><item id="9" price="4"/>'
            '<item price="2">A <b>lamp</b></item></inv>',
            "inv (no: 5)\n\nChair (price: 3)\n\nitem (id: 9, price: 4)\n\nA lamp (price: 2)",
        ),
        (
            '<c xmlns:l="http://www.w3.org/1999/xlink"><book id="bk1"><title lang="en">XML</title>'
            '<p id="p1">Good.</p><link l:type="simple" l:href="/x">more</link></book></c>',
            "book (id: bk1)\n\nXML (lang: en)\n\nGood.\n\nlink (href: /x): more",
        ),
    ],
)
def test_words_of_xml_stay_apart_and_attributes_with_them(
    write: Write, read: Read, xml: str, text: str
) -> None:
    reading = read(write("a.xml", f"<?xml version='1.0'?>{xml}"))
    assert reading.text == text
    assert all(reading.text[each.start :].startswith(each.text) for each in reading.headings)


def test_entities_of_xml_stay_out(write: Write, read: Read, tmp_path: Path) -> None:
    (tmp_path / "canary.txt").write_text("CANARY")
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    reading = read(
        write(
            "a.xml",
            f"""<?xml version="1.0"?><!DOCTYPE a SYSTEM "file://{tmp_path}/canary.txt" [
<!ENTITY l0 "ha">{bomb}<!ENTITY x SYSTEM "file://{tmp_path}/canary.txt">
<!ENTITY % p SYSTEM "file://{tmp_path}/canary.txt"> %p;]>
<a xmlns:xi="http://www.w3.org/2001/XInclude" b="&l11;&x;"><c>Some words &x; &l11;</c>
<xi:include href="file://{tmp_path}/canary.txt" parse="text"/></a>""",
        )
    )
    assert "Some words" in reading.text
    assert "CANARY" not in reading.text.replace("canary.txt", "")
    assert "haha" not in reading.text
    assert reading.warnings == ("The file declares entities; what they stand for was left out.",)


@pytest.mark.parametrize(
    "page",
    [
        "<a>" * 50_000 + "the bottom" + "</a>" * 50_000,
        "<a>the bottom",
        "<a><b>the bottom</a></b>",
        "<?xml version='1.0'?><a>&undefined; the bottom &amp; more</a>",
        "<a>the bottom</a><b>and after</b>",
        "<a " + " ".join(f"a{n}='v'" for n in range(100_000)) + ">the bottom</a>",
    ],
)
def test_damaged_and_deep_xml_keeps_its_words(write: Write, read: Read, page: str) -> None:
    started = time.process_time()
    assert "the bottom" in read(write("a.xml", page)).text
    assert time.process_time() - started < 10


@pytest.mark.parametrize("declared", ["utf-16", "punycode", "nonsense", "utf-8"])
def test_xml_that_lies_about_its_encoding(write: Write, read: Read, declared: str) -> None:
    page = f'<?xml version="1.0" encoding="{declared}"?><a>{"Größe und Maße, " * 20}</a>'
    encoding = "cp1252" if declared == "utf-8" else "utf-8"
    assert "Größe und Maße" in read(write("a.xml", page.encode(encoding))).text


def test_xml_without_words(write: Write, read: Read) -> None:
    with pytest.raises(ReadError, match=r"^a\.xml has no text\.$"):
        read(write("a.xml", "<?xml version='1.0'?><a><b/></a>"))


OPENING = [
    "<a>",
    "<b c='d'>",
    "<title>",
    "<table>",
    "<tr>",
    "<td>",
    "<![CDATA[",
    "<!DOCTYPE a [",
    "<!--",
    "<?p",
]
SOUP = [*OPENING, "</a>", "</b>", "</title>", "]]>", "]>", "-->", "?>", "x", "&amp;", "&y;"]


@given(pieces=st.lists(st.sampled_from(SOUP), max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_xml_is_read_or_refused(pieces: list[str], write: Write, read: Read) -> None:
    path = write("any.xml", "<?xml version='1.0'?><r>" + " ".join(pieces))
    try:
        reading = read(path)
    except ReadError:
        return
    assert reading.text.strip()
    for heading in reading.headings:
        assert reading.text[heading.start :].startswith(heading.text[:5])
    for table in reading.tables:
        assert 0 <= table.start < table.end <= len(reading.text)


@pytest.mark.data
def test_a_feed_of_the_zoo(zoo: Path, read: Read) -> None:
    reading = read(zoo / "markitdown/test_rss.xml")
    assert reading.title == "The Official Microsoft Blog"
    assert "Microsoft Ignite is our annual event" in reading.text
    assert "<p>" not in reading.text
    assert any(each.text.startswith("Ignite 2024") for each in reading.headings)
