"""The pictures of a document while it is read: which are kept, what OCR reads in them, what is left out.

Icons, rules and plain grounds are no pictures, nor is what repeats on most pages (a logo). A picture is
decoded once, however often it is shown, and read by OCR where that is on, it is large enough to hold words,
and a look at its pixels says that it may. All of it has a share of the time for the file: what is over then
is counted.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, one_line
from explorer.readers.ocr import recognised, word_boxes
from explorer.readers.ocr.recognised import Recognised
from explorer.readers.ocr.word_boxes import WordBox
from explorer.readers.pictures import captions, images, words
from explorer.readers.pictures.images import Decoded, UnknownFormatError
from explorer.readers.pictures.sizes import is_picture
from explorer.readers.reading import ReadPicture, Source
from explorer.types import Box

TIME_SHARE = 0.3
"""Of the time for a file, what its pictures may take in all."""
MOST_PICTURES = 2_000
MOST_ON_A_PAGE = 100
MOST_BYTES = 64 * 2**20
"""Of a picture within a file."""
ALT_CHARACTERS = 1_000
_REPEATED = 3
"""A picture on at least this many pages, and on half of them, is a logo or an ornament."""
_NO_WORDS = re.compile(
    r"(?:[\w\-. ]{0,80}\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|webp)"
    r"|(?:picture|image|img|photo|graphic|grafik|bild|imagen|immagine|obraz|logo)\s*\d{0,6})",
    re.I,
)
_MADE_UP = re.compile(
    r"\s*(?:(?:description|beschreibung)\s+automat\w+\s+(?:generated|generiert)\.?"
    r"|ai-generated\s+content\s+may\s+be\s+incorrect\.?)\s*$",
    re.I,
)

NOT_OPENED = "a format that is not opened here, such as EMF, WMF or SVG"
NO_TIME = "no time was left"
DAMAGED = "damaged or too large"


@dataclass(frozen=True, slots=True)
class Look:
    """A picture that was looked at."""

    where: str
    media_type: str
    sha256: str
    width: int
    height: int
    thumbnail: bytes
    text: str = ""
    """What OCR read in it."""
    words: tuple[WordBox, ...] = ()
    """Where in it each word of that stands."""
    unread: str = ""
    """Why it was not read by OCR; "" where it was, or where it holds no words."""


class Gallery:
    """Collects the pictures of one document."""

    def __init__(self, source: Source, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._end = clock() + TIME_SHARE * source.limits.seconds
        self._kept: list[tuple[ReadPicture, Look]] = []
        self._known: dict[str, Look | None] = {}
        self._on_page: Counter[int] = Counter()
        self._missed: Counter[str] = Counter()
        self._left_out = 0

    def look(
        self, where: str, load: Callable[[], bytes], alt: str = "", *, reads: bool = True
    ) -> Look | None:
        """What a picture of the file is; None for what is none, and for one that cannot be opened.

        `where`: how it is found again. `load` gives its bytes; its ReadError counts as a damaged picture.
        `alt` tells whether something is known of one that cannot be opened.
        """
        if where in self._known:
            return self._known[where]
        if self._clock() > self._end:
            self._left_out += 1
            return None
        try:
            found = images.decoded(load(), self._source.limits)
        except ReadError as error:
            self.miss(NOT_OPENED if isinstance(error, UnknownFormatError) else DAMAGED, alt)
            self._known[where] = None
            return None
        self._known[where] = self.look_at(where, found, reads=reads)
        return self._known[where]

    def look_at(self, where: str, found: Decoded, *, reads: bool = True) -> Look | None:
        """The same of a picture that is decoded. `reads`: whether OCR may look at it."""
        if not is_picture(found.width, found.height) or images.is_flat(found.pixels):
            return None
        read, unread = self._read(found) if reads else (None, "")
        return Look(
            where,
            found.media_type,
            found.sha256,
            found.width,
            found.height,
            images.thumbnail(found.pixels, found.width, found.height),
            read.text if read else "",
            tuple(word_boxes.decode(read.boxes)) if read else (),
            unread,
        )

    def look_at_part(self, where: str, draw: Callable[[], Decoded | None], *, reads: bool) -> Look | None:
        """The same of a part of a page, which is drawn first if there is time."""
        if self._clock() > self._end:
            self._left_out += 1
            return None
        found = draw()
        return None if found is None else self.look_at(where, found, reads=reads)

    def miss(self, why: str, alt: str = "") -> None:
        """Counts a picture of which nothing is known, unless something is: its alternative text."""
        if not alt:
            self._missed[why] += 1

    def keep(  # noqa: PLR0917
        self,
        look: Look,
        page: int,
        start: int,
        end: int,
        alt: str = "",
        caption: str = "",
        box: Box | None = None,
    ) -> None:
        """Keeps a picture where it stands: `text[start:end]` was written for it."""
        self._on_page[page] += 1
        if len(self._kept) >= MOST_PICTURES or self._on_page[page] > MOST_ON_A_PAGE:
            self._left_out += 1
            return
        picture = ReadPicture(
            page,
            start,
            end,
            look.where,
            look.sha256,
            look.media_type,
            look.width,
            look.height,
            box,
            captions.tidy(caption),
            alt,
            look.thumbnail,
        )
        self._kept.append((picture, look))

    def put(self, out: Assembly, look: Look | None, alt: str, box: Box | None = None) -> None:
        """Writes what a picture says as a block of the text, and keeps it there.

        `look` is None where it could not be opened: its alternative text is kept all the same.
        """
        said = "\n".join(filter(None, (f"Picture: {alt}" if alt else "", look.text if look else "")))
        start = out.put(said) if said else out.length
        if look is not None:
            self.keep(look, out.page_number, start, out.length, alt, box=box)

    def end(self, out: Assembly) -> None:
        """Gives `out` its pictures, each with the caption beside it, and the warnings about them."""
        text = out.so_far() if self._kept else ""
        pages = max(out.page_number - 1, 1)
        shown_on: dict[str, set[int]] = defaultdict(set)
        for picture, _ in self._kept:
            shown_on[picture.sha256].add(picture.page)
        for picture, look in self._kept:
            standing = len(shown_on[picture.sha256])
            if standing >= _REPEATED and 2 * standing >= pages:
                continue
            caption = picture.caption or captions.beside(text, picture.start, picture.end)
            out.pictures.append(replace(picture, caption=caption))
            if look.unread and not caption and not picture.alt:
                self._missed[look.unread] += 1
        out.warnings += self._warnings()

    def _read(self, found: Decoded) -> tuple[Recognised | None, str]:
        """(what OCR reads in a picture, why it could not look)."""
        if not words.may_stand_in(found.pixels):
            return None, ""
        if not self._source.limits.ocr:
            return None, recognised.OFF
        if self._clock() > self._end:
            return None, NO_TIME
        return words.read(found.pixels, self._source.limits.ocr_models), ""

    def _warnings(self) -> list[str]:
        said = []
        if count := self._missed.total():
            what = "1 picture was" if count == 1 else f"{count:,} pictures were"
            why = self._missed.most_common()
            reasons = why[0][0] if len(why) == 1 else ", ".join(f"{each} ({n:,})" for each, n in why)
            said.append(f"{what} not read: {reasons}.")
        if self._left_out:
            what = "1 picture was" if self._left_out == 1 else f"{self._left_out:,} pictures were"
            said.append(f"{what} left out, beyond the limits of number or time.")
        return said


def described(*texts: str | None) -> str:
    """The first alternative text that says something; "" where all are empty, names of files or made up."""
    for text in texts:
        said = one_line(_MADE_UP.sub("", text or ""), ALT_CHARACTERS)
        if said and not _NO_WORDS.fullmatch(said):
            return said
    return ""
