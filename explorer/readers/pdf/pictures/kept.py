"""The pictures of a whole PDF: drawn once, read by OCR where they hold words, written into the texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from pypdfium2 import PdfDocument, raw

from explorer.readers.assembly import Assembly
from explorer.readers.ocr import word_boxes
from explorer.readers.ocr.word_boxes import WordBox
from explorer.readers.pdf.clean_text import Written
from explorer.readers.pdf.pdfium import PdfPage
from explorer.readers.pdf.pictures import drawing, placing
from explorer.readers.pdf.pictures.region import PageRegion
from explorer.readers.pictures.gallery import Gallery, Look
from explorer.readers.reading import ReadPage, Source
from explorer.types import Box

_OWN_LETTERS = 12
"""A picture with more characters of the page's own text on it has its words there."""
_REPEATED = 3
"""A picture at one place of this many pages, and of half of them, is a logo or an ornament."""


@dataclass(frozen=True, slots=True)
class _Placed:
    look: Look
    box: Box
    start: int
    end: int
    caption: str


@dataclass(slots=True)
class PagePictures:
    """The pictures of a document's pages, by their index from 0."""

    source: Source
    boxes: dict[int, bytes] = field(default_factory=dict)
    """Where words stand that OCR read in pictures, as `ReadPage.boxes`."""
    _placed: dict[int, list[_Placed]] = field(default_factory=dict)
    _gallery: Gallery = field(init=False)

    def __post_init__(self) -> None:
        self._gallery = Gallery(self.source)

    def place(self, document: PdfDocument, texts: Sequence[PdfPage], written: list[Written]) -> None:
        """Finds the place of every picture, and writes into `written` what OCR reads in them."""
        repeated = _repeated(texts)
        for index, page in enumerate(texts):
            regions = [each for each in page.pictures if _key(each) not in repeated]
            handle = raw.FPDF_LoadPage(document, index) if regions else None
            if handle:
                self.source.on_page(index + 1, len(texts))
                try:
                    self._place(handle, index, page, regions, written)
                finally:
                    raw.FPDF_ClosePage(handle)

    def keep(self, out: Assembly, pages: Sequence[ReadPage], read_anew: Collection[int]) -> None:
        """Gives `out` the pictures. Of a page that was recognised as a whole they stand at its beginning."""
        start = 0
        for index, page in enumerate(pages):
            for each in self._placed.get(index, ()):
                first, last = (0, 0) if index in read_anew else (each.start, each.end)
                self._gallery.keep(
                    each.look, page.number, start + first, start + last, caption=each.caption, box=each.box
                )
            start += len(page.text)
        self._gallery.end(out)

    def _place(
        self, handle: object, index: int, page: PdfPage, regions: Sequence[PageRegion], written: list[Written]
    ) -> None:
        found: list[tuple[int, PageRegion, Look, str]] = []
        text = written[index]
        for region in regions:
            reads = page.lack == "nothing" and placing.letters_within(text, region.place) <= _OWN_LETTERS
            look = self._gallery.look_at_part(
                drawing.where(index + 1, region.box),
                partial(drawing.decoded, handle, region.box),
                reads=reads and not region.is_drawing,
            )
            if look is not None:
                captioned = placing.caption(text, region.place)
                at = captioned[0] if captioned and not look.text else placing.offset_of(text, region.place)
                found.append((at, region, look, captioned[1] if captioned else ""))
        found.sort(key=lambda each: each[0])
        written[index], begins = placing.inserted(text, [(at, look.text) for at, _, look, _ in found])
        words: list[WordBox] = []
        for start, (_, region, look, caption) in zip(begins, found, strict=True):
            words += _words(look, region.box, start)
            placed = _Placed(look, region.box, start, start + len(look.text), caption)
            self._placed.setdefault(index, []).append(placed)
        if words:
            self.boxes[index] = word_boxes.encode(words)


def _words(look: Look, box: Box, start: int) -> Iterator[WordBox]:
    """Where the words of a picture stand on its page."""
    wide, high = box.right - box.left, box.bottom - box.top
    for word in look.words:
        place = Box(
            box.left + word.box.left * wide,
            box.top + word.box.top * high,
            box.left + word.box.right * wide,
            box.top + word.box.bottom * high,
        )
        yield WordBox(start + word.start, word.length, place)


def _key(region: PageRegion) -> tuple[int, ...]:
    box = region.box
    return tuple(round(edge * 100) for edge in (box.left, box.top, box.right, box.bottom))


def _repeated(texts: Sequence[PdfPage]) -> set[tuple[int, ...]]:
    """Where something stands on most pages: a logo, the ground of a header."""
    seen = Counter(key for page in texts for key in {_key(each) for each in page.pictures})
    least = max(_REPEATED, (len(texts) + 1) // 2)
    return {key for key, count in seen.items() if count >= least}
