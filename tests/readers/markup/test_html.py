"""Web pages: text, rows, what is set aside, and soup.

By `explorer.readers.markup.html`, with `explorer.readers.markup.html_walk` and
`explorer.readers.markup.html_tables`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import ReadError
from tests.readers.conftest import Read, Write

PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>A  page</title>
<meta name="author" content="Ada Lovelace">
<meta property="article:published_time" content="2024-05-06T10:00:00Z">
<style>p { color: red }</style><script>var secret = 1;</script></head>
<body>
<nav><ul><li><a href="/">Home</a></li></ul></nav>
<main>
<h1>Whales &amp; <em>songs</em></h1>
<p>First   line<br>second line.</p><p>H<sub>2</sub>O</p>
<h2>Data</h2>
<table><caption>Counts</caption>
<tr><th>Kind</th><th>2022</th><th>2023</th></tr>
<tr><td><p>Blue</p></td><td></td><td>1,234<br>(est.)</td></tr></table>
<ol start="3"><li>three</li><li>four<ul><li>nested</li></ul></li></ol>
<pre>  def f():
      return 1
</pre>
<!-- a comment --><noscript>enable it</noscript><p hidden>hidden</p><p style="display: none">gone</p>
<img src="http://127.0.0.1:9/x.png" alt="A whale">
</main>
<footer>Imprint</footer>
</body></html>"""

TEXT = """Whales & songs

First line
second line.

H2O

Data

Counts

Kind | 2022 | 2023
Blue | | 1,234 (est.)

3. three
4. four
  - nested

def f():
    return 1

A whale

- Home

enable it

Imprint

/"""


def test_a_page(write: Write, read: Read) -> None:
    reading = read(write("a.html", PAGE))
    assert reading.text == TEXT
    assert [
        (each.level, each.text, reading.text[each.start :][: len(each.text)]) for each in reading.headings
    ] == [
        (1, "Whales & songs", "Whales & songs"),
        (2, "Data", "Data"),
    ]
    assert [TEXT[start:end] for start, end in reading.asides] == ["- Home\n\nenable it\n\nImprint"]
    assert [TEXT[start:end] for start, end in reading.addresses] == ["/"]
    (table,) = reading.tables
    assert TEXT[table.start : table.end] == "Kind | 2022 | 2023\nBlue | | 1,234 (est.)"
    assert table.header == "Kind | 2022 | 2023"
    assert (reading.title, reading.author, reading.language) == ("A page", "Ada Lovelace", "en-gb")
    assert reading.date == date(2024, 5, 6)


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="iso-8859-1">', "latin-1"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=shift_jis">', "shift_jis"),
        ('<?xml version="1.0" encoding="koi8-r"?>', "koi8-r"),
        ("", "utf-8"),
        ("", "utf-16"),
        ('<meta charset="utf-8">', "cp1252"),
    ],
)
def test_encodings(write: Write, read: Read, head: str, encoding: str) -> None:
    words = {"shift_jis": "吾輩は猫である。", "koi8-r": "Привет, мир"}.get(encoding, "Café für Ännchen")
    start = head if head.startswith("<?xml") else ""
    page = f"{start}<html><head>{'' if start else head}</head><body><p>{words}</p></body></html>"
    assert read(write("a.html", page.encode(encoding))).text == words


def test_entities_and_external_files_stay_out(write: Write, read: Read, tmp_path: Path) -> None:
    (tmp_path / "canary.txt").write_text("CANARY")
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    page = f"""<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "ha">{bomb}
<!ENTITY x SYSTEM "file://{tmp_path}/canary.txt">]>
<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Words &x; &l9;</p>
<iframe src="file://{tmp_path}/canary.txt"></iframe></body></html>"""
    reading = read(write("a.xhtml", page))
    assert "CANARY" not in reading.text
    assert "haha" not in reading.text
    assert "Words" in reading.text


