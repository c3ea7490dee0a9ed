"""What the colours of the map say: the subject, document, kind, tag or date of each passage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ui import facets
from ui.map import palette
from ui.map.component import MapGroup
from ui.wording import count, day, figure, flat, month

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from explorer.types import Document
    from ui.map.subjects import Subjects

By = Literal["clusters", "documents", "kinds", "tags", "dates"]
NAMES: dict[By, str] = {
    "clusters": "subject",
    "documents": "document",
    "kinds": "kind",
    "tags": "tag",
    "dates": "date",
}
"""What can be coloured, and what one of it is called."""
LISTED = 200
"""Most entries of the list beside the map: the largest, where there are more."""
_NONE = {"kinds": "No kind", "tags": "No tag"}
_SEVERAL = "A passage with several tags has the colour of the one that the fewest passages have."


@dataclass(frozen=True, slots=True, eq=False)
class Dates:
    """The continuous scale of a map that is coloured by date."""

    shades: tuple[int, ...]
    """Of each document, the step of `palette.SHADES`; -1 where it has no date."""
    first: str
    last: str
    """The days at its ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Colouring:
    """The colours of one map."""

    by: By
    title: str
    """How many entries the list has: "7 subjects"."""
    groups: list[MapGroup]
    """The list beside the map. An id below 0: what belongs to no group."""
    of: NDArray[np.int64] | None
    """The group of each document; None where subjects are coloured, for which each passage has its own."""
    note: str = ""
    """What the list does not say by itself."""
    dates: Dates | None = None


def colouring(
    subjects: Subjects, by: By, documents: Sequence[Document | None], index: NDArray[Any]
) -> Colouring:
    """The colours of a map. `index` (n,) says which of `documents` each point is of, -1 for none."""
    if by == "clusters":
        return _subjects(subjects)
    points = np.bincount(index[index >= 0], minlength=len(documents))
    if by == "documents":
        return _documents(documents, points)
    if by == "dates":
        return _dates([one.date if one else None for one in documents], points)
    if by == "kinds":
        kinds = [one.kind if one else None for one in documents]
        return _grouped(by, kinds, points)
    tags, has_several = _rarest([one.tags if one else () for one in documents], points)
    return _grouped(by, tags, points, _SEVERAL if has_several else "")


def _subjects(subjects: Subjects) -> Colouring:
    groups = subjects.coarse
    title = count(len(groups), "subject")
    alone = [MapGroup(-1, "Unclustered", subjects.rest, palette.GREY)] if subjects.rest else []
    return Colouring("clusters", title, [*groups, *alone], None)


def _documents(documents: Sequence[Document | None], points: NDArray[Any]) -> Colouring:
    order = [int(row) for row in np.argsort(-points, kind="stable") if points[row]]
    groups = [
        MapGroup(row, one.name, int(points[row]), _ranked(rank))
        for rank, row in enumerate(order[:LISTED])
        if (one := documents[row]) is not None
    ]
    title = count(len(order), "document")
    return Colouring("documents", title, groups, np.arange(len(documents)), _left_grey(len(order)))


def _grouped(by: By, values: Sequence[Hashable], points: NDArray[Any], note: str = "") -> Colouring:
    """Groups of documents by a value, the one with the most points first; None is no value."""

    def name(value: Hashable) -> str:
        return flat(facets.label(by, value))

    sizes: Counter[Hashable] = Counter()
    for value, size in zip(values, points.tolist(), strict=True):
        sizes[value] += size
    rest = sizes.pop(None, 0)
    order = sorted((value for value in sizes if sizes[value]), key=lambda value: (-sizes[value], name(value)))
    number = {value: rank for rank, value in enumerate(order)}
    groups = [
        MapGroup(rank, name(value), sizes[value], _ranked(rank)) for rank, value in enumerate(order[:LISTED])
    ]
    if rest:
        groups.append(MapGroup(-1, _NONE[by], rest, palette.GREY))
    of = np.array([number.get(value, -1) for value in values], np.int64)
    said = " ".join(part for part in (_left_grey(len(order)), note) if part)
    return Colouring(by, count(len(order), NAMES[by]), groups, of, said)


def _rarest(tags: Sequence[Sequence[str]], points: NDArray[Any]) -> tuple[list[str | None], bool]:
    """The tag of each document that says most of it, which is the one with the fewest points; and whether one
    has several."""
    sizes: Counter[str] = Counter()
    for given, size in zip(tags, points.tolist(), strict=True):
        sizes.update(dict.fromkeys(given, size))
    chosen = [min(given, key=lambda tag: (sizes[tag], tag), default=None) for given in tags]
    return chosen, any(len(given) > 1 for given in tags)


def _dates(given: Sequence[date | None], points: NDArray[Any]) -> Colouring:
    """Each document by its own date on the scale, listed by year, or by month where all are of one year."""
    dates = [when if size else None for when, size in zip(given, points.tolist(), strict=True)]
    known = [when for when in dates if when is not None]
    undated = int(points.sum()) - int(sum(points[row] for row, when in enumerate(dates) if when))
    rest = [MapGroup(-1, "No date", undated, palette.GREY)] if undated else []
    if not known:
        none = np.full(len(dates), -1)
        return Colouring("dates", "No dates", rest, none, "No document here has a date of its own.")
    first, last = min(known), max(known)

    def step(when: date) -> int:
        share = (when - first).days / max((last - first).days, 1)
        return round(share * (len(palette.SHADES) - 1))

    by_year = first.year != last.year
    periods = [-1 if when is None else when.year * 12 + (0 if by_year else when.month - 1) for when in dates]
    of, groups = np.array(periods, np.int64), []
    for number in sorted({number for number in periods if number >= 0}):
        inside = sorted(when for when, own in zip(dates, periods, strict=True) if own == number and when)
        middle = inside[len(inside) // 2]
        name = str(middle.year) if by_year else month(middle)
        groups.append(MapGroup(number, name, int(points[of == number].sum()), palette.SHADES[step(middle)]))
    title = count(len(groups), "year" if by_year else "month")
    shades = tuple(-1 if when is None else step(when) for when in dates)
    return Colouring("dates", title, [*groups, *rest], of, dates=Dates(shades, day(first), day(last)))


def _ranked(rank: int) -> str:
    """The colour of the largest groups; the others are grey, for a colour that comes twice tells nothing."""
    return palette.colour(rank if rank < len(palette.CATEGORIES) else -1)


def _left_grey(number: int) -> str:
    coloured = len(palette.CATEGORIES)
    if number <= coloured:
        return ""
    said = f"The {figure(coloured)} largest have colours; the other {figure(number - coloured)} are grey."
    return f"{said} The largest {figure(LISTED)} are listed." if number > LISTED else said
