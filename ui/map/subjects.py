"""The subjects of a map as its page lists and names them: two levels, the largest first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from ui.map import palette
from ui.map.component import MapGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from explorer.types import Atlas, Cluster

PARTS = 20
"""Most finer subjects that are listed under one, the largest (a map that is drawn here has eight at most)."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """The subjects of a map."""

    coarse: list[MapGroup]
    """In colours of their own, each with its finer ones where it has more than one."""
    finer: list[MapGroup]
    """In the colours of those that they are parts of; none on a map of one level."""
    rest: int
    """Points that are of no subject."""


def subjects(atlas: Atlas) -> Subjects:
    """Those of a map."""
    below: defaultdict[int | None, list[MapGroup]] = defaultdict(list)
    if atlas.finer_ids is not None:
        for one, rows in _members(atlas.finer, atlas.finer_ids):
            group = _group(one, rows, atlas.xy, -1 if one.parent is None else one.parent)
            below[one.parent].append(group)
    coarse = [
        _group(one, rows, atlas.xy, one.id, tuple(below[one.id][:PARTS]) if len(below[one.id]) > 1 else ())
        for one, rows in _members(atlas.clusters, atlas.cluster_ids)
    ]
    finer = sorted(chain(*below.values()), key=lambda group: -group.size)
    return Subjects(coarse, finer, int((atlas.cluster_ids < 0).sum()))


def _members(clusters: Sequence[Cluster], of: NDArray[np.int64]) -> list[tuple[Cluster, NDArray[np.intp]]]:
    """Clusters, the largest first, with the rows of their points: found in one pass over all of them."""
    order = np.argsort(of, kind="stable")
    ends = np.searchsorted(of[order], [[one.id, one.id + 1] for one in clusters])
    rows = [order[start:end] for start, end in ends]
    return sorted(zip(clusters, rows, strict=True), key=lambda pair: -pair[0].size)


def _group(
    one: Cluster,
    rows: NDArray[np.intp],
    xy: NDArray[np.float32],
    coloured: int,
    parts: tuple[MapGroup, ...] = (),
) -> MapGroup:
    points = xy[rows, :2]
    low, high = points.min(0), points.max(0)
    return MapGroup(
        one.id,
        one.label,
        one.size,
        palette.colour(coloured),
        _middle(points),
        _own_name(one),
        one.parent,
        (float(low[0]), float(high[0]), float(low[1]), float(high[1])),
        parts,
    )


def _own_name(one: Cluster) -> str:
    """What a subject is called by its own words, where a person chose another name; else ""."""
    return (one.own or f"Subject {one.id + 1}") if one.is_renamed else ""


def _middle(points: NDArray[np.float32]) -> tuple[float, float]:
    """The point of a group nearest to its median: inside it, whatever its shape."""
    gaps = ((points - np.median(points, axis=0)) ** 2).sum(1)
    x, y = points[int(gaps.argmin())]
    return float(x), float(y)
