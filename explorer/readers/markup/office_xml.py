"""Word and Excel documents in one XML file: of 2003 (WordprocessingML, SpreadsheetML), or a package of 2007.

Only what a person typed is read: no fonts, styles or properties. Sheets are pages, rows are lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, day, one_line
from explorer.readers.decoding import lost_characters
from explorer.readers.markup.xml import local, tree
from explorer.readers.reading import Reading, Source

_HEADING = re.compile(r"(?:heading|berschrift|titre|título|titolo)\s*(\d)$", re.I)
_BODIES = ("body", "footnotes", "endnotes", "comments")
"""Parts of a package of 2007 that hold text, the main one first."""
_NOTES = frozenset(["footnote", "endnote"])
_UNREAD = frozenset(["del", "delText", "instrText", "moveFrom", "rPr", "pPr", "binData"])
_CONTAINERS = frozenset(
    (
        *("sect", "sub-section", "pBdrGroup", "sdt", "sdtContent", "smartTag", "ins", "customXml", "moveTo"),
        *("annotation", "content", "footnote", "endnote", "comment", "txbxContent", *_BODIES),
    )
)
_MOST_COLUMNS = 16_384
_MOST_REPEATED = 64


def read(source: Source) -> Reading:
    """Reads a document or workbook. Raises ReadError where it is damaged or has no text."""
    data = source.path.read_bytes()
    source.check_characters(len(data) // 20)
    root, _, _, lost = tree(data)
    if root is None:
        raise ReadError(f"{source.shown} could not be read: the file is damaged.")
    out = Assembly(source)
    facts = {local(each): one_line(each.text or "", 500) for each in _first(root, "DocumentProperties")}
    if local(root) == "Workbook":
        _Workbook(out).add(root)
    else:
        _Document(out).add(root)
    if lost:
        out.warnings.append(lost_characters(lost))
    if count := sum(local(each) in ("pict", "binData", "drawing") for each in root.iter()):
        out.warnings.append(f"{count:,} {'picture was' if count == 1 else 'pictures were'} left out.")
    return out.reading(
        "office_xml",
        title=facts.get("Title") or None,
        author=facts.get("Author") or None,
        date=day(facts.get("Created")),
    )


class _Document:
    """Writes a document of Word, paragraph by paragraph."""

    def __init__(self, out: Assembly) -> None:
        self._out = out
        self._styles: dict[str, str] = {}

    def add(self, root: Any) -> None:
        """Writes the whole text, notes behind what they belong to, running headers and footers last."""
        for style in root.iter():
            if local(style) == "style":
                name = next((_value(each) for each in style if local(each) == "name"), "")
                self._styles[_attribute(style, "styleId")] = name
        self._out.page()
        for kind in _BODIES:
            for body in _all(root, kind):
                self._blocks(body)
        for running in dict.fromkeys(_words(each).strip() for each in _all(root, "hdr", "ftr")):
            self._out.aside(running)

    def _blocks(self, parent: Any) -> None:
        """Writes the paragraphs and tables below an element; without recursion."""
        stack = [iter(parent)]
        while stack:
            element = next(stack[-1], None)
            if element is None:
                stack.pop()
                continue
            name = local(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._table(element)
            elif name in _CONTAINERS:
                stack.append(iter(element))

    def _paragraph(self, element: Any) -> None:
        text = _words(element).strip()
        style = next((_value(each) for each in element.iter() if local(each) == "pStyle"), "")
        found = _HEADING.search(self._styles.get(style, style))
        if found and text:
            self._out.heading(text, int(found[1]) or 1)
        else:
            self._out.put(text)
        for note in _all(element, *_NOTES):
            self._out.put(_words(note, is_note=True).strip())

    def _table(self, table: Any) -> None:
        rows = [row for row in table.iter() if local(row) == "tr"]
        cells = [[_words(cell).strip() for cell in row if local(cell) == "tc"] for row in rows]
        self._out.table(cells, 1 if len(cells) > 1 else 0)


class _Workbook:
    """Writes the sheets of a workbook, each a page."""

    def __init__(self, out: Assembly) -> None:
        self._out = out

    def add(self, root: Any) -> None:
        """Writes every sheet that has cells."""
        for sheet in _all(root, "Worksheet"):
            name = _attribute(sheet, "Name")
            self._out.page(name)
            if name:
                self._out.heading(name, 1)
            rows = [list(self._cells(row)) for row in _all(sheet, "Row")]
            filled = [row for row in rows if any(row)]
            if filled:
                self._out.table(filled, 1 if len(filled) > 1 else 0)
            else:
                self._out.withdraw_heading()
            for comment in _all(sheet, "Comment"):
                author = _attribute(comment, "Author")
                text = one_line("".join(comment.itertext()))
                self._out.put(f"Comment by {author}: {text}" if author and text else text)
        running = _all(root, "Header", "Footer")
        if any(_attribute(each, "Data") for each in running):
            self._out.warnings.append("Headers and footers of its sheets were not read.")

    def _cells(self, row: Any) -> Iterator[str]:
        """The cells of a row from its first column on; those that are left out are empty."""
        column = 1
        for cell in (each for each in row if local(each) == "Cell"):
            at = _attribute(cell, "Index")
            wanted = min(int(at), _MOST_COLUMNS) if at.isdigit() else column
            self._out.count_cells(max(wanted - column, 0))
            yield from [""] * max(wanted - column, 0)
            data = next((each for each in cell if local(each) == "Data"), None)
            yield _shown(data) if data is not None else ""
            across = _attribute(cell, "MergeAcross")
            column = max(wanted, column) + 1
            merged = min(int(across), _MOST_REPEATED) if across.isdigit() else 0
            yield from [""] * merged
            column += merged


def _shown(data: Any) -> str:
    """A cell's value as people write it: a day without its hour, a number without a useless fraction."""
    text = "".join(data.itertext())
    kind = _attribute(data, "Type")
    if kind == "DateTime":
        text = text.removeprefix("1899-12-31T")  # a time of no day
        return text.removesuffix(".000").removesuffix("T00:00:00").replace("T", " ")
    if kind == "Boolean":
        return "TRUE" if text.strip() == "1" else "FALSE"
    return text


def _words(element: Any, *, is_note: bool = False) -> str:
    """The words below an element, notes and deleted text left out; without recursion."""
    parts: list[str] = []
    stack = list(reversed(element))
    while stack:
        each = stack.pop()
        name = local(each)
        if name == "t":
            parts.append(each.text or "")
        elif name in ("tab", "ptab"):
            parts.append("\t")
        elif name in ("br", "cr"):
            parts.append("\n")
        elif name in ("noBreakHyphen", "softHyphen"):
            parts.append("-" if name == "noBreakHyphen" else "")
        elif name == "annotation" and _attribute(each, "type").endswith("Deletion"):
            continue
        elif name not in _UNREAD and (is_note or name not in _NOTES):
            if name == "p" and parts:
                parts.append("\n")
            stack.extend(reversed(each))
    return "".join(parts)


def _all(root: Any, *names: str) -> Iterator[Any]:
    return (each for each in root.iter() if local(each) in names)


def _first(root: Any, name: str) -> Any:
    return next(_all(root, name), ())


def _attribute(element: Any, name: str) -> str:
    """An attribute by its name without its namespace; "" where there is none."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _value(element: Any) -> str:
    return _attribute(element, "val")
