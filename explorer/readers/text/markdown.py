"""Markdown: its characters as decoded, with headings found as CommonMark defines them.

ATX (`# …`) and setext (underlined) headings count, outside fenced code and HTML comments; tables with bars
are known. A front matter block of `key: value` lines gives title, author, language and date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from explorer.readers.assembly import column_names, one_page
from explorer.readers.reading import Heading, Reading, Source, Table
from explorer.readers.text import plain

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_CONTAINER = re.compile(r" {0,3}(?:[-+*>]|\d{1,9}[.)])(?:\s|$)| {0,3}[>|]")
_INDENTED = re.compile(r"\t| {4}")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.S)
_RULE = re.compile(r"^[ \t]*+(?:\|[ \t]*+)?:?-++:?[ \t]*+(?:\|[ \t:-]*+)++$", re.M)
_BAR = re.compile(r"(?<!\\)\|")
_MARKUP = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])|<[^<>]+>|(?<!\\)[*`]+|(?<![\\\w])_+|_+(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def read(source: Source) -> Reading:
    """Reads a Markdown file. Raises ReadError when there is nothing but white space."""
    text, warnings = plain.load(source)
    fields, body = _front_matter(text)
    out = one_page(source, text, warnings)
    out.headings += _headings(text, body)
    out.tables += tables_of(text)
    first = next((each.text for each in out.headings if each.level == 1), None)
    return out.reading(
        "markdown",
        title=fields.get("title") or first,
        author=fields.get("author"),
        language=fields.get("lang") or fields.get("language"),
        date=_day(fields.get("date", "")),
    )


def _front_matter(text: str) -> tuple[dict[str, str], int]:
    """Fields of the block at the top, lower-case keys, and the offset at which the body begins."""
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, 0
    pairs = (
        line.partition(":") for line in found[1].split("\n") if not line.startswith((" ", "\t", "-", "#"))
    )
    fields = {key.strip().lower(): value.strip().strip("\"'") for key, _, value in pairs}
    return {key: value for key, value in fields.items() if value}, found.end()


def _headings(text: str, body: int) -> Iterator[Heading]:
    fence = ""
    comment = False
    paragraph: int | None = None  # where the paragraph began that an underline would make a heading
    inside = False  # of a list or a quote, whose lines no underline makes a heading
    start = body
    for line in text[body:].split("\n"):
        fenced = _FENCE.match(line)
        if fence:
            if fenced and fenced[1].startswith(fence) and not fenced[2].strip():
                fence = ""
        elif comment or line.lstrip().startswith("<!--"):
            comment = "-->" not in line
            paragraph = None
        elif fenced and not (fenced[1][0] == "`" and "`" in fenced[2]):
            fence, paragraph = fenced[1], None
        elif atx := _ATX.match(line):
            paragraph = None
            if title := _plain(atx[2] or ""):
                yield Heading(start, len(atx[1]), title)
        elif paragraph is not None and (rule := _UNDERLINE.match(line)):
            if title := _plain(" ".join(text[paragraph : start - 1].split())):
                yield Heading(paragraph, 1 if rule[1][0] == "=" else 2, title)
            paragraph = None
        elif not line.strip():
            paragraph, inside = None, False
        elif _CONTAINER.match(line):
            paragraph, inside = None, True
        elif paragraph is None and not inside and not _INDENTED.match(line):
            paragraph = start
        start += len(line) + 1


def headings_of(text: str) -> list[Heading]:
    """The headings of a stretch of Markdown, by their offsets in it."""
    return list(_headings(text, 0))


def tables_of(text: str) -> Iterator[Table]:
    """The tables of a stretch of Markdown: a row of names, dashes, rows up to a line without a bar."""
    end = -1
    for ruled in _RULE.finditer(text):
        if ruled.start() <= end or not ruled.start():
            continue
        start = text.rfind("\n", 0, ruled.start() - 1) + 1
        names = text[start : ruled.start() - 1]
        if "|" not in names:
            continue
        end = ruled.end()
        while end < len(text):
            line_end = text.find("\n", end + 1)
            line_end = len(text) if line_end < 0 else line_end
            if "|" not in text[end:line_end]:
                break
            end = line_end
        cells = [_plain(cell) for cell in _BAR.split(names.strip().strip("|"))]
        yield Table(start, end, column_names([cells]))


def _plain(markup: str) -> str:
    """A heading's words without emphasis, code marks and link targets."""
    return _ESCAPE.sub(r"\1", _MARKUP.sub(lambda found: found[1] or "", markup)).strip()[:500]


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
