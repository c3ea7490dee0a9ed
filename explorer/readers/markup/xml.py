"""XML of any kind: titles as headings, prose as paragraphs, values behind the name of their element.

A document type is cut off before the parser sees the file, so that it declares no entity, none expands, and
nothing is fetched.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime
from html.entities import html5
from typing import Any

from explorer.readers import xml_parsing
from explorer.readers.assembly import column_names, one_page
from explorer.readers.decoding import decode, lost_characters, normal
from explorer.readers.markup.html import without_tags
from explorer.readers.reading import Heading, Reading, ReadTable, Source

_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,40})["']""")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_PROLOG = re.compile(r"(?:\s|<!--.*?-->|<\?.*?\?>)*+", re.S)
_DOCTYPE = re.compile(
    r"<!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*+"
    r"(?:\[(?:<!--.*?-->|<\?.*?\?>|\"[^\"]*\"|'[^']*'|[^\]\"'])*+\])?\s*>"
    r"|<!DOCTYPE.*?(?:\]\s*>|>)",
    re.S,
)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(r"<!\[CDATA\[|\]\]>|<[^<>]{0,10000}>")
_KEPT = frozenset(["amp", "lt", "gt", "quot", "apos"])


def _names(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


_PROSE = _names(
    "p para paragraph simpara text body content description summary abstract caption li listitem item span "
    "div section s seg line l ab quote blockquote note footnote fn td th entry cell value string text:p"
)
_HEADINGS = _names("title head heading headline article-title chapter-title")
_TABLES, _ROWS, _CELLS = _names("table informaltable"), _names("tr row"), _names("td th entry cell")
_DAYS = _names("date pubdate published created issued lastbuilddate updated modified")
_AUTHORS = _names("creator author dc:creator")
_SILENT = _names(
    "class style xmlns base space schemalocation d points transform viewbox path rend rendition align valign "
    "numeration spacing"
)
_MACHINE_SPACES = frozenset(
    f"{{http://www.w3.org/{name}"
    for name in ("XML/1998/namespace", "1999/xlink", "2001/XMLSchema-instance", "2001/XInclude")
)
_SHOWN_OF_THEM = frozenset(["id", "href"])
_UNNUMBERED = _names(
    "p para paragraph simpara s div section seg l ab quote blockquote title head heading headline"
)
"""Elements that software numbers by itself: an `id` of theirs says nothing."""
_INLINE = _names(
    "a abbr b big bold c cite code em emph emphasis font g hi i inline italic kbd lang literal mark pc "
    "phrase q r ref roman s samp sc seg small span strike strong sub subscript sup superscript t tt u ulink "
    "underline var w xref"
)
"""Elements within words and sentences: there are no spaces around them but those that are written."""
_OPENING, _CLOSING = "([{<«‹„“‘¿¡/-–—'\"’", ")]}>»›”’,.;:!?%…/-–—'\""
"""Behind the former and before the latter no space is missing."""
_LONGEST_VALUE = 200
_MOST_ATTRIBUTES = 200
"""An element with more attributes holds data that nobody reads, and to list them takes quadratic time."""


def tree(data: bytes) -> tuple[Any | None, str, bool, int]:
    """(root or None, the XML's characters, whether it declares entities, how many characters were lost)."""
    declared = _DECLARED.search(data[:400])
    text, _, lost = decode(data, declared[1].decode("ascii") if declared else None)
    text = _DECLARATION.sub("", normal(text), count=1)
    start = _PROLOG.match(text)
    doctype = _DOCTYPE.match(text, start.end() if start else 0)
    has_entities = doctype is not None and "<!ENTITY" in doctype[0]
    bare = text[doctype.end() :] if doctype else text
    bare = bare.replace("<!ENTITY", "&lt;!ENTITY")  # wherever else a parser might take one for a declaration
    bare = _ENTITY.sub(_character, bare)
    root, is_cut = xml_parsing.mended(bare.lstrip())
    return (None if is_cut else root), bare, has_entities, lost


def read(source: Source) -> Reading:
    """Reads an XML file. Raises ReadError where it has no text."""
    data = source.path.read_bytes()
    source.check_characters(len(data) // 4)
    root, characters, has_entities, lost = tree(data)
    warnings: list[str] = []
    if lost:
        warnings.append(lost_characters(lost))
    if has_entities:
        warnings.append("The file declares entities; what they stand for was left out.")
    if root is None:
        text = "\n".join(" ".join(line.split()) for line in _TAG.sub("\n", characters).split("\n"))
        text = re.sub(r"\n{2,}", "\n", html.unescape(text)).strip()
        warnings.append("The XML is damaged or nested too deeply; its text was read without its structure.")
        written = _Written(source, parts=[normal(text)])
    else:
        written = _Written(source)
        written.add(root)
    body = "".join(written.parts).strip("\n")
    out = one_page(source, body, warnings)
    out.headings += written.headings
    out.tables += written.tables
    return out.reading(
        "xml",
        title=written.headings[0].text if written.headings else None,
        author=written.author,
        language=written.language,
        date=written.date,
    )


def local(element: Any) -> str:
    """An element's name without its namespace; "" for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _character(found: re.Match[str]) -> str:
    if found[1] in _KEPT:
        return found[0]
    known = html5.get(f"{found[1]};")
    return known.replace("&", "&amp;").replace("<", "&lt;") if known else ""


@dataclass(slots=True)
class _Written:
    """The text while it is written, and the facts met on the way."""

    source: Source
    parts: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    tables: list[ReadTable] = field(default_factory=list)
    author: str | None = None
    language: str | None = None
    date: date | None = None
    length: int = 0

    def add(self, root: Any) -> None:
        """Writes a tree, without recursion."""
        self.language = root.get("{http://www.w3.org/XML/1998/namespace}lang")
        stack: list[tuple[Any, int]] = [(root, 1)]
        while stack:
            element, depth = stack.pop()
            name = local(element).lower()
            if not name:
                continue
            if name in _TABLES and self._table(element):
                continue
            if len(element) and not _has_words(element):
                self._container(element)
                stack.extend((each, depth + 1) for each in reversed(element))
            else:
                self._leaf(element, name, depth)

    def _container(self, element: Any) -> None:
        self._blank()
        values = _attributes(element)
        if values:
            self._line(f"{local(element)} ({values})")

    def _leaf(self, element: Any, name: str, depth: int) -> None:
        text = _in_one_piece(element) if len(element) else _own(element)
        values = _attributes(element)
        if name in _HEADINGS and text:
            self._blank()
            line = " ".join(text.split())
            self.headings.append(Heading(self.length, min(depth, 9), line[:500]))
            self._line(f"{line} ({values})" if values else line)
            return
        self._learn(name, text)
        if text and (name in _PROSE or len(element) or "\n" in text):
            self._blank()
            self._line(f"{text} ({values})" if values else text)
            self._blank()
            return
        label = f"{local(element)} ({values})" if values else local(element)
        if text:
            self._line(f"{label}: {text}")
        elif values:
            self._line(label)

    def _learn(self, name: str, text: str) -> None:
        """Takes facts about the document from the first elements whose names tell them."""
        if name in _AUTHORS and self.author is None and text:
            self.author = text[:500]
        elif name in ("language", "lang") and self.language is None:
            self.language = text[:20] or None
        elif name in _DAYS and self.date is None:
            self.date = _day(text)

    def _table(self, table: Any) -> bool:
        """Writes a table row by row, and says whether it has rows."""
        rows = []
        for row in table.iter():
            if local(row).lower() in _ROWS:
                cells = [_in_one_piece(each) for each in row if local(each).lower() in _CELLS]
                if any(cells):
                    rows.append(cells)
        if not rows:
            return False
        caption = next((each for each in table if local(each).lower() in ("caption", "title")), None)
        self._blank()
        if caption is not None:
            self._line(_in_one_piece(caption))
        start = self.length
        for cells in rows:
            self._line(" | ".join(cells))
        self.tables.append(ReadTable(start, self.length - 1, column_names(rows[:1]) if len(rows) > 1 else ""))
        self._blank()
        return True

    def _line(self, text: str) -> None:
        self.parts.append(f"{text}\n")
        self.length += len(text) + 1
        self.source.check_characters(self.length)

    def _blank(self) -> None:
        if self.parts and self.parts[-1] != "\n":
            self.parts.append("\n")
            self.length += 1


def _has_words(element: Any) -> bool:
    """Whether words stand between an element's children: then it is prose, to be read in one piece."""
    return bool((element.text or "").strip()) or any((each.tail or "").strip() for each in element)


def _in_one_piece(root: Any) -> str:
    """All words below an element, on one line; without recursion.

    There are spaces around elements, but not around those that occur within words (`_INLINE`).
    """
    parts: list[str] = []
    is_apart = False

    def add(text: str | None) -> None:
        nonlocal is_apart
        if not text:
            return
        if is_apart and parts and parts[-1][-1] not in _OPENING and text[0] not in _CLOSING:
            parts.append(" ")
        is_apart = False
        parts.append(text)

    stack: list[tuple[Any, bool]] = [(root, True)]
    while stack:
        element, entering = stack.pop()
        name = local(element).lower()
        is_inline = not name or name in _INLINE
        is_apart |= element is not root and not is_inline
        if entering and name:
            add(element.text)
            stack.append((element, False))
            stack.extend((child, True) for child in reversed(element))
            continue
        if name and not is_inline and element is not root and (values := _attributes(element)):
            add(f" ({values})")
            is_apart = True
        if element is not root:
            add(element.tail)
    return " ".join(without_tags("".join(parts)).split())


def _own(element: Any) -> str:
    text = without_tags(element.text or "").strip()
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _attributes(element: Any) -> str:
    """The attributes of an element as "name: value, name: value", without those that only machines read."""
    is_picture = isinstance(element.tag, str) and "svg" in element.tag
    if is_picture or len(element.attrib) > _MOST_ATTRIBUTES:
        return ""
    kept = []
    silent = _SILENT | {"id"} if local(element).lower() in _UNNUMBERED else _SILENT
    for key, value in element.attrib.items():
        space, _, name = key.rpartition("}")
        is_shown = space not in _MACHINE_SPACES or name in _SHOWN_OF_THEM
        if is_shown and name.lower() not in silent and 0 < len(value) <= _LONGEST_VALUE:
            kept.append(f"{name}: {' '.join(normal(value).split())}")
    return ", ".join(kept)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text[:60]).date()
    except (ValueError, TypeError):
        return None
