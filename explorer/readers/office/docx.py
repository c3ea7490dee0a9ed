"""Word (DOCX): headings, paragraphs, lists, tables row by row, text boxes, charts, notes, comments, formulas.

It is read straight from the XML: python-docx leaves out text boxes, content controls and notes, and so finds
only .82 of the text nodes of the test files. Deleted and hidden text stays out, inserted text is in. A table
row is one line, its cells separated by " | "; a merged cell is said once in each row that it reaches into, so
that each figure keeps its names. Running headers and footers are set aside at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from explorer.readers.assembly import Assembly
from explorer.readers.office import alternative, drawn_pictures, left_out, ooxml
from explorer.readers.office.beside import word_marks
from explorer.readers.office.charts import add_drawn
from explorer.readers.office.docx_styles import Numbering, Styles
from explorer.readers.office.formula import latex
from explorer.readers.office.ooxml import child, local, number, value
from explorer.readers.package import Package
from explorer.readers.pictures.gallery import Gallery
from explorer.readers.pictures.packaged import picture  # noqa: F401  (asked for by registry)
from explorer.readers.reading import Reading, Source


def _names(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


_SKIPPED = _names(
    "del moveFrom instrText delText delInstrText fldData pPr rPr tblPr tblGrid trPr tcPr sectPr "
    "Fallback rt proofErr bookmarkStart bookmarkEnd sdtPr sdtEndPr graphicData binData"
)
_CONTAINERS = _names("sdt sdtContent ins moveTo customXml smartTag body AlternateContent Choice hdr ftr")
_PLAIN = {"tab": "\t", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_MARKS = {"sym": word_marks.symbol, "pict": word_marks.word_art, "fldChar": word_marks.field}
_MAX_SPAN = 100


def read(source: Source) -> Reading:
    """Reads a DOCX file. Raises ReadError where it is damaged, unpacks to too much, or holds no text."""
    out = Assembly(source)
    out.page()
    with Package(source) as package:
        part = _main_part(package)
        root = package.tree(part)
        if root is None:
            raise package.damaged()
        styles = Styles(package.tree("word/styles.xml"))
        numbering = Numbering(package.tree("word/numbering.xml"), styles)
        gallery = Gallery(source)
        body = _Body(out, package, package.relations(part), styles, numbering, gallery)
        body.add_blocks(root)
        body.add_notes(package.tree("word/footnotes.xml"), "footnote")
        body.add_notes(package.tree("word/endnotes.xml"), "endnote")
        body.add_comments(package.tree("word/comments.xml"))
        body.add_running()
        out.warnings += [*_unseen(root), *left_out.of_package(package)]
        facts = ooxml.facts(package)
    source.on_page(1, 1)
    gallery.end(out)
    return out.reading("docx", **facts | {"title": facts["title"] or body.title})


def _unseen(root: Any) -> Iterator[str]:
    """Warnings that count what stays out because nobody sees it: what was deleted, what is hidden."""
    deleted = sum(local(each) == "delText" and bool(each.text) for each in root.iter("{*}delText"))
    if deleted:
        what = "piece of text" if deleted == 1 else "pieces of text"
        yield f"{deleted:,} {what} marked as deleted stayed out."
    hidden = sum(
        local(each.getparent()) == "rPr" and _is_hidden(each.getparent().getparent())
        for each in root.iter("{*}vanish")
        if each.getparent().getparent() is not None and local(each.getparent().getparent()) == "r"
    )
    if hidden:
        what = "piece" if hidden == 1 else "pieces"
        yield f"{hidden:,} {what} of hidden text stayed out."


@dataclass(slots=True)
class _Body:
    """The text while it is written."""

    out: Assembly
    package: Package
    relations: dict[str, tuple[str, str]]
    styles: Styles
    numbering: Numbering
    gallery: Gallery
    title: str | None = None
    notes: dict[tuple[str, str], int] = field(default_factory=dict)
    """(kind, id) → the number that stands in the text."""
    _was_item: bool = False
    _cap: str = ""
    """A large first letter, which Word keeps as a paragraph before its own."""

    def add_blocks(self, parent: Any) -> None:
        """Adds paragraphs and tables below an element."""
        for each in parent:
            name = local(each)
            if name == "p":
                self._add_paragraph(each)
            elif name == "tbl":
                self._add_table(each)
            elif name == "altChunk":
                self._add_alternative(each)
            elif name in _CONTAINERS:
                self.add_blocks(each)
        if self._cap:  # nothing followed it
            self.out.put(self._cap)
            self._cap = ""

    def add_notes(self, root: Any | None, kind: str) -> None:
        """Adds, at the end, the notes that the text refers to, by their numbers."""
        held = {value(each, "id"): each for each in root if local(each) == kind} if root is not None else {}
        for (noted, key), count in list(self.notes.items()):
            if noted == kind and key in held:
                text = self._inline_blocks(held[key])
                if text:
                    self.out.put(f"[{count}] {text}")

    def add_comments(self, root: Any | None) -> None:
        """Adds reviewers' comments at the end."""
        for each in root if root is not None else ():
            text = self._inline_blocks(each)
            if local(each) == "comment" and text:
                author = " ".join((value(each, "author") or "").split())
                self.out.put(f"Comment by {author}: {text}" if author else f"Comment: {text}")

    def add_running(self) -> None:
        """Adds each running header and footer once, set aside; lone page numbers are not kept."""
        texts = []
        for kind, name in self.relations.values():
            root = self.package.tree(name) if kind in ("header", "footer") else None
            if root is not None:
                texts.append(self._inline_blocks(root))
        for text in dict.fromkeys(texts):
            if not text.isdigit():
                self.out.aside(text)

    def _add_paragraph(self, paragraph: Any) -> None:
        text = "".join(self._inline(paragraph))
        if _is_drop_cap(paragraph):
            self._cap += text.strip()
            return
        text, self._cap = _tidy(self._cap + text), ""
        style = value(child(paragraph, "pPr", "pStyle"))
        level, mark, depth = self._place(paragraph, style, counts=bool(text))
        if text:
            separator = "\n" if mark and self._was_item and level is None else "\n\n"
            self._was_item = mark is not None and level is None
            line = (
                f"{'  ' * depth}{mark} {text}"
                if mark and level is None
                else f"{mark} {text}"
                if mark
                else text
            )
            if level is not None:
                self.out.heading(line, level, separator)
            else:
                self.out.put(line, separator)
            if level is None and self.title is None and self.styles.is_title(style):
                self.title = " ".join(text.split())[:500]
        for box in _boxes(paragraph):
            self.add_blocks(box)
        add_drawn(self.out, self.package, self.relations, paragraph)
        self._add_pictures(paragraph)

    def _place(self, paragraph: Any, style: str | None, counts: bool) -> tuple[int | None, str | None, int]:
        """(heading level or None, the mark that its list prints before it or None, its depth in the list)."""
        outline = value(child(paragraph, "pPr", "outlineLvl"))
        level = self.styles.heading_level(style)
        if outline is not None:
            level = number(outline, 9) + 1 if 0 <= number(outline, 9) < 9 else None
        num_id, depth = self.styles.num_id(style)
        own = child(paragraph, "pPr", "numPr")
        if own is not None:
            num_id = value(child(own, "numId")) or num_id
            stated = value(child(own, "ilvl"))
            depth = depth if stated is None else min(max(number(stated, 0), 0), 8)
        mark = self.numbering.mark(num_id, depth, style) if counts and num_id != "0" else None
        if level is not None and mark == "-":
            mark = None
        return level, mark, depth or 0

    def _add_alternative(self, chunk: Any) -> None:
        kind, name = self.relations.get(value(chunk, "id") or "", ("", ""))
        if kind == "aFChunk" and name in self.package.names:
            alternative.add(self.out, name, self.package.read(name), read)
        else:
            self.out.warnings.append("A part of it is missing from the file.")

    def _alternative_text(self, chunk: Any) -> str:
        """A part in another format that stands in a cell or a note, as text alone."""
        inner = Assembly(self.out.source)
        inner.page()
        out, self.out = self.out, inner
        self._add_alternative(chunk)
        self.out = out
        out.warnings += inner.warnings
        return inner.reading("docx", needs_text=False).text

    def _add_table(self, table: Any) -> None:
        rows = list(_rows(table))
        headers = 0
        while headers < len(rows) and child(rows[headers], "trPr", "tblHeader") is not None:
            headers += 1
        is_stated = headers > 0
        if not headers and len(rows) > 1 and _is_first_row_special(table):
            headers = 1
        self.out.table(self._row_texts(rows), headers, is_stated=is_stated)
        add_drawn(self.out, self.package, self.relations, table)
        self._add_pictures(table, boxes=True)
        self._was_item = False

    def _add_pictures(self, element: Any, *, boxes: bool = False) -> None:
        for each in drawn_pictures.below(self.relations, element, boxes=boxes):
            each.put(self.gallery, self.out, self.package)

    def _row_texts(self, rows: list[Any]) -> Iterator[list[str | None]]:
        above: dict[int, str] = {}
        for row in rows:
            cells: list[str | None] = []
            for cell in _cells(row):
                column = len(cells)
                merged = child(cell, "tcPr", "vMerge")
                text = self._inline_blocks(cell)
                if merged is not None and value(merged) != "restart":
                    text = text or above.get(column, "")
                above[column] = text
                span = min(max(number(value(child(cell, "tcPr", "gridSpan")), 1), 1), _MAX_SPAN)
                across = child(cell, "tcPr", "hMerge")  # an older way to say the same
                is_covered = across is not None and value(across) != "restart" and cells and not text
                cells += [None if is_covered else text, *([None] * (span - 1))]
            yield cells

    def _inline_blocks(self, parent: Any) -> str:
        """Everything below an element (a cell, a note) on one line."""
        return " ".join(text for each in self._texts(parent) if (text := " ".join(each.split())))

    def _texts(self, parent: Any) -> Iterator[str]:
        cap = ""
        for each in parent:
            name = local(each)
            if name == "p":
                style = value(child(each, "pPr", "pStyle"))
                text, cap = cap + "".join(self._inline(each)), ""
                if _is_drop_cap(each) and each.getnext() is not None:
                    cap = text.strip()
                    continue
                _, mark, _ = self._place(each, style, counts=bool(text.strip()))
                yield f"{mark} {text}" if mark else text
                for box in _boxes(each):
                    yield from self._texts(box)
            elif name == "tbl":
                for row in _rows(each):
                    for cell in _cells(row):
                        yield from self._texts(cell)
            elif name == "altChunk":
                yield self._alternative_text(each)
            elif name not in _SKIPPED:
                yield from self._texts(each)

    def _inline(self, parent: Any) -> Iterator[str]:
        """The text of runs below a paragraph; text boxes stay out (see `_boxes`)."""
        for each in parent:
            name = local(each)
            if name == "t":
                yield each.text or ""
            elif name in _PLAIN:
                yield _PLAIN[name]
            elif name == "br":
                yield "" if value(each, "type") in ("page", "column") else "\n"
            elif name in ("footnoteReference", "endnoteReference"):
                key = (name.removesuffix("Reference"), value(each, "id") or "")
                yield f"[{self.notes.setdefault(key, len(self.notes) + 1)}]"
            elif name == "r" and _is_hidden(each):
                continue
            elif name in _MARKS:
                yield _MARKS[name](each)
            elif name == "oMath":
                yield latex(each, self._run_text)
            elif name not in _SKIPPED and name != "txbxContent":
                yield from self._inline(each)

    def _run_text(self, run: Any) -> str:
        return "" if _is_hidden(run) else "".join(self._inline(run))


