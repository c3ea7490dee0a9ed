"""Recognised pages as pages of a document, and the warnings about them. No OCR is loaded here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.readers.reading import ReadPage

PAGE_BREAK = "\n\n"
LANGUAGES = "languages in the Latin alphabet, Chinese and Japanese"
"""What the bundled models read, which `engine.py` loads: they set the limit. They know no Cyrillic, Arabic,
Hebrew, Korean, Thai or Indic letters, no Greek letters with accents, and no Vietnamese ones with two."""
OFF = "OCR is off"
"""Part of the warning, and of the error, for a file that lacks text for that reason."""
BY, UNKNOWN = "recognised by OCR", "unknown to OCR"
"""Parts of the warnings about what OCR has read, and has perhaps not read."""
USED = "OCR used the models in "
"""How the warning begins that names the folder of models other than the package's own."""
TIME_SHARE = 0.8
"""Recognition may take this share of the time for a file; the rest is for all else."""
_SURE = 0.9
"""Mean confidence below which a page is doubtful. Clear Latin print is read with .98 to .99; letters that the
models do not know (they see Latin ones in them) with .6 (Arabic) to .86 (Greek)."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of one page in reading order."""

    text: str
    boxes: bytes
    """The places of its words on the page as given, for `ReadPage.boxes`."""
    confidence: float
    """Mean over its characters, 0 to 1."""
    turned: int
    """Quarter turns, counter-clockwise, that put the page upright."""
    lines: int
    """Number of lines that were found."""
    unread: int
    """Number of those that could not be read."""

    @property
    def is_doubtful(self) -> bool:
        """Whether it is hard to read, or in letters that the models do not know."""
        return self.lines > 2 and (self.unread * 2 > self.lines or self.confidence < _SURE)


@dataclass(frozen=True, slots=True)
class RecognisedPages:
    """What OCR made of some pages of a document."""

    pages: Mapping[int, Recognised]
    """Pages that were read anew, by their index from 0."""
    warnings: tuple[str, ...]


def page(number: int, found: Recognised | None, *, is_last: bool, label: str | None = None) -> ReadPage:
    """A recognised page; an empty one where it could not be read."""
    if found is None or not found.text:
        return ReadPage(number, "", label)
    return ReadPage(number, found.text + ("" if is_last else PAGE_BREAK), label, boxes=found.boxes)


def overdue(left: int, count: int, seconds: float) -> str:
    """The warning about a document of `count` pages, when there was no time for `left` of them."""
    return (
        f"{left:,} of {count:,} pages were not recognised: the {seconds:g} seconds that a file may take were "
        "over. Allow more in Settings under Reading and redo it."
    )


def known(folder: str | None) -> str:
    """What OCR can read, in a sentence: with the models of the package (None), or those in a folder."""
    return f"{USED}{folder}." if folder else f"OCR reads {LANGUAGES}."


def warnings(
    found: Sequence[Recognised], count: int, folder: str | None = None, what: str = "document"
) -> tuple[str, ...]:
    """The warnings about a document of `count` pages, of which OCR was given those in `found`.

    `folder`: that of the models, None for the package's own.
    """
    read = [each for each in found if each.text]
    said = []
    if read:
        which = f"this {what}" if count == 1 else f"{len(read):,} of {count:,} pages"
        said.append(f"Text of {which} was {BY}.")
    doubtful = sum(each.is_doubtful for each in found)
    if doubtful:
        which = "the page" if count == 1 else f"{doubtful:,} of {count:,} pages"
        reads = "" if folder else f" {known(None)}"
        said.append(f"Text of {which} may be wrong: it is hard to read, or in letters {UNKNOWN}.{reads}")
    if folder and said:
        said.append(known(folder))
    return tuple(said)
