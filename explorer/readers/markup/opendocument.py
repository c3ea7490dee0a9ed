"""OpenOffice 1 (SXW, SXC, SXI), OpenDocument drawings, and OpenDocument in one XML file (FODT, FODS, FODP).

All of them say by the same element names what is a heading, a paragraph, a list, a table, a slide. Styles,
settings and macros are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, day, one_line
from explorer.readers.decoding import lost_characters
from explorer.readers.markup.opendocument_pictures import SAID, HeldPictures, is_with_image
from explorer.readers.markup.xml import local, tree
from explorer.readers.package import Package, check_protected
from explorer.readers.pictures import images
from explorer.readers.pictures.gallery import MOST_BYTES
from explorer.readers.reading import Reading, Source
from explorer.readers.tables import is_shortened
from explorer.types import PictureImage

_CONTENT, _META = "content.xml", "meta.xml"
_NOTES = frozenset(["note", "footnote", "endnote", "annotation"])
_NOTE_BODIES = frozenset(["note-body", "footnote-body", "endnote-body"])
_SILENT = frozenset(
    ["tracked-changes", "forms", "scripts", "sequence-decls", "variable-decls", "binary-data"]
)
_RUNNING = frozenset(["header", "footer", "header-left", "footer-left", "header-first", "footer-first"])
_OBJECTS = frozenset(["object", "object-ole"])
_EMPTY_HEADS = frozenset(["???", "Page 1", "Page"])
"""What every sheet that Calc makes has as its header and footer."""
_MOST_SPACES = 200
_MOST_REPEATED = 64
"""A cell or row that claims to be repeated more often stands there once: it fills up the sheet."""


def read(source: Source) -> Reading:
    """Reads a document. Raises ReadError where it is damaged, protected or has no text."""
    data, meta = _parts(source)
    root, _, _, lost = tree(data)
    body = next((each for each in root.iter() if local(each) == "body"), None) if root is not None else None
    if body is None:
        raise ReadError(f"{source.shown} could not be read: the file is damaged.")
    out = Assembly(source)
    pictures = HeldPictures(source, root)
    writer = _Writer(out, pictures)
    writer.add(body)
    writer.add_running(root)
    pictures.end(out)
    facts = _facts(tree(meta)[0] if meta else root)
    if lost:
        out.warnings.append(lost_characters(lost))
    left_out = (
        local(each) in _OBJECTS or (local(each) == "image" and not pictures.is_held(each))
        for each in body.iter()
    )
    if count := sum(left_out):
        what = "picture or object was" if count == 1 else "pictures and objects were"
        out.warnings.append(f"{count:,} {what} left out.")
    return out.reading(
        "openoffice",
        title=facts.get("title"),
        author=facts.get("initial-creator") or facts.get("creator"),
        language=(facts.get("language") or "").lower() or None,
        date=day(facts.get("creation-date")),
    )


def picture(source: Source, where: str, width: int) -> PictureImage:
    """The picture that was kept as `where`, as it can be shown. Raises ReadError where there is none."""
    root = tree(_parts(source)[0])[0]
    if root is None:
        raise ReadError(f"{source.shown} could not be read: the file is damaged.")
    data = HeldPictures(source, root).read_apart(where, MOST_BYTES)
    return images.shown(images.decoded(data, source.limits, width).pixels, width)


def _parts(source: Source) -> tuple[bytes, bytes]:
    """The XML that holds the text, and that which describes the document, where it is apart."""
    data = source.path.read_bytes()
    if not data.startswith(b"PK"):
        source.check_characters(len(data) // 20)
        return data, b""
    with Package(source) as package:
        check_protected(source, package)
        if _CONTENT not in package.names:
            raise package.damaged()
        return package.read(_CONTENT), package.read(_META) if _META in package.names else b""


def _facts(root: Any | None) -> dict[str, str]:
    meta = next((each for each in root.iter() if local(each) == "meta"), ()) if root is not None else ()
    return {local(each): text for each in meta if (text := one_line(each.text or "", 500))}


class _Writer:
    """Writes a body block by block; slides, drawings and sheets are pages. There is no recursion."""

    def __init__(self, out: Assembly, pictures: HeldPictures) -> None:
        self._out = out
        self._pictures = pictures
        self._is_sheet = False

    def add(self, body: Any) -> None:
        """Writes everything below the body."""
        names = [local(each) for each in body]
        self._is_sheet = "spreadsheet" in names or ("table" in names and not {"p", "h", "page"} & set(names))
        self._out.page()
        is_first = True
        stack = [iter(body)]
        while stack:
            element = next(stack[-1], None)
            if element is None:
                stack.pop()
                continue
            name = local(element)
            if name in ("p", "h"):
                self._paragraph(element, name == "h")
            elif name == "page" or (name == "table" and self._is_sheet):
                if not is_first:
                    self._out.page(_attribute(element, "name") or None)
                is_first = False
                if name == "page":
                    stack.append(iter(element))
                else:
                    self._sheet(element)
            elif name == "table":
                self._out.table(_rows(element), 1)
                self._pictures.put(self._out, element)
            elif name == "image":
                self._pictures.put(self._out, element)
            elif name not in _SILENT:
                stack.append(iter(element))

    def add_running(self, root: Any) -> None:
        """Adds each running header and footer once, set aside, where the file holds them; no page numbers."""
        texts = (
            " ".join(_words(line).strip() for line in each.iter() if local(line) in ("p", "h"))
            for style in root.iter()
            if local(style) == "master-page"
            for each in style
            if local(each) in _RUNNING
        )
        for text in dict.fromkeys(text.strip() for text in texts):
            if text and not text.isdigit() and text not in _EMPTY_HEADS:
                self._out.aside(text)

    def _sheet(self, table: Any) -> None:
        if name := _attribute(table, "name"):
            self._out.heading(name, 1)
        self._out.table(_rows(table), 1)
        self._pictures.put(self._out, table)

    def _paragraph(self, element: Any, is_heading: bool) -> None:
        text = _words(element).strip()
        if is_heading and text:
            level = _attribute(element, "outline-level") or _attribute(element, "level")
            self._out.heading(text, int(level) if level.isdigit() and 0 < int(level) < 10 else 1)
        else:
            self._out.put(text)
        for note in (each for each in element.iter() if local(each) in _NOTES):
            if local(note) == "annotation":
                self._out.put(_comment(note))
                continue
            bodies = [each for each in note.iter() if local(each) in _NOTE_BODIES] or [note]
            self._out.put("\n".join(_words(each).strip() for each in bodies))
        for box in (each for each in element.iter() if local(each) == "text-box"):
            self._out.put("\n".join(_words(each) for each in box.iter() if local(each) in ("p", "h")))
        self._pictures.put(self._out, element)


def _comment(note: Any) -> str:
    """A reviewer's comment with its author."""
    author = next((one_line(each.text or "", 100) for each in note if local(each) == "creator"), "")
    text = " ".join(_words(each).strip() for each in note.iter() if local(each) == "p").strip()
    return f"Comment by {author}: {text}" if author else f"Comment: {text}"