def _is_first_row_special(table: Any) -> bool:
    """Whether the first row names the columns: Word makes tables so unless somebody says otherwise."""
    look = child(table, "tblPr", "tblLook")
    stated = value(look, "firstRow")
    if stated is not None:
        return stated in ("1", "true", "on")
    bits = value(look) or "0020"
    return bool(int(bits, 16) & 0x20) if re.fullmatch(r"[0-9A-Fa-f]{1,8}", bits) else True


def _is_drop_cap(paragraph: Any) -> bool:
    return value(child(paragraph, "pPr", "framePr"), "dropCap") in ("drop", "margin")


def _boxes(paragraph: Any) -> Iterator[Any]:
    """The text boxes anchored in a paragraph, each once: Word stores a second, older form as a fallback."""
    stack = [paragraph]
    while stack:
        element = stack.pop()
        for each in reversed(element):
            name = local(each)
            if name == "txbxContent":
                yield each
            elif name != "Fallback" and name not in ("del", "moveFrom"):
                stack.append(each)


def _rows(table: Any) -> Iterator[Any]:
    for each in table:
        if local(each) == "tr":
            if child(each, "trPr", "del") is None:
                yield each
        elif local(each) in _CONTAINERS:
            yield from _rows(each)


def _cells(row: Any) -> Iterator[Any]:
    for each in row:
        if local(each) == "tc":
            yield each
        elif local(each) in _CONTAINERS:
            yield from _cells(each)


def _is_hidden(run: Any) -> bool:
    vanish = child(run, "rPr", "vanish")
    return vanish is not None and value(vanish) not in ("0", "false", "off")


def _tidy(text: str) -> str:
    return "\n".join(line.strip(" ") for line in text.replace("\u00a0", " ").strip().split("\n"))


def _main_part(package: Package) -> str:
    if "word/document.xml" in package.names:
        return "word/document.xml"
    found = sorted(
        name for name in package.names if name.startswith("word/document") and name.endswith(".xml")
    )
    return found[0] if found else "word/document.xml"