@pytest.mark.parametrize("tag", ["div", "span", "blockquote", "p", "table", "b", "h1"])
def test_depth_costs_nothing(write: Write, read: Read, tag: str) -> None:
    deep = f"<{tag}>" * 50_000 + "the bottom" + f"</{tag}>" * 50_000
    reading = read(write("deep.html", f"<html><body><p>the top</p>{deep}<p>the end</p></body></html>"))
    assert reading.text.startswith("the top")
    assert "the bottom" in reading.text
    assert reading.text.endswith("the end")


def test_what_drawings_say(write: Write, read: Read) -> None:
    svg = (
        "<svg><style>.a{fill:red}</style><metadata>made by hand</metadata><defs><symbol><title>Icon</title>"
        "</symbol></defs><title>Sales</title><g><text x='1'>North</text><text><tspan>12</tspan>"
        "<tspan>EUR</tspan></text></g></svg>"
    )
    page = f"<html><body><p>Before</p>{svg}<p>After</p><table><tr><td>a{svg}</td><td>b</td></tr></table>"
    reading = read(write("a.html", page))
    assert reading.text == "Before\n\nSales\nNorth\n12 EUR\n\nAfter\n\na Sales North 12 EUR | b"


def test_what_stands_for_a_script_is_set_aside(write: Write, read: Read) -> None:
    page = "<html><body><p>Main part</p><noscript><p>Price: 12 EUR</p></noscript><p>Its end</p></body></html>"
    reading = read(write("a.html", page))
    assert reading.text == "Main part\n\nIts end\n\nPrice: 12 EUR"
    assert [reading.text[start:end] for start, end in reading.asides] == ["Price: 12 EUR"]


def test_a_page_without_text(write: Write, read: Read) -> None:
    for page in ("<html><body></body></html>", "<html><script>x</script></html>", "<!DOCTYPE html>"):
        with pytest.raises(ReadError, match=r"^a\.html has no text\.$"):
            read(write("a.html", page))


def test_nested_tables_stay_on_their_row(write: Write, read: Read) -> None:
    inner = "<table><tr><td>b</td><td>c</td></tr></table>"
    page = f"<html><table><tr><td>a{inner}</td><td>d</td></tr><tr><td>e</td></tr></table>"
    assert read(write("a.html", page)).text.split("\n")[-1] == "e"
    assert "d" in read(write("a.html", page)).text.split("\n")[-2]


MERGED = """<html><body><table>
<tr><th rowspan="2">Firm</th><th colspan="2">2025</th></tr>
<tr><th>Q1</th><th>Q2</th></tr>
<tr><td rowspan="2">Acme</td><td>1</td><td>2</td></tr>
<tr><td>3</td><td>4</td></tr>
<tr><td colspan="3">In millions of dollars</td></tr>
<tr><td> </td><td></td></tr>
</table></body></html>"""


def test_merged_cells_are_said_once_in_each_row_that_they_reach(write: Write, read: Read) -> None:
    reading = read(write("a.html", MERGED))
    assert reading.text == ("Firm | 2025\nFirm | Q1 | Q2\nAcme | 1 | 2\nAcme | 3 | 4\nIn millions of dollars")
    (table,) = reading.tables
    assert (table.start, table.end) == (0, len(reading.text))
    assert table.header == "Firm | 2025 Q1 | 2025 Q2"


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ("<tr><td>Name</td><td>Sum</td></tr><tr><td>a</td><td>1</td></tr>", "Name | Sum"),
        ("<tr><td>b</td><td>2</td></tr><tr><td>a</td><td>1</td></tr>", ""),
        ("<tr><td>well</td><td>said</td></tr><tr><td>so</td><td>be it</td></tr>", ""),
        ("<thead><tr><td>N</td><td>1</td></tr></thead><tr><td>a</td><td>1</td></tr>", "N | 1"),
    ],
)
def test_column_names_without_header_cells(write: Write, read: Read, rows: str, header: str) -> None:
    (table,) = read(write("a.html", f"<html><table>{rows}</table>")).tables
    assert table.header == header


