"""Comments on slides: those of older and of newer PowerPoint (PPTX), and those of OpenDocument (ODP).

docling gives older ones as notes and those of OpenDocument as words of the slide, without their authors, and
newer ones not at all. In a PPTX both kinds stand in parts of their own that the slide refers to. Older ones
name the comment that they answer, if any; newer ones hold their answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, one_line
from explorer.readers.office.beside.cell_comments import reply
from explorer.readers.office.ooxml import child, children, local, value
from explorer.readers.package import Package
from explorer.readers.reading import Source

_MAIN = "ppt/presentation.xml"
_BY_DOCLING = re.compile(r"\[author: .*?, time: .*?\]: ", re.DOTALL)
"""What docling writes before an older comment, which it takes for notes."""


@dataclass(slots=True)
class SlideComments:
    """The comments on each slide of a PPTX or ODP, while its slides are written one after the other."""

    by_slide: dict[int, list[list[str]]]
    """Number of a slide, from 1 → its comments, each as its lines: what was said, then the answers."""
    pieces: dict[int, list[str]] = field(default_factory=dict)
    """Number of a slide → how docling gives its comments, if not as they are: their paragraphs."""
    damaged: int = 0
    """How many parts with comments are damaged."""
    _slide: int = 0
    _expected: Counter[str] = field(default_factory=Counter)
    """What docling may give as text of the slide, or as its notes, and how often."""

    def turn_to(self, slide: int) -> None:
        """Goes to a slide."""
        if slide == self._slide:  # docling gives older comments behind the slide
            return
        self._slide = slide
        lines = (line for comment in self.by_slide.get(slide, ()) for line in comment)
        self._expected = Counter(self.pieces.get(slide) or (line.partition(": ")[2] for line in lines))

    def is_one(self, text: str) -> bool:
        """Whether a text that docling gives is that of a comment, which is written with its author."""
        if not self._expected:
            return False
        plain = one_line(_BY_DOCLING.sub("", text, count=1))
        is_expected = self._expected[plain] > 0
        self._expected[plain] -= is_expected
        return is_expected

    def put(self, out: Assembly) -> None:
        """Writes the comments on the slide, once."""
        for comment in self.by_slide.pop(self._slide, ()):
            out.put("\n".join(comment))

    def end(self, out: Assembly) -> None:
        """Says what could not be read."""
        if self.damaged:
            out.warnings.append("Comments on slides that are damaged were not read.")


def on_slides(source: Source, kind: str) -> SlideComments:
    """The comments of a "pptx" or "odp"; none of others."""
    if kind == "odp":
        return _of_opendocument(source)
    return _of_pptx(source) if kind == "pptx" else SlideComments({})


def _of_pptx(source: Source) -> SlideComments:
    found = SlideComments({})
    with Package(source) as package:
        if not any(name.startswith("ppt/comments/") for name in package.names):
            return found
        parts = package.relations(_MAIN)
        authors = _authors(package, parts)
        for number, slide in enumerate(children(package.tree(_MAIN), "sldIdLst"), start=1):
            key = next((held for name, held in slide.attrib.items() if name.endswith("}id")), "")
            for kind, name in package.relations(parts.get(key, ("", ""))[1]).values():
                try:
                    if kind == "comments" and (root := package.tree(name)) is not None:
                        found.by_slide.setdefault(number, []).extend(_of_part(root, authors))
                except ReadError:  # its slide can be read without it, and a warning says so
                    found.damaged += 1
    return found


def _of_opendocument(source: Source) -> SlideComments:
    found = SlideComments({})
    with Package(source) as package:
        root = package.tree("content.xml")
        pages = (each for each in root.iter() if local(each) == "page") if root is not None else ()
        for number, page in enumerate(pages, start=1):
            for each in page.iter("{*}annotation"):
                author = one_line(
                    next((held.text or "" for held in each if local(held) == "creator"), ""), 100
                )
                lines = [one_line("".join(line.itertext())) for line in each.iter("{*}p")]
                if text := " ".join(filter(None, lines)):
                    found.by_slide.setdefault(number, []).append([_said(author, text)])
                    found.pieces.setdefault(number, []).extend(lines)
    return found


def _said(author: str, text: str) -> str:
    return f"Comment by {author}: {text}" if author else f"Comment: {text}"


def _authors(package: Package, parts: dict[str, tuple[str, str]]) -> dict[str, str]:
    """(id → name) of those who wrote comments, of either kind."""
    found: dict[str, str] = {}
    for kind, name in parts.values():
        root = package.tree(name) if kind in ("commentAuthors", "authors") else None
        for each in root if root is not None else ():
            found[value(each, "id") or ""] = one_line(value(each, "name") or "", 100)
    return found


def _of_part(root: Any, authors: dict[str, str]) -> Iterator[list[str]]:
    said: dict[tuple[str, str], list[str]] = {}
    for each in root:
        if local(each) != "cm":
            continue
        by, text = value(each, "authorId") or "", _text(each)
        parent = next((held for held in each.iter("{*}parentCm")), None)
        answered = (value(parent, "authorId") or "", value(parent, "idx") or "")
        author = authors.get(by, "")
        lines = said.get(answered) if parent is not None else None
        if lines is None:
            key = (by, value(each, "idx") or value(each, "id") or f"#{len(said)}")
            lines = said.setdefault(key, [])
            if text:
                lines.append(_said(author, text))
        elif text:
            lines.append(reply(author, text))
        for answer in children(each, "replyLst"):
            if words := _text(answer):
                lines.append(reply(authors.get(value(answer, "authorId") or "", ""), words))
    yield from filter(None, said.values())


def _text(comment: Any) -> str:
    """The words of a comment, on one line."""
    older = child(comment, "text")
    if older is not None:
        return one_line(older.text or "")
    paragraphs = (each for each in children(comment, "txBody") if local(each) == "p")
    return one_line(" ".join("".join(run.text or "" for run in each.iter("{*}t")) for each in paragraphs))
