"""What a page holds and does not show as it stands: `explorer.readers.markup.not_shown`."""

from __future__ import annotations

import base64
from email.message import EmailMessage

from explorer.readers.reading import Reading
from tests.readers.conftest import Read, Write
from tests.readers.test_left_out import zipped

LONG = "<p>" + "The gauge at Otterbury is read each morning at six. " * 5 + "</p>"


def asides(reading: Reading) -> list[str]:
    return [reading.text[start:end] for start, end in reading.asides]


CODED = base64.b64encode("<p>Łódź in base64</p>".encode()).decode()


def test_the_page_that_stands_in_a_frame_is_read_at_its_place(write: Write, read: Read) -> None:
    inner = (
        "<h2>Levels</h2><table><tr><td>Kestrel</td><td>12</td></tr></table><iframe srcdoc='deep'></iframe>"
    )
    body = f'<p>Before</p><iframe srcdoc="{inner}">old browser</iframe><p>After</p>'
    body += '<iframe src="data:text/html,%3Cb%3Ecoded%3C/b%3E%20page"></iframe>'
    body += f'<iframe src="data:text/html;charset=utf-8;base64,{CODED}"></iframe><p>End</p>'
    reading = read(write("a.html", f"<!DOCTYPE html><html><body>{body}</body></html>"))
    assert reading.text == (
        "Before\n\nLevels\n\nKestrel | 12\n\ndeep\n\nAfter\n\ncoded page\n\nŁódź in base64\n\nEnd"
    )
    assert [heading.text for heading in reading.headings] == ["Levels"]
    assert reading.warnings == ()


def test_frames_elsewhere_are_named(write: Write, read: Read) -> None:
    frames = "".join(f'<iframe src="https://example.org/{n}.html"></iframe>' for n in range(5))
    body = f"<p>Words</p>{frames}<iframe src='about:blank'></iframe><iframe src='count' width=1></iframe>"
    reading = read(write("a.html", f"<html><body>{body}</body></html>"))
    places = [f"https://example.org/{n}.html" for n in range(5)]
    assert reading.text == "Words\n\n" + "\n".join(places)
    assert reading.warnings == (
        f"5 frames stand in other files and were not read: {', '.join(places[:3])} and 2 more.",
    )


def test_a_page_of_frames_says_what_it_says_without_them(write: Write, read: Read) -> None:
    page = (
        "<html><frameset><frame src='menu.html'><noframes><body><p>No frames</p></body></noframes></frameset>"
    )
    reading = read(write("a.html", page))
    assert reading.text == "No frames\n\nmenu.html"
    assert reading.warnings == ("1 frame stands in another file and was not read: menu.html.",)


def test_frames_that_a_saved_page_holds_are_not_told(write: Write, read: Read) -> None:
    message = EmailMessage()
    message.set_content("<p>Page</p><iframe src='cid:f@x'></iframe>", subtype="html")
    message.add_related("<p>In the frame</p>", subtype="html", cid="<f@x>")
    message["Snapshot-Content-Location"] = "https://example.org/"
    reading = read(write("a.mhtml", message.as_bytes()))
    assert [each.text.strip() for each in reading.text_pages] == ["Page", "In the frame"]
    assert reading.warnings == ()


def test_words_for_browsers_without_scripts(write: Write, read: Read) -> None:
    noscript = "<noscript><h1>The list</h1><p>The gauge stands at 12.</p></noscript>"
    made = read(write("a.html", f"<html><body><div id=root>Loading</div>{noscript}</body></html>"))
    assert made.text == "Loading\n\nThe list\n\nThe gauge stands at 12."
    assert asides(made) == []
    shown = read(write("b.html", f"<html><body>{LONG}{noscript}</body></html>"))
    assert asides(shown) == ["The list\n\nThe gauge stands at 12."]


def test_templates(write: Write, read: Read) -> None:
    drawn = "<div><template shadowrootmode='open'><p>Drawn at once</p></template></div>"
    body = f"{LONG}<template><p>Row {{{{n}}}}</p></template><template><b></b></template>{drawn}"
    reading = read(write("a.html", f"<html><body>{body}</body></html>"))
    assert reading.text.endswith("six.\n\nDrawn at once")
    assert reading.warnings == ("1 template that only a script shows was left out.",)
    alone = read(write("b.html", "<html><body><p>x</p><template><p>Words of it</p></template></body></html>"))
    assert alone.text == "x\n\nWords of it"
    assert alone.warnings == ()


def test_media_and_hidden_parts_are_counted(write: Write, read: Read) -> None:
    body = (
        "<p>Words</p><video src='a.mp4'>Your browser is too old</video><audio></audio>"
        "<object data='a.svg'>What is drawn</object><canvas>too old</canvas>"
        "<canvas><table><tr><td>Kestrel</td><td>12</td></tr></table></canvas>"
        "<p hidden>hidden</p><div style='display: none'><p>gone</p></div><div hidden></div>"
        "<p hidden='until-found'>Found</p><map><area href='n.html' alt='North'></map>"
    )
    reading = read(write("a.html", f"<html><body>{body}</body></html>"))
    assert reading.text == "Words\n\nWhat is drawn\n\nKestrel | 12\n\nFound\n\nNorth\n\nn.html"
    assert reading.warnings == (
        "5 sounds, films or drawings were left out.",
        "2 hidden parts of the page were left out.",
    )


def test_frames_without_end_are_read_to_a_limit(write: Write, read: Read) -> None:
    inner = "deepest"
    for _ in range(12):
        inner = "<iframe srcdoc='x " + inner.replace("&", "&amp;").replace("'", "&#39;") + "'></iframe>"
    frames = "<iframe srcdoc='y'></iframe>" * 200
    text = read(write("a.html", f"<html><body>{inner}{frames}</body></html>")).text
    assert "deepest" in text
    assert text.count("y") == 100 - 12


def test_frames_of_a_book_are_told_once(write: Write, read: Read) -> None:
    pages = {f"c{n}": f"<html><body><p>Chapter {n}</p><iframe src='map.html'/></body></html>" for n in (1, 2)}
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in pages
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in pages)
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<a><rootfiles><rootfile full-path="c.opf"/></rootfiles></a>',
        "c.opf": f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>",
        **{f"{name}.xhtml": page for name, page in pages.items()},
    }
    reading = read(write("a.epub", zipped(members)))
    assert reading.warnings == ("1 frame stands in another file and was not read: map.html.",)
