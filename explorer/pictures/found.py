"""What is answered about pictures."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.types import Document, Picture


@dataclass(frozen=True, slots=True)
class PictureHit:
    """A picture that was found."""

    rank: int
    """From 1."""
    document: Document
    page: int
    picture: Picture | None
    """Where it stands in its document; None for a page of a picture file, which is the picture itself."""
    score: float
    """The cosine to what was looked for, -1 to 1. It is higher from picture to picture than from words."""


@dataclass(frozen=True, slots=True)
class PictureState:
    """How far the pictures of a library can be searched."""

    model: str
    problem: str | None
    """Why the model cannot be used, and what to do, in words; None where it can."""
    reads_text: bool
    """Whether pictures are found by words too."""
    done: int
    """Pictures that were looked at."""
    total: int
    is_stopped: bool
    """Whether a person wants no more of them looked at."""

    @property
    def is_working(self) -> bool:
        """Whether pictures wait, and are being looked at or will be."""
        return self.problem is None and self.done < self.total and not self.is_stopped


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture on the map of pictures; what is near looks alike, the numbers themselves mean nothing."""

    document_id: str
    page: int
    number: int
    """As `Picture.number`; 0 for a page of a picture file."""
    x: float
    y: float
