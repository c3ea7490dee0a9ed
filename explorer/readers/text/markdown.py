"""Markdown: its characters are kept; headings are found by the rules of CommonMark (spec.commonmark.org).

ATX (`# …`) and setext (underlined) headings count, outside fenced code and HTML comments; tables with bars
are known. A front matter block of `key: value` lines gives title, author, language and date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from explorer.readers.assembly import column_names, day, one_page
from explorer.readers.reading import Heading, Reading, ReadTable, Source
from explorer.readers.tables import header_rows, told_apart
from explorer.readers.text import plain

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_CONTAINER = re.compile(r" {0,3}(?:[-+*>]|\d{1,9}[.)])(?:\s|$)| {0,3}[>|]")
_INDENTED = re.compile(r"\t| {4}")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.S)
_RULE = re.compile(r"^[ \t]*+(?:\|[ \t]*+)?:?-++:?[ \t]*+(?:\|[ \t:-]*+)++$", re.M)
_MOST_ROWS = 20_000
"""Rows of one table whose cells are kept beside their lines."""
_HEAD_ROWS = 8
"""Rows that are looked at to see which of them name the columns."""
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
        date=day(fields.get("date", "")),
    )


def _front_matter(text: str) -> tuple[dict[str, str], int]:
    """The fields of the block at the top (keys in lower case), and the offset at which the body begins."""
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, 0
    pairs = (
        line.partition(":") for line in found[1].split("\n") if not line.startswith((" ", "\t", "-", "#"))
    )
    fields = {key.strip().lower(): value.strip().strip("\"'") for key, _, value in pairs}
    return {key: value for key, value in fields.items() if value}, found.end()


class _HeadingFinder:
    """Finds headings line by line, as CommonMark tells them from what only looks like one.

    What a line means hangs on those before it: inside of code and comments nothing is a heading, and a line
    of "=" or "-" makes one of the paragraph above it.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._fence = ""
        """The marks that opened the code that the line is in."""
        self._in_comment = False
        self._paragraph: int | None = None
        """Where the paragraph began that an underline would make a heading."""
        self._in_container = False
        """In a list or a quote, whose lines no underline makes a heading."""

    def heading(self, line: str, start: int) -> Heading | None:
        """The heading that ends with this line, which begins at `start` of the text."""
        if self._is_literal(line):
            return None
        paragraph, self._paragraph = self._paragraph, None
        if atx := _ATX.match(line):
            return _named(start, len(atx[1]), atx[2] or "")
        if paragraph is not None and (rule := _UNDERLINE.match(line)):
            level = 1 if rule[1].startswith("=") else 2
            return _named(paragraph, level, " ".join(self._text[paragraph : start - 1].split()))
        if not line.strip():
            self._in_container = False
        elif _CONTAINER.match(line):
            self._in_container = True
        elif paragraph is not None:
            self._paragraph = paragraph  # it goes on
        elif not self._in_container and not _INDENTED.match(line):
            self._paragraph = start
        return None

    def _is_literal(self, line: str) -> bool:
        """Whether a line is of fenced code or of a comment, its first and last lines included."""
        fence = _FENCE.match(line)
        if self._fence:
            if fence and fence[1].startswith(self._fence) and not fence[2].strip():
                self._fence = ""
            return True
        if self._in_comment or line.lstrip().startswith("<!--"):
            self._in_comment = "-->" not in line
        elif fence and not (fence[1].startswith("`") and "`" in fence[2]):  # else it is code within a line
            self._fence = fence[1]
        else:
            return False
        self._paragraph = None
        return True


def _named(start: int, level: int, markup: str) -> Heading | None:
    """A heading, unless it has no words."""
    title = _plain(markup)
    return Heading(start, level, title) if title else None


def _headings(text: str, body: int) -> Iterator[Heading]:
    """The headings of a text from offset `body` on."""
    finder = _HeadingFinder(text)
    start = body
    for line in text[body:].split("\n"):
        if heading := finder.heading(line, start):
            yield heading
        start += len(line) + 1


def headings_of(text: str) -> list[Heading]:
    """The headings of a stretch of Markdown, by their offsets in it."""
    return list(_headings(text, 0))


def tables_of(text: str) -> Iterator[ReadTable]:
    """The tables in Markdown: a row of names, a line of dashes, rows up to a line without a bar."""
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
        rows = [line for line in text[start:end].split("\n") if line.strip()][:_MOST_ROWS]
        apart = ((number, told_apart(row, _cells(row, number))) for number, row in enumerate(rows))
        kept = tuple((number, cells) for number, cells in apart if cells is not None)
        yield ReadTable(start, end, column_names([_cells(names)]), _head_rows(rows), kept)


def _cells(row: str, number: int = 0) -> list[str]:
    """The cells of a row of a table; the line of dashes, which is number 1, has none."""
    if number == 1:
        return []
    return [_plain(cell) for cell in _BAR.split(row.strip().removeprefix("|").removesuffix("|"))]


def _head_rows(rows: Sequence[str]) -> int:
    """How many rows name the columns: Markdown can only say one, which may hold nothing."""
    first, *rest = (_cells(row, number) for number, row in enumerate(rows[:_HEAD_ROWS]) if number != 1)
    return max(1, header_rows([first, *rest])) if any(first) else header_rows(rest)


def _plain(markup: str) -> str:
    """A heading's words without emphasis, code marks and link targets."""
    return _ESCAPE.sub(r"\1", _MARKUP.sub(lambda found: found[1] or "", markup)).strip()[:500]
