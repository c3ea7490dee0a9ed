"""The types of what is shown as an image: a page, and a picture that stands in a document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page image, as fractions of its width and height from the top left."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageWord:
    """A word of a document, `text[start:end]`, and the box around it on its page's image."""

    start: int
    end: int
    box: Box


@dataclass(frozen=True, slots=True)
class PageImage:
    """A rendered page (PNG) and where a passage stands on it."""

    png: bytes
    width: int
    height: int
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that stands in a document. `number` counts from 1, in the order of the text.

    `text[start:end]` is what was written for it: its alternative text, and what OCR read in it. Where there
    is neither, `start == end` is the place in the text where it stands.
    """

    document_id: str
    number: int
    page: int
    start: int
    end: int
    box: Box | None
    """Where it stands on the page; None where the format has no places."""
    caption: str
    """The caption beside it ("Figure 3: Rent by quarter"); "" where it has none."""
    alt: str
    """What the document says it shows, for people who do not see it; "" where it does not say."""
    width: int
    """Pixels of the image as it stands in the file; of what a PDF draws, at 150 dots an inch."""
    height: int
    media_type: str
    """What it is in the file, by its content: "image/jpeg"; "application/pdf" for a part of a page."""
    sha256: str
    """Of the image's bytes in the file (hex); of a part of a PDF page, of its pixels as drawn small."""

    @property
    def description(self) -> str:
        """The caption, else the alternative text; "" where it has neither."""
        return self.caption or self.alt


@dataclass(frozen=True, slots=True)
class PictureImage:
    """A picture as it can be shown: PNG or JPEG, made anew from its pixels."""

    data: bytes
    media_type: str
    """"image/png" or "image/jpeg"."""
    width: int
    height: int
