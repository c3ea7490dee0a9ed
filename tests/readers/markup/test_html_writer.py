"""White space and breaks of a web page's text: `explorer.readers.markup.html_writer`."""

from __future__ import annotations

from explorer.readers.markup.html_writer import Writer


def test_white_space_folds_and_breaks_wait_for_a_word() -> None:
    out = Writer()
    out.separate("\n\n")
    out.add("  One \n two")
    out.add(" ")
    out.add("three")
    out.separate("\n")
    out.separate("\n\n")
    out.add("four ")
    out.separate("\n")
    assert out.text == "One two three\n\nfour"
    assert out.length == len(out.text)


def test_preformatted_text_keeps_its_lines() -> None:
    out = Writer()
    out.add("Code:")
    out.separate("\n\n")
    out.add_exactly("\n    if a:\n        b\n")
    out.add("after")
    assert out.text == "Code:\n\nif a:\n    b\nafter"


def test_a_bullet_has_one_space() -> None:
    out = Writer()
    out.add_mark("- ")
    out.add(" item")
    assert out.text == "- item"


def test_what_was_written_can_be_taken_back() -> None:
    out = Writer()
    out.add("kept")
    mark = out.mark()
    out.cell()
    out.add("cell")
    assert out.since(mark) == "| cell"
    out.forget(mark)
    assert (out.text, out.length) == ("kept", 4)
    out.separate("\n")
    assert out.start() == 5
