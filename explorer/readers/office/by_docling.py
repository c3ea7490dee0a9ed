"""Presentations (pptx, odp), OpenDocument texts (odt), RTF and old Word and PowerPoint files, by docling-rs.

Slides are pages, with their notes after them; running headers and footers are set aside at the end; rows of
tables and the figures behind charts are lines. A merged cell is said once in every row that it reaches into,
so that each figure keeps its names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, day, one_line, row_line
from explorer.readers.office import docling_rs, left_out, odp_texts, placed_pictures
from explorer.readers.office.beside import slide_comments, slide_diagrams
from explorer.readers.office.beside.slide_comments import SlideComments
from explorer.readers.office.charts import add_diagram
from explorer.readers.office.placed_pictures import PlacedPictures, picture  # noqa: F401  (for registry)
from explorer.readers.ole import facts as ole_facts
from explorer.readers.ole import powerpoint
from explorer.readers.ole.powerpoint import SavedLast
from explorer.readers.package import check_package
from explorer.readers.reading import Reader, Reading, Source
from explorer.readers.rtf import facts as rtf_facts
from explorer.readers.rtf import rewriting

_ZIPPED = frozenset(["pptx", "odp", "odt"])
_SLIDES = frozenset(["pptx", "odp"])
_OPEN = re.compile(r"(?:content|styles|meta)\.xml")
_NEEDED = {
    "odt": _OPEN,
    "odp": _OPEN,
    "pptx": re.compile(
        r"(?:ppt/(?!(?:theme|tags|customXml|printerSettings)/).*|docProps/core|\[Content_Types\]|_rels/.*)"
        r"\.(?:xml|rels)",
        re.DOTALL,
    ),
}
"""The parts of a package that are parsed; what stands in others is neither looked at nor refused."""
_OLD = frozenset(["doc", "ppt"])
_MARKED = frozenset(["doc"])
"""Formats whose text comes with Markdown's marks for bold, italic and links."""
_OWN_MARK = re.compile(r"(?:\d{1,3}|[a-zA-Z])[.)]\s|[-–•*]\s")
_GIVEN_NAME = re.compile(r"page\d+")
"""OpenDocument's name of a slide without a title."""
_MAX_DEPTH = 60
_DEEPEST = 12


def reader(kind: str) -> Reader:
    """The reader of one of the formats: "pptx", "odp", "odt", "rtf", "doc", "ppt".

    The reader raises PasswordNeeded for a protected file, ReadError for one that is damaged or has no text.
    """

    def read(source: Source) -> Reading:
        parts = check_package(source, _COUNTED[kind], _NEEDED[kind]) if kind in _ZIPPED else 0
        return _read(source, kind, parts)

    return read


read_pptx = reader("pptx")
read_odp = reader("odp")
read_odt = reader("odt")
read_rtf = reader("rtf")
read_doc = reader("doc")
read_ppt = reader("ppt")


def _read(source: Source, kind: str, parts: int) -> Reading:
    saved = powerpoint.saved_last(source) if kind == "ppt" else None
    document, facts = docling_rs.convert(replace(source, content=saved.data) if saved else source, kind)
    walk = _Walk(Assembly(source), document, kind)
    if kind == "pptx":
        walk.diagrams = slide_diagrams.on_slides(source)
    elif kind == "odp":
        walk.paragraphs = odp_texts.of_slides(source)
        walk.furniture += odp_texts.running(source)
    walk.comments = slide_comments.on_slides(source, kind)
    with placed_pictures.opened(source, kind) as holder:
        walk.pictures = PlacedPictures(source, holder, kind)
        walk.write()
        walk.pictures.end(walk.out)
    walk.comments.end(walk.out)
    if saved is not None:
        _write_beside(walk.out, saved)
    if kind == "pptx" and parts > walk.slides:
        walk.out.warnings.append(f"{parts - walk.slides:,} of {parts:,} slides could not be read.")
    elif kind != "pptx":
        walk.out.warnings += left_out.of_embedded(parts)
    walk.out.warnings += left_out.of(source, kind)
    known = {**facts, **_stated(source, kind)}
    return walk.out.reading(
        kind,
        title=one_line(str(known.get("title") or ""), 500) or walk.title,
        author=one_line(", ".join(known.get("authors") or ()), 500) or None,
        language=(known.get("language") or "").lower() or None,
        date=day(known.get("created") or known.get("modified")),
    )