def _rows(table: Any) -> Iterator[list[str | None]]:
    """The rows of a table, those of tables within its cells as parts of the cell.

    A cell that is merged downwards stands in each of its rows; None is a place that the one before covers.
    """
    high: dict[int, tuple[str, int]] = {}
    for row in table.iter():
        if local(row) != "table-row" or _table_of(row) is not table:
            continue
        cells: list[str | None] = []
        wide = 0
        for cell in row:
            if local(cell) not in ("table-cell", "covered-table-cell"):
                continue
            times = _number(cell, "number-columns-repeated")
            times = times if times <= _MOST_REPEATED else 1
            if local(cell) == "table-cell":
                text = _cell(cell)
                wide = min(_number(cell, "number-columns-spanned"), _MOST_REPEATED) - 1
                if (rows := _number(cell, "number-rows-spanned")) > 1:
                    high[len(cells)] = (text, rows)
                cells += [text] * times
                continue
            for _ in range(times):
                above, _left = high.get(len(cells), ("", 0))
                cells.append(above or (None if wide > 0 else ""))
                wide -= 1
        high = {column: (text, rows - 1) for column, (text, rows) in high.items() if rows > 1}
        while cells and not cells[-1]:
            cells.pop()
        times = _number(row, "number-rows-repeated") if cells else 1
        for _ in range(times if times <= _MOST_REPEATED else 1):
            yield cells


def _table_of(row: Any) -> Any:
    return next((each for each in row.iterancestors() if local(each) in ("table", "sub-table")), None)


def _cell(cell: Any) -> str:
    if _attribute(cell, "value-type") == "date" and (stamp := _attribute(cell, "date-value")):
        shown = stamp.replace("T", " ").removesuffix(" 00:00:00")
    else:
        lines = (each for each in cell.iter() if local(each) in ("p", "h"))
        shown = " ".join(_words(each) for each in lines if not _is_noted(each, cell))
    figure = _attribute(cell, "value")
    shown = figure if not shown or is_shortened(shown, figure) else shown
    comments = (_comment(each) for each in cell.iter() if local(each) == "annotation")
    noted = "; ".join(each[0].lower() + each[1:] for each in comments)
    return f"{shown} ({noted})".strip() if noted else shown


def _is_noted(line: Any, cell: Any) -> bool:
    """Whether a line of a cell belongs to a comment on it."""
    for each in line.iterancestors():
        if each is cell:
            return False
        if local(each) == "annotation":
            return True
    return False


def _words(element: Any) -> str:
    """The characters of a paragraph, notes and text boxes in it left out; without recursion."""
    parts: list[str] = [element.text or ""]
    stack: list[tuple[Any, bool]] = [(each, True) for each in reversed(element)]
    while stack:
        each, is_entered = stack.pop()
        name = local(each)
        is_read = bool(name) and name not in _NOTES and name != "text-box" and name not in _SILENT
        is_read = is_read and not (name in SAID and is_with_image(each))
        if is_entered and is_read:
            parts.append(_mark(each, name) or each.text or "")
            stack.append((each, False))
            stack.extend((child, True) for child in reversed(each))
        else:
            parts.append(each.tail or "")
    return "".join(parts)


def _mark(element: Any, name: str) -> str:
    """What an element stands for that has no text of its own."""
    if name == "s":
        return " " * min(_number(element, "c"), _MOST_SPACES)
    return {"tab": "\t", "tab-stop": "\t", "line-break": "\n"}.get(name, "")


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _number(element: Any, name: str) -> int:
    value = _attribute(element, name)
    return int(value) if value.isdigit() and len(value) < 10 else 1
