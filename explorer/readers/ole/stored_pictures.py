"""The pictures of old Office files (DOC, PPT, XLS): where each stands, and its bytes."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace

from explorer.readers.ole import art, container, excel, powerpoint, ppt_records, word
from explorer.readers.package import DamagedError
from explorer.readers.reading import Source

_BOOKS = ("Workbook", "Book")
_WORD, _SLIDES = "WordDocument", "PowerPoint Document"


_SLIDE = 1006
_TEXTS = {4000: "utf-16-le", 4008: "latin-1"}
"""Records of characters in a presentation, and their encoding."""
_LINE_END = re.compile(r"[\r\x0b]")
MOST_BYTES = 2**28
"""Of a file whose pictures are looked for: its streams are held in memory meanwhile."""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """Where a picture is shown: what it is called, what is said of it, and the paragraph before it."""

    name: str
    said: tuple[str, ...]
    paragraph: str


class StoredPictures:
    """The pictures of one file; none where it is damaged or sealed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._records: list[memoryview] = []
        self._numbers: dict[int, int] = {}
        """Where each record is held, by its id: a picture may be shown many times."""
        self.by_page: dict[int, list[StoredPicture]] = {}
        """Page from 1 → its pictures in their order. Only a workbook has pages: its sheets."""
        self.warnings: list[str] = []
        size = source.path.stat().st_size if source.content is None else len(source.content)
        if size > MOST_BYTES:
            self.warnings.append(
                f"Its pictures were left out: the file is larger than {MOST_BYTES >> 20} MB."
            )
        streams = _streams(container.prepared(source)) if size <= MOST_BYTES else {}
        if book := next(filter(None, map(streams.get, _BOOKS)), b""):
            self._of_workbook(book)
        elif _SLIDES in streams:
            self._of_slides(source)
        elif _WORD in streams:
            tables = (streams.get("0Table", b""), streams.get("1Table", b""))
            for each in word.pictures(streams[_WORD], tables, streams.get("Data", b"")):
                self._add(1, each.record, each.said, each.paragraph)

    def read_apart(self, name: str, most: int) -> bytes:
        """The image called `name`. Raises DamagedError where there is none, or it is too large."""
        number = int(name) if name.isdecimal() and len(name) < 7 else -1
        data = art.image(self._records[number], most + 1) if 0 <= number < len(self._records) else b""
        if not data or len(data) > most:
            raise DamagedError(f"{self._source.shown} holds no such picture.")
        return data

    def _of_workbook(self, book: bytes) -> None:
        held = art.store(excel.drawings(book)[0])
        for page, start in enumerate(excel.styles(book).sheets if held else (), 1):
            self._add_shown(page, excel.drawings(book, start)[1], held)

    def _of_slides(self, source: Source) -> None:
        """Takes the pictures of the slides that the last save holds."""
        saved = powerpoint.saved_last(source).data
        streams = _streams(replace(source, content=saved))
        stream = streams.get(_SLIDES, b"")
        held = art.store(stream, streams.get("Pictures", b""))
        words = ""
        for each in ppt_records.records(stream, 0, len(stream)):
            if each.kind == _SLIDE:
                slide = stream[each.start : each.end]
                words = _last_words(slide) or words
                self._add_shown(1, slide, held, words)

    def _add_shown(self, page: int, drawing: bytes, held: dict[int, memoryview], paragraph: str = "") -> None:
        for each in art.shapes(drawing):
            if each.number in held:
                self._add(page, held[each.number], each.said, paragraph)

    def _add(self, page: int, record: memoryview, said: tuple[str, ...], paragraph: str) -> None:
        number = self._numbers.setdefault(id(record), len(self._records))
        if number == len(self._records):
            self._records.append(record)
        self.by_page.setdefault(page, []).append(StoredPicture(str(number), said, paragraph))


def _last_words(slide: bytes) -> str:
    """The last paragraph that stands on a slide itself; "" where there is none."""
    said = ""
    for each in art.below(slide):
        if each.kind in _TEXTS:
            words = slide[each.start : each.end].decode(_TEXTS[each.kind], "replace")
            said = next((line for line in reversed(_LINE_END.split(words)) if line.strip()), said)
    return said


def _streams(source: Source) -> dict[str, bytes]:
    """The streams at the root of a container by their names; none where it is damaged."""
    import olefile

    held = source.path if source.content is None else io.BytesIO(source.content)
    try:
        with olefile.OleFileIO(held) as opened:
            return {
                each[0]: bytes(opened.openstream(each).read()) for each in opened.listdir() if len(each) == 1
            }
    except container.DAMAGE:
        return {}