def _write_beside(out: Assembly, saved: SavedLast) -> None:
    """Writes what an old presentation says beside its slides, and what of it is left out."""
    if not saved.is_told:
        out.warnings.append("What was saved last is not told: notes are missing, and old text may be there.")
    for remark in saved.remarks:
        out.put(remark)
    for text in saved.running:
        out.aside(text)
    out.warnings += left_out.of_objects(saved.objects, has_macros=saved.has_macros)


def _stated(source: Source, kind: str) -> dict[str, Any]:
    """What the file says of itself, where docling does not tell."""
    if kind == "rtf":
        return rtf_facts.facts(source.path.read_bytes() if source.content is None else source.content)
    return ole_facts.facts(source) if kind in _OLD else {}


def _slide_parts(names: frozenset[str]) -> int:
    """How many slides a PPTX has."""
    return sum(re.fullmatch(r"ppt/slides/slide\d+\.xml", name) is not None for name in names)


_COUNTED = {"pptx": _slide_parts, "odt": left_out.embedded_parts, "odp": left_out.embedded_parts}
"""What is counted of a package's parts, to tell what was left out."""


class _Walk:
    """Writes docling's tree of items as text, in its order."""

    def __init__(self, out: Assembly, document: dict[str, Any], kind: str) -> None:
        self.out = out
        self.title: str | None = None
        self.slides = 0
        self._document = document
        self._kind = kind
        self.furniture: list[str] = []
        """Running headers and footers, which are set aside at the end."""
        self._is_running = False
        self._hidden = 0
        self._was_item = False
        self._in_notes = False
        self._cap = ""
        """A paragraph of one capital letter, which may be the first letter of the next."""
        self.diagrams: dict[int, list[Any]] = {}
        """SmartArt by the number of its slide."""
        self.comments = SlideComments({})
        self.paragraphs: dict[int, list[str]] = {}
        """What stands on each slide; what docling passes over is written at the slide's end."""
        self._waiting: list[Any] = []
        """That of the slide that is written, until its notes or its end."""
        self.pictures: PlacedPictures | None = None

    def write(self) -> None:
        """Writes the whole document."""
        if self._kind in _SLIDES:
            self.out.page()
            self._write_slides()
        else:
            self.out.page()
            self._children(self._document["body"], 0)
            self._put_paragraph("")
            self._put_pictures()
        for text in dict.fromkeys(self.furniture):
            self.out.aside(text)
        if self._hidden:
            what = "slide is" if self._hidden == 1 else "slides are"
            self.out.warnings.append(f"{self._hidden:,} {what} hidden in the presentation, and read as well.")

    def _write_slides(self) -> None:
        groups = [self._item(each) for each in self._document["body"].get("children", ())]
        last = 0
        for group in groups:
            found = re.fullmatch(r"slide-(\d{1,6})", str(group.get("name") or ""))
            number = int(found[1]) + 1 if found else last or 1
            while last < number:  # a slide that could not be read is an empty page: numbers stay right
                if last:
                    self.out.page()
                last += 1
            self.slides += found is not None
            self._hidden += group.get("content_layer") == "invisible"
            self._was_item = self._in_notes = False
            self._waiting = self.diagrams.get(last, []) if found is not None else []
            self.comments.turn_to(last)
            if self.pictures is not None:
                self.pictures.turn_to(last)
            self._children(group, 0)
            self._write_diagrams()
            for text in odp_texts.missing(self.paragraphs.get(last, []), self.out.page_text):
                self.out.put(text)
            self._put_pictures()
            self.comments.put(self.out)
            self.out.source.on_page(last, len(groups))

    def _write_diagrams(self) -> None:
        for data in self._waiting:
            add_diagram(self.out, data)
        self._waiting = []

    def _put_pictures(self, behind: str | None = None) -> None:
        """Writes the pictures that stand behind a paragraph, or all that are left of a slide or a text."""
        if self.pictures is not None:
            self.pictures.put(self.out, behind)

    def _item(self, reference: dict[str, str]) -> dict[str, Any]:
        _, collection, index = reference["$ref"].split("/")
        item: dict[str, Any] = self._document[collection][int(index)]
        return item

    def _children(self, parent: dict[str, Any], depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise ReadError(f"{self.out.source.shown} could not be read: it is nested too deeply.")
        for reference in parent.get("children", ()):
            self._write(self._item(reference), depth)

    def _write(self, item: dict[str, Any], depth: int) -> None:
        self._write_item(item, depth)
        if self._kind == "rtf" and self.pictures is not None:
            said = [*self._texts(item), *(_cell_text(cell) for row in _grid(item) for cell in row)]
            self.pictures.put_named(self.out, rewriting.pictures_in(" ".join(said)))

    def _write_item(self, item: dict[str, Any], depth: int) -> None:
        label = str(item.get("label"))
        if self._cap and label not in ("text", "paragraph", "inline"):
            self._put_paragraph("")
        if self._kind == "rtf" and item.get("text") == rewriting.RUNNING:
            self._is_running = True
        elif self._is_running and "data" in item:
            self.furniture += [row_line(_cell_text(cell) for cell in row) for row in _grid(item)]
        elif self._is_running or item.get("content_layer") == "furniture":
            self.furniture += self._texts(item)
        elif label == "list_item":
            self._list_item(item, depth)
        elif label == "list":
            self._children(item, depth + 1)
        elif label == "inline":
            self._text(self._joined(item), label, item)
        elif "data" in item:
            self._was_item = False
            self._captions(item)
            self._table(item["data"])
        elif label in ("picture", "chart"):
            self._was_item = False
            self._chart(item)
            if self.pictures is not None:
                self.pictures.put_at(self.out, item)
            self._children(item, depth)
        elif "text" in item:
            self._text(self._plain(item["text"]), label, item)
            self._children(item, depth)
        else:
            self._children(item, depth)

    def _text(self, text: str, label: str, item: dict[str, Any]) -> None:
        if not text.strip() or (self._kind == "odp" and label == "title" and _GIVEN_NAME.fullmatch(text)):
            return
        if self.comments.is_one(text):
            return
        self._was_item = False
        notes = item.get("content_layer") == "notes"
        if label in ("title", "section_header"):
            level = 1 if label == "title" else min(int(item.get("level") or 1), 20) + 1
            if label == "title" and self._kind not in _SLIDES and self.title is None:
                self.title = one_line(text, 500)
            self.out.heading(text.strip(), level)
        elif notes:
            self._write_diagrams()
            self._put_pictures()
            noted = self._kind in _SLIDES and not self._in_notes
            self.out.put(f"Notes: {text.strip()}" if noted else text.strip())
        elif self._kind == "doc" and len(text.strip()) == 1 and text.isupper() and not self._cap:
            self._cap = text.strip()
            return
        else:
            self._put_paragraph(text.strip())
        self._in_notes = notes
        self._put_pictures(text)

    def _put_paragraph(self, text: str) -> None:
        """Adds a paragraph; a letter alone before it, which is its own in large, joins it."""
        cap, self._cap = self._cap, ""
        if cap and not text[:1].islower():
            self.out.put(cap)
            cap = ""
        self.out.put(cap + text)

    def _list_item(self, item: dict[str, Any], depth: int) -> None:
        text = self._plain(item.get("text") or "").strip()
        parts = list(item.get("children", ()))
        if not text and parts and self._item(parts[0]).get("label") == "inline":
            text = self._joined(self._item(parts.pop(0))).strip()
        if text:
            mark = item.get("marker") if item.get("enumerated") else ""
            mark = mark or ("" if _OWN_MARK.match(text) else "-")
            indent = "  " * min(max(depth - 1, 0), _DEEPEST)
            line = f"{indent}{mark} {text}" if mark else f"{indent}{text}"
            self.out.put(line, "\n" if self._was_item else "\n\n")
            self._was_item = True
            self._put_pictures(text)
        for reference in parts:
            self._write(self._item(reference), depth)

    def _joined(self, group: dict[str, Any]) -> str:
        """A line in several fonts. Its pieces are joined by spaces, unless they bring spaces of their own."""
        pieces = [self._plain(piece) for piece in self._texts(group)]
        spaced = any(piece != piece.strip() for piece in pieces)
        return ("" if spaced else " ").join(pieces)

    def _texts(self, item: dict[str, Any], depth: int = 0) -> list[str]:
        own = [item["text"]] if item.get("text") else []
        if depth > _MAX_DEPTH:
            return own
        return own + [
            text
            for reference in item.get("children", ())
            for text in self._texts(self._item(reference), depth + 1)
        ]

    def _captions(self, item: dict[str, Any]) -> None:
        for reference in item.get("captions", ()):
            caption = self._item(reference)
            if caption.get("parent", {}).get("$ref") == item.get("self_ref"):
                self.out.put(self._plain(caption.get("text") or ""))

    def _table(self, data: dict[str, Any]) -> None:
        grid = data.get("grid") or ()
        header = 0
        for row in grid:
            if not row or not all(cell.get("column_header") for cell in row):
                break
            header += 1
        self.out.table((self._row(row) for row in grid), header)

    def _row(self, row: Sequence[dict[str, Any]]) -> list[str | None]:
        """The cells of a row, None where the one on the left is merged with the next."""
        if self._kind == "rtf":
            return rewriting.row(map(_cell_text, row))
        return [
            self._plain(cell.get("text") or "") if cell.get("start_col_offset_idx", place) == place else None
            for place, cell in enumerate(row)
        ]

    def _chart(self, item: dict[str, Any]) -> None:
        """Writes the figures behind a chart, which docling gives as cells with their places."""
        meta = item.get("meta") or {}
        cells = ((meta.get("tabular_chart") or {}).get("chart_data") or {}).get("table_cells") or ()
        if not cells:
            return
        kinds: list[dict[str, Any]] = (meta.get("classification") or {}).get("predictions") or [{}]
        name = str(kinds[0].get("class_name") or "chart").replace("_", " ")
        self.out.put(name.capitalize())
        self.out.table(_rows(cells, self.out.count_cells), 1)

    def _plain(self, text: str) -> str:
        if self._kind in _MARKED:
            return docling_rs.unmarked(text)
        return rewriting.joined(text) if self._kind == "rtf" else text


def _grid(item: dict[str, Any]) -> Sequence[Sequence[dict[str, Any]]]:
    """The cells of a table, row by row; none where the item is no table."""
    return (item.get("data") or {}).get("grid") or ()


def _cell_text(cell: dict[str, Any]) -> str:
    return str(cell.get("text") or "")


def _rows(cells: Sequence[dict[str, Any]], count: Callable[[int], None]) -> Iterator[list[str]]:
    rows: dict[int, dict[int, str]] = {}
    for cell in cells:
        row = rows.setdefault(int(cell["start_row_offset_idx"]), {})
        row[int(cell["start_col_offset_idx"])] = str(cell.get("text") or "")
    for _, row in sorted(rows.items()):
        last = max(row)
        count(last)
        yield [row.get(column, "") for column in range(last + 1)]
