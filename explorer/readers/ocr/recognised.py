"""Recognised pages as pages of a document, and what is said of them. Loads no OCR itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.readers.reading import ReadPage

PAGE_BREAK = "\n\n"
LANGUAGES = "languages in the Latin alphabet, Chinese and Japanese"
"""What the bundled models read. Their characters hold no Cyrillic, Arabic, Hebrew, Korean, Thai or Indic
letters, Greek ones without accents, and of Vietnamese ones only those with a single accent."""
OFF = "OCR is off"
"""Part of the warning and of the error of what lacks text for that reason."""
KNOWN = f"OCR reads {LANGUAGES}."
TIME_SHARE = 0.8
"""Of the time for a file that its recognition may take: the rest is for what else there is to do."""
_SURE = 0.9
"""Mean confidence below which a page is doubtful. Clear Latin print is read with .98 to .99; letters that the
models do not know (they see Latin ones in them) with .6 (Arabic) to .86 (Greek)."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of one page in reading order."""

    text: str
    boxes: bytes
    """Where its words stand on the page as it was given, for `ReadPage.boxes`."""
    confidence: float
    """Mean over its characters, 0 to 1."""
    turned: int
    """Quarter turns, counter-clockwise, that put the page upright."""
    lines: int
    """Lines that were found."""
    unread: int
    """Those of them that could not be read."""

    @property
    def is_doubtful(self) -> bool:
        """Whether it is hard to read, or in letters that the models do not know."""
        return self.lines > 2 and (self.unread * 2 > self.lines or self.confidence < _SURE)


@dataclass(frozen=True, slots=True)
class RecognisedPages:
    """What OCR made of some pages of a document."""

    pages: Mapping[int, Recognised]
    """By index of the page, from 0: those that were read anew."""
    warnings: tuple[str, ...]


def page(number: int, found: Recognised | None, *, is_last: bool, label: str | None = None) -> ReadPage:
    """A recognised page; an empty one where it could not be read."""
    if found is None or not found.text:
        return ReadPage(number, "", label)
    return ReadPage(number, found.text + ("" if is_last else PAGE_BREAK), label, boxes=found.boxes)


def overdue(left: int, count: int, seconds: float) -> str:
    """What is said of a document of `count` pages `left` of which there was no time for."""
    return (
        f"{left:,} of {count:,} pages were not recognised: the {seconds:g} seconds that a file may take were "
        "over. Allow more in Settings under Reading and redo it."
    )


def warnings(found: Sequence[Recognised], count: int, what: str = "document") -> tuple[str, ...]:
    """What is said of a document of `count` pages some of which were given to OCR."""
    read = [each for each in found if each.text]
    said = []
    if read:
        which = f"this {what}" if count == 1 else f"{len(read):,} of {count:,} pages"
        said.append(f"Text of {which} was recognised by OCR.")
    doubtful = sum(each.is_doubtful for each in found)
    if doubtful:
        which = "the page" if count == 1 else f"{doubtful:,} of {count:,} pages"
        said.append(
            f"Text of {which} may be wrong: it is hard to read, or in letters unknown to OCR. {KNOWN}"
        )
    return tuple(said)