def test_a_table_that_only_places_things_is_no_row(write: Write, read: Read) -> None:
    story = "<p>One paragraph of a story.</p>" * 40
    numbers = "<table><tr><th>Year</th><th>Sum</th></tr><tr><td>2024</td><td>7</td></tr></table>"
    page = f"<html><body><table><tr><td>Menu</td><td><h1>Title</h1>{story}{numbers}</td></tr></table>"
    reading = read(write("a.html", page))
    assert "Title\n\nOne paragraph" in reading.text
    assert "story.\n\nOne" in reading.text
    assert [reading.text[each.start : each.end] for each in reading.tables] == ["Year | Sum\n2024 | 7"]


def test_spans_that_lie_cost_nothing(write: Write, read: Read) -> None:
    cell = f"<td rowspan=65534 colspan=1000>{'x' * 150}</td>"
    page = f"<html><body><table>{f'<tr>{cell}<td>y</td></tr>' * 3_000}</table>"
    assert len(read(write("a.html", page)).text) < 5_000_000


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("/a b", "word\n\n/a b"),
        ("https://x.example/?q=1#s", "word\n\nhttps://x.example/?q=1#s"),
        ("#", "word"),
        ("#there", "word\n\n#there"),
        ("javascript:alert(1)", "word"),
        (" JavaScript:alert(1)", "word"),
        ("data:text/html,x", "word"),
        ("/" + "x" * 600, "word"),
    ],
)
def test_addresses_stand_at_the_end_once(write: Write, read: Read, address: str, text: str) -> None:
    link = f'<a href="{address}">word</a>'
    assert read(write("a.html", f"<html><body><p>{link}</p>")).text == text
    twice = read(write("a.html", f"<html><body><p>{link} {link}</p>"))
    assert twice.text == text.replace("word", "word word")
    assert [twice.text[start:end] for start, end in twice.addresses] == text.split("\n\n")[1:]
    assert not twice.asides


def test_what_is_named_a_menu_is_set_aside(write: Write, read: Read) -> None:
    page = '<html><body><div class="top navbar">Home</div><p>The story.</p><div id="footer">Imprint</div>'
    reading = read(write("a.html", page))
    assert reading.text == "The story.\n\nHome\n\nImprint"
    assert reading.asides == ((12, len(reading.text)),)


def test_values_of_fields_are_read(write: Write, read: Read) -> None:
    page = (
        '<html><body><form>Name <input value="Ada"><input type=hidden value=no><input type=checkbox value=x>'
    )
    assert read(write("a.html", page)).text == "Name Ada"


@pytest.mark.parametrize("declared", ["utf-16", "punycode", "unicode_escape", "hex", "x" * 40, "idna"])
def test_encodings_that_no_page_is_in(write: Write, read: Read, declared: str) -> None:
    page = f'<html><head><meta charset="{declared}"></head><body><p>{"Größe " * 3_000}</p></body></html>'
    assert read(write("a.html", page)).text == "Größe " * 2_999 + "Größe"


def test_letters_are_composed_and_control_characters_gone(write: Write, read: Read) -> None:
    page = f"<html><body><p>Cafe\u0301 \x01a\x9fb &#x1;c e&#x301;</p></body></html>{' ' * 200}"
    assert read(write("a.html", page)).text == "Café ab c é"


OPENING = [f"<{tag}>" for tag in ("p", "table", "tr", "td", "ul", "li", "pre", "h1", "main", "nav", "br")]
CLOSING = [f"</{tag}>" for tag in ("p", "table", "ul", "pre", "h1", "main", "nav")]
SOUP = [*OPENING, *CLOSING, "a", "b", "&amp;", "&#0;", "<!-- -->"]


@given(
    pieces=st.lists(
        st.sampled_from(SOUP),
        max_size=40,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_soup_is_read_or_refused(pieces: list[str], write: Write, read: Read) -> None:
    path = write("any.html", "<html><body>" + " ".join(pieces))
    try:
        reading = read(path)
    except ReadError:
        return
    assert reading.text.strip()
    for heading in reading.headings:
        # `start` is that of the line, which may be indented.
        assert reading.text[heading.start :].lstrip().startswith(heading.text.split()[0])
