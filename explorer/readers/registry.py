"""Look-ups in the table of formats: which one a file is in, what the picker, docs and messages say.

A format is found by content; the extension only settles what content cannot tell (Markdown is plain text).
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from pathlib import Path

from explorer.errors import ReadError
from explorer.readers.detection import refusals, sniffing
from explorer.readers.detection.order import ORDER
from explorer.readers.detection.sample import BYTES, Sample
from explorer.readers.format import Format, PictureTaker
from explorer.readers.known_formats import FORMATS
from explorer.readers.reading import shown

HEAD_BYTES = BYTES
"""How much of a file is looked at to find out its format."""


def find(name: str) -> Format:
    """The format called `name`. Raises KeyError, which lists the names that there are."""
    for each in FORMATS:
        if each.name == name:
            return each
    raise KeyError(f"no format {name!r}; there are {', '.join(each.name for each in FORMATS)}")


def short_label(name: str) -> str:
    """What people call one document of a format, in a word or two: "Excel". Raises KeyError."""
    found = find(name)
    return found.short or found.label


def is_archive(name: str) -> bool:
    """Whether files of this format hold other files and are no documents themselves."""
    return any(each.archive for each in FORMATS if each.name == name)


def has_images(name: str) -> bool:
    """Whether pages of documents of this format can be drawn; False for a format that is no longer known."""
    return any(each.draw is not None for each in FORMATS if each.name == name)


def picture_taker(found: Format) -> PictureTaker | None:
    """What takes pictures out of files of a format again; None where they have none.

    It is called `picture` and stands beside the format's reader, which wrote down where each picture is.
    Imports the reader, so in a child only.
    """
    return getattr(importlib.import_module(found.load().__module__), "picture", None)


def extensions() -> tuple[str, ...]:
    """All extensions, with their dots, for a file picker or to choose files of a folder."""
    return tuple(extension for each in FORMATS for extension in each.extensions)


def labels() -> str:
    """What can be read, to end a sentence with: "PDF, Word, Excel, web pages and text"."""
    return _listed(list(dict.fromkeys(each.family for each in FORMATS)))


def in_order() -> list[Format]:
    """The formats as they are tried: see `detection/order.py`."""
    places = {rank.name: float(place) for place, rank in enumerate(ORDER)}
    place = float(len(ORDER))
    for each in reversed(FORMATS):
        place = places.setdefault(each.name, place - 0.001)
    return sorted(FORMATS, key=lambda each: places[each.name])


def detect(path: Path, name: str) -> Format:
    """The format of a file, by its content.

    Raises ReadError for an empty file, an unknown format, or one that cannot be read, naming those that can.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise ReadError(f"{shown(name)} could not be opened: {error.strerror or error}.") from error
    if not head:
        raise ReadError(f"{shown(name)} is empty.")
    sample = Sample(path, name, head)
    for each in in_order():
        if each.matches(sample):
            return each
    what = refusals.what(sample)
    if what and what.startswith("a damaged"):
        raise ReadError(f"{shown(name)} could not be read: it is {what}.")
    said = f"is {what}, which cannot be read" if what else "is not in a format that can be read"
    raise ReadError(f"{shown(name)} {said}. Formats that can be read: {labels()}.")


def is_readable(name: str, head: bytes) -> bool:
    """Whether a file within a file may be in one of the formats, by its first `HEAD_BYTES`.

    A file that is a zip or an old Office file counts as readable: its head alone does not tell.
    """
    if head.startswith((b"PK", sniffing.OLE)):
        return True
    sample = Sample(Path(os.devnull), name, head)
    return any(each.matches(sample) for each in FORMATS)


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
