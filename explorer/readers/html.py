"""HTML: headings, text and table rows by lxml. Nothing is fetched, no script runs, no entity expands.

Blocks are separated by blank lines, list items and table rows by line ends; a row stays on one line, its
cells separated by " | ". What is not the main part (navigation, header, footer, asides) follows after it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from explorer.errors import ReadError
from explorer.readers.decoding import decode
from explorer.readers.reading import Heading, Reading, ReadPage, Source, scrubbed

_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|encoding\s*=\s*["']([\w.:-]{2,40})["']""",
    re.I,
)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def _names(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


_SKIPPED = _names(
    "script style noscript template head iframe object embed applet svg canvas audio video map datalist"
)
_ASIDE = _names("nav header footer aside")
_ASIDE_ROLES = frozenset(["navigation", "contentinfo", "complementary", "search"])
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PARAGRAPHS = _names(
    "p div section article main header footer nav aside address blockquote figure figcaption form "
    "fieldset details summary dialog ul ol dl table caption pre h1 h2 h3 h4 h5 h6 hgroup hr body "
    "html center"
)
_LINES = _names("br li dt dd tr option legend")
_CELLS = _names("td th")
_SPACE = re.compile(r"[ \t\n\r\f\u00a0]+")
_TAG = re.compile(r"<[^<>]{0,10000}>")
_DEEP_TAG = re.compile(r"</?(?!(?:h[1-6]|p|li|tr|td|th|br|title|script|style)\b)[a-z][^<>]{0,10000}>", re.I)
_MENU_LINKS = 25
_MENU_SHARE = 0.95
_MAX_DEPTH = 200
"""List items are indented no deeper, and nothing else depends on depth."""


def read(source: Source) -> Reading:
    """Reads an HTML file. Raises ReadError when it holds no text."""
    data = source.path.read_bytes()
    source.check_characters(len(data) // 4)
    declared = _DECLARED.search(data[:4096])
    encoding = (declared[1] or declared[2]).decode("ascii", "replace") if declared else None
    text, _, lost = decode(data, encoding)
    root, warned = _parse(source, text)
    main, rest = Writer(), Writer()
    _write(root, main, rest)
    title, author, day = _metadata(root)
    body, headings = _joined(source, main, rest)
    source.on_page(1, 1)
    limit = source.limits.headings
    warnings = list(warned)
    if lost:
        warnings.append(f"{lost:,} characters could not be decoded and are shown as \ufffd.")
    if len(headings) > limit:
        warnings.append(f"Only the first {limit:,} headings are kept.")
    return Reading(
        kind="html",
        text_pages=(ReadPage(1, body),),
        title=title or next((each.text for each in headings if each.level == 1), None),
        author=author,
        language=(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "").lower()
        or None,
        date=day,
        headings=tuple(headings[:limit]),
        warnings=tuple(warnings),
    )


@dataclass(slots=True)
class Writer:
    """Text as it grows; breaks are remembered and written before the next word only."""

    parts: list[str] = field(default_factory=list)
    headings: list[tuple[int, int, int]] = field(default_factory=list)
    """(offset of the start, level, offset of the end)"""
    length: int = 0
    _break: str = ""
    _space: bool = False
    _is_fresh: bool = False

    def separate(self, mark: str) -> None:
        """Asks for a line end or a blank line before the next word."""
        if len(mark) > len(self._break):
            self._break = mark

    def add(self, text: str) -> None:
        """Appends text whose white space counts as single spaces."""
        words = _SPACE.sub(" ", text)
        if words == " " or not words:
            self._space = self._space or bool(words)
            return
        lead = words.startswith(" ")
        self._put(words.strip(" "), lead or self._space)
        self._space = words.endswith(" ")

    def add_exactly(self, text: str) -> None:
        """Appends preformatted text, its line ends kept."""
        if text.strip():
            exact = textwrap.dedent(text.replace("\r\n", "\n").replace("\r", "\n"))
            self._put(exact.strip("\n").rstrip(), spaced=exact[0].isspace() and not self._break)
            if exact.rstrip(" \t").endswith("\n"):
                self.separate("\n")
            self._space = exact[-1] == " "

    def cell(self) -> None:
        """Ends a cell of a row, also an empty one."""
        self._put("|", spaced=True)
        self._space = True

    def add_mark(self, mark: str) -> None:
        """Appends a list item's bullet with its indentation; its text follows without another space."""
        self._put(mark, spaced=False)
        self._is_fresh = True

    def start(self) -> int:
        """Writes what separates, so that the next word begins at the returned offset."""
        self._flush(spaced=False)
        self._is_fresh = True
        return self.length

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def _put(self, text: str, spaced: bool) -> None:
        self._flush(spaced)
        self.parts.append(text)
        self.length += len(text)

    def _flush(self, spaced: bool) -> None:
        mark = self._break or (" " if spaced else "")
        if self._is_fresh:  # right behind a bullet, or where a heading begins
            mark = ""
        self._is_fresh = False
        if self.length and mark:
            self.parts.append(mark)
            self.length += len(mark)
        self._break, self._space = "", False


def _parse(source: Source, text: str) -> tuple[Any, tuple[str, ...]]:
    """The root element, and a warning where the file is nested deeper than the parser goes.

    Such a file is parsed again with only the tags that carry structure, each of which ends the one before.
    """
    text = _XML_DECLARATION.sub("", text, count=1)
    root, is_cut = _tree(source, text)
    if not is_cut:
        return root, ()
    root, is_cut = _tree(source, _DEEP_TAG.sub("<br>", text))
    if is_cut:
        root, _ = _tree(source, _TAG.sub(" ", text))
    return root, ("The HTML is nested too deeply; its text was read without its structure.",)


def _tree(source: Source, text: str) -> tuple[Any, bool]:
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, recover=True, huge_tree=True, encoding="utf-8"
    )
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ReadError(f"{source.shown} has no text.") from error
    return root, any(each.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for each in parser.error_log)


@dataclass(slots=True)
class _State:
    """What the walk knows about where it stands."""

    writer: Writer
    exact: int = 0
    row_cells: int = -1
    """Cells of the row so far; -1 outside of rows."""
    lists: list[int] = field(default_factory=list)
    """For each open list: the next number, or -1 where items have bullets."""


def _write(root: Any, main: Writer, rest: Writer) -> None:
    """Walks the tree without recursion, so that depth costs nothing."""
    has_main = root.find(".//main") is not None or root.find(".//*[@role='main']") is not None
    state = _State(rest if has_main else main)
    stack: list[tuple[Any, bool]] = [(root, True)]
    leave: list[Any] = []
    while stack:
        element, entering = stack.pop()
        if not entering:
            leave.pop()()
            _text(state, element.tail)
            continue
        if not isinstance(element.tag, str) or _is_hidden(element):
            _text(state, element.tail)
            continue
        leave.append(_enter(state, element, main, rest))
        _text(state, element.text)
        stack.append((element, False))
        stack.extend((child, True) for child in reversed(element))


def _is_hidden(element: Any) -> bool:
    if element.tag in _SKIPPED:
        return True
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style


def _text(state: _State, text: str | None) -> None:
    if not text:
        return
    if state.exact and state.row_cells < 0:
        state.writer.add_exactly(text)
    else:
        state.writer.add(text)


def _enter(state: _State, element: Any, main: Writer, rest: Writer) -> Callable[[], None]:
    """Begins an element; the returned call ends it."""
    tag, before = element.tag, state.writer
    role = element.get("role")
    if tag == "main" or role == "main":
        state.writer = main
    elif before is main and _is_aside(element, role):
        state.writer = rest
    in_row = state.row_cells
    _separate(state, tag)
    if tag in _CELLS:
        if state.row_cells > 0:
            state.writer.cell()
        state.row_cells += 1
    elif tag == "tr":
        state.row_cells = 0
    elif tag == "pre":
        state.exact += 1
    elif tag in ("ul", "ol"):
        state.lists.append(_first_number(element) if tag == "ol" else -1)
    elif tag == "li":
        _bullet(state)
    elif tag == "img" and (alt := (element.get("alt") or "").strip()):
        state.writer.add(f" {alt} ")
    start = state.writer.start() if tag in _HEADINGS and in_row < 0 else -1

    def end() -> None:
        if start >= 0:
            state.writer.headings.append((start, _HEADINGS[tag], state.writer.length))
        if tag == "pre":
            state.exact -= 1
        elif tag in ("ul", "ol"):
            state.lists.pop()
        if tag == "tr" or (tag == "table" and in_row >= 0):
            state.row_cells = in_row
        _separate(state, tag)
        if state.writer is not before:
            state.writer.separate("\n\n")
            state.writer = before

    return end


def _separate(state: _State, tag: str) -> None:
    """A row stays on one line, whatever stands in its cells."""
    if state.row_cells >= 0 and tag != "tr":
        if tag in _PARAGRAPHS or tag in _LINES or tag in _CELLS:
            state.writer.add(" ")
    elif tag in _PARAGRAPHS:
        state.writer.separate("\n" if state.lists and tag in ("ul", "ol", "p", "div") else "\n\n")
    elif tag in _LINES:
        state.writer.separate("\n")


def _is_aside(element: Any, role: str | None) -> bool:
    if element.tag in ("ul", "ol"):
        return _is_menu(element)
    return (element.tag in _ASIDE or role in _ASIDE_ROLES) and not _is_article_part(element)


def _is_menu(element: Any) -> bool:
    """A long list of nothing but links: languages, categories, a site map."""
    links = element.findall(".//a")
    if len(links) < _MENU_LINKS:
        return False
    linked = sum(len("".join(link.itertext()).strip()) for link in links)
    return linked > _MENU_SHARE * sum(len(text.strip()) for text in element.itertext())


def _is_article_part(element: Any) -> bool:
    """A header or footer within an article belongs to it, and so does a header with the title."""
    if element.tag not in ("header", "footer"):
        return False
    return element.find(".//h1") is not None or next(element.iterancestors("article"), None) is not None


def _first_number(element: Any) -> int:
    start = element.get("start") or "1"
    return int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1


def _bullet(state: _State) -> None:
    if state.row_cells >= 0:
        return
    depth = min(max(len(state.lists) - 1, 0), _MAX_DEPTH)
    number = state.lists[-1] if state.lists else -1
    if state.lists and number >= 0:
        state.lists[-1] += 1
    state.writer.add_mark("  " * depth + (f"{number}. " if number >= 0 else "- "))


def _metadata(root: Any) -> tuple[str | None, str | None, date | None]:
    """Title, author and date from the head."""
    named: dict[str, str] = {}
    for meta in root.iter("meta"):
        key = (meta.get("name") or meta.get("property") or "").lower()
        if key and meta.get("content"):
            named.setdefault(key, _line(meta.get("content")))
    title = root.findtext(".//head/title") or ""
    day = None
    for key in (
        "article:published_time",
        "date",
        "dc.date",
        "dcterms.date",
        "dc.date.issued",
        "last-modified",
    ):
        day = day or _day(named.get(key, ""))
    author = named.get("author") or named.get("dc.creator")
    return _line(title) or named.get("og:title") or None, author or None, day


def _line(text: str) -> str:
    return scrubbed(" ".join(text.split()))[:500]


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _joined(source: Source, main: Writer, rest: Writer) -> tuple[str, list[Heading]]:
    """Main part first, then the rest; headings by their place in the whole."""
    parts = [writer for writer in (main, rest) if writer.text.strip()]
    if not parts:
        raise ReadError(f"{source.shown} has no text.")
    headings = []
    offset = 0
    for writer in parts:
        text = writer.text
        for start, level, end in writer.headings:
            title = " ".join(text[start:end].split())
            if title:
                headings.append(Heading(offset + start, level, title[:500]))
        offset += writer.length + 2
    text = scrubbed("\n\n".join(writer.text for writer in parts))
    source.check_characters(len(text))
    return text, sorted(headings, key=lambda heading: heading.start)
