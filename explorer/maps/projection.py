"""Embeddings to coordinates on a map, and places on a map that is already drawn.

The layout is UMAP (McInnes, Healy, Melville 2018, arXiv:1802.03426) over exact cosine neighbours. The
neighbours come from a matrix product and the fuzzy graph from numpy, so that of umap-learn only the
optimisation of the layout has to be compiled. It starts from the principal components, which keeps what
is far apart far apart and makes the picture repeatable (Kobak & Linderman 2021,
doi:10.1038/s41587-020-00809-z).

`project` is for a process of its own (`python -m explorer.maps`): umap-learn must never run in a thread of
the app. All the rest is numpy and safe anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from explorer.arrays import Floats, Integers, Mask

UMAP_NEIGHBOURS = 15
"""UMAP's own default: small enough to show local groups, large enough to hold them together."""
FEW = 16
"""Below this many different vectors a projection onto the principal axes says more than UMAP does."""
SAMPLE = 20_000
"""At most this many different vectors are laid out by UMAP; the rest is placed among them."""
EXTENT = 10.0
"""Coordinates are centred and reach at most this far from the middle."""
_RATE_AGAIN = 0.5
"""How far UMAP may move a point of an earlier map at first, where a new one may go 1."""
_SEED = 42
_BLOCK = 1_024

OnFraction = Callable[[float], None]


def project(
    vectors: ArrayLike,
    dimensions: int = 2,
    *,
    sample: int = SAMPLE,
    start: Floats | None = None,
    on_progress: OnFraction | None = None,
) -> Floats:
    """Coordinates for `vectors`: (n, d) in, (n, dimensions) float32 out, within ±EXTENT.

    Near in meaning is near on the map; lengths are ignored (cosine). Equal input gives equal output.
    Equal vectors stand beside each other in a small disc, so that each can be seen and caught. More than
    `sample` different vectors: a random sample is laid out, the others are placed by their neighbours.
    `start` (n, dimensions): where each stood on an earlier map; this one is drawn from there and turned to
    it, so that people find again what they know. `on_progress` is called with the share done, 0 to 1; what
    it raises ends the work.
    """
    report = on_progress or (lambda _: None)
    units = unit(vectors)
    if not len(units):
        return np.zeros((0, dimensions), np.float32)
    group = same(units)
    first = np.unique(group, return_index=True)[1]
    known = None if start is None else start[first]
    xy = _lay_out(units[first], dimensions, sample, report, known)
    xy = _fit(drawn_in(xy if known is None else turned(xy, known)))
    return _fit(_spread_equal(xy, group)) if len(first) < len(units) else xy


def same(vectors: ArrayLike) -> Integers:
    """The number (n,) of each row's value in `vectors` (n, d): 0 for the first, 1 for the next new one."""
    numbers: dict[bytes, int] = {}
    rows = np.ascontiguousarray(vectors, np.float32)
    return np.array([numbers.setdefault(row.tobytes(), len(numbers)) for row in rows], np.int64)


def unit(vectors: ArrayLike) -> Floats:
    """Rows of `vectors` (n, d) scaled to length 1; a row of zeros or of no numbers stays zero."""
    rows = np.nan_to_num(np.asarray(vectors, np.float32), posinf=0.0, neginf=0.0)
    if rows.ndim != 2:
        rows = rows.reshape(len(rows), -1)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)


def neighbours(
    units: Floats, k: int, among: Floats | None = None, on_progress: OnFraction | None = None
) -> tuple[Integers, Floats]:
    """The k rows of `among` (default: of `units` itself, each row first) most similar to each unit row.

    Returns their indices (n, k) and cosine similarities (n, k), most similar first. Exact, by blocks of a
    matrix product: memory is a block times `len(among)`.
    """
    own = among is None
    base = units if among is None else among
    k = min(k, len(base))
    index = np.empty((len(units), k), np.int64)
    similarity = np.empty((len(units), k), np.float32)
    for start in range(0, len(units), _BLOCK):
        scores = units[start : start + _BLOCK] @ base.T
        rows = np.arange(len(scores))
        if own:
            scores[rows, start + rows] = 2.0  # itself before any twin
        best = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        found = np.take_along_axis(scores, best, axis=1)
        order = np.lexsort((best, -found))
        index[start : start + _BLOCK] = np.take_along_axis(best, order, axis=1)
        similarity[start : start + _BLOCK] = np.take_along_axis(found, order, axis=1)
        if on_progress is not None:
            on_progress(min(1.0, (start + _BLOCK) / len(units)))
    return index, np.minimum(similarity, 1.0)


def place(xy: ArrayLike, similarity: ArrayLike) -> Floats:
    """Where something stands whose nearest points are known.

    `xy` (k, dimensions) are their coordinates and `similarity` (k,) their cosine similarities; or, for m
    things at once, (m, k, dimensions) and (m, k). Returns (dimensions,) or (m, dimensions).

    Neighbours weigh by similarity, and only those count that stand together: the mean of two far-apart
    groups would be a place where nothing is. One step of mean shift from the best supported neighbour.
    """
    points = np.asarray(xy, np.float32)
    scores = np.asarray(similarity, np.float32)
    single = points.ndim == 2
    if single:
        points, scores = points[None], scores[None]
    if points.shape[1] == 0:
        raise ValueError("a place needs at least one neighbour")
    weights = np.exp((scores - scores.max(axis=1, keepdims=True)) / 0.05)
    gaps = ((points[:, :, None] - points[:, None]) ** 2).sum(-1)
    together = np.exp(-gaps / (2 * (0.05 * EXTENT) ** 2))
    support = (together * weights[:, None]).sum(-1) * weights
    best = support.argmax(axis=1)
    share = weights * together[np.arange(len(points)), best]
    placed = ((points * share[:, :, None]).sum(1) / share.sum(1)[:, None]).astype(np.float32)
    result: Floats = placed[0] if single else placed
    return result


def inside(xy: ArrayLike, polygon: ArrayLike) -> Mask:
    """Which points (n, 2) lie in the polygon (corners (m, 2), closed by itself): (n,) bool.

    Even-odd rule. Fewer than three corners hold nothing; a point or corner that is no number is outside.
    """
    points = np.asarray(xy, np.float64).reshape(-1, 2)
    corners = np.asarray(polygon, np.float64).reshape(-1, 2)
    hit = np.zeros(len(points), bool)
    if len(corners) < 3 or not np.isfinite(corners).all():
        return hit
    near = np.flatnonzero(((points >= corners.min(0)) & (points <= corners.max(0))).all(1))
    x, y = points[near, 0], points[near, 1]
    odd = np.zeros(len(near), bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > y) != (y2 > y)
        odd ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    hit[near] = odd
    return hit


def thin(xy: Floats, groups: Integers, limit: int) -> Integers:
    """Indices (sorted) of at most `limit` points that keep each group's share and shape.

    In every group the points are taken cell by cell of a fine grid, so that edges and thin arms survive
    where a random sample would lose them. A group keeps at least one point where `limit` allows.
    """
    if len(xy) <= limit:
        return np.arange(len(xy))
    low, high = xy.min(0), xy.max(0)
    cells = np.floor((xy - low) / np.maximum(high - low, 1e-9) * 128).astype(np.int64)
    cell = (cells * 129 ** np.arange(cells.shape[1])).sum(1)
    random = np.random.default_rng(_SEED)
    shuffled = random.permutation(len(xy))
    # Round r holds the r-th point of every cell: early rounds cover the shape, later ones the density.
    key = shuffled[np.lexsort((cell[shuffled], groups[shuffled]))]
    fresh = np.r_[True, (groups[key][1:] != groups[key][:-1]) | (cell[key][1:] != cell[key][:-1])]
    starts = np.flatnonzero(fresh)
    turn = np.arange(len(key)) - np.repeat(starts, np.diff(np.r_[starts, len(key)]))
    by_group = key[np.lexsort((random.random(len(key)), turn, groups[key]))]
    _, first, counts = np.unique(groups[by_group], return_index=True, return_counts=True)
    position = np.arange(len(by_group)) - np.repeat(first, counts)
    size = np.repeat(counts, counts)
    # The point at share p of its group comes at p of the whole; each group's first point comes at 0.
    chosen = np.argsort(position / size, kind="stable")[:limit]
    return np.sort(by_group[chosen])


def drawn_in(xy: Floats) -> Floats:
    """`xy` (n, dimensions) with what lies far off drawn nearer, each in its direction: how far an outlier
    lies says little, and it would leave half of the picture to itself."""
    middle = np.median(xy, axis=0)
    radius = np.linalg.norm(xy - middle, axis=1)
    reach = 1.3 * float(np.quantile(radius, 0.9))
    far = radius > reach
    if reach <= 0 or not far.any():
        return xy
    share = np.ones(len(xy))
    share[far] = reach * (1 + 0.2 * np.log(radius[far] / reach)) / radius[far]
    result: Floats = (middle + (xy - middle) * share[:, None]).astype(np.float32)
    return result


def turned(xy: Floats, like: Floats) -> Floats:
    """`xy` (n, dimensions) moved, turned and mirrored, not stretched, to lie as near to `like` as can be.

    Orthogonal Procrustes (Schönemann 1966, doi:10.1007/BF02289451).
    """
    middle, other = xy.mean(0), like.mean(0)
    left, _, right = np.linalg.svd((xy - middle).astype(np.float64).T @ (like - other).astype(np.float64))
    result: Floats = ((xy - middle) @ (left @ right) + other).astype(np.float32)
    return result


def _lay_out(units: Floats, dimensions: int, sample: int, report: OnFraction, known: Floats | None) -> Floats:
    """Coordinates (n, dimensions) of different unit vectors, in no particular scale."""
    if len(units) < FEW:
        return _principal(units, dimensions)
    if len(units) <= sample:
        return _umap(units, dimensions, report, known)
    picked = np.sort(np.random.default_rng(_SEED).choice(len(units), sample, replace=False))
    rest = np.setdiff1d(np.arange(len(units)), picked)
    before = None if known is None else known[picked]
    drawn = _fit(_umap(units[picked], dimensions, lambda share: report(0.7 * share), before))
    xy = np.empty((len(units), dimensions), np.float32)
    xy[picked] = drawn
    near, similarity = neighbours(units[rest], 8, units[picked], lambda share: report(0.7 + 0.3 * share))
    for start in range(0, len(rest), _BLOCK):
        part = slice(start, start + _BLOCK)
        xy[rest[part]] = place(drawn[near[part]], similarity[part])
    return xy


def _umap(units: Floats, dimensions: int, report: OnFraction, known: Floats | None) -> Floats:
    from umap.umap_ import (  # type: ignore[import-untyped]
        find_ab_params,
        simplicial_set_embedding,
    )

    # In a small library fifteen neighbours would tie every document to every other one.
    count = min(UMAP_NEIGHBOURS, max(5, len(units) // 5))
    index, similarity = neighbours(units, count, on_progress=lambda share: report(0.3 * share))
    graph = fuzzy_graph(index, np.maximum(1.0 - similarity, 0.0))
    start = _principal(units, dimensions) if known is None else known
    start = start / (np.abs(start).max() or 1.0) * 10
    a, b = find_ab_params(1.0, 0.1)
    epochs = 400 if len(units) <= 10_000 else 200
    rate = 1.0 if known is None else _RATE_AGAIN
    xy, _ = simplicial_set_embedding(
        units, graph, dimensions, rate, a, b, 1.0, 5, epochs, start.astype(np.float32),
        np.random.RandomState(_SEED), "cosine", {}, False, {}, False, parallel=False,
        tqdm_kwds=_epochs_as_progress(epochs, lambda share: report(0.3 + 0.7 * share)),
    )  # fmt: skip
    result: Floats = np.nan_to_num(np.asarray(xy, np.float32))
    return result


def _epochs_as_progress(epochs: int, report: OnFraction) -> dict[str, Any]:
    """Settings for the progress bar of umap-learn that turn what it prints into calls of `report`."""

    class Counter:
        def write(self, text: str) -> None:
            digits = text.strip("\r\n ")
            if digits.isdigit():
                report(min(1.0, int(digits) / epochs))

        def flush(self) -> None:
            """Nothing is held back."""

    return {"disable": False, "file": Counter(), "bar_format": "{n}", "mininterval": 0.25, "miniters": 1}


def fuzzy_graph(index: Integers, distance: Floats) -> Any:
    """UMAP's weighted neighbour graph, as a scipy COO matrix (n, n).

    `index` and `distance` (n, k) are nearest neighbours, itself first. Section 3.1 of the paper: distances
    beyond the nearest one decay at a rate that gives every point log2(k) neighbours' worth of weight, and
    the two directions are joined by probabilistic union.
    """
    import scipy.sparse  # type: ignore[import-untyped]

    n, k = index.shape
    positive = np.where(distance > 0, distance, np.inf)
    nearest = positive.min(axis=1)
    nearest[~np.isfinite(nearest)] = 0.0
    beyond = np.maximum(distance - nearest[:, None], 0.0).astype(np.float64)
    low, high, rate = np.zeros(n), np.full(n, np.inf), np.ones(n)
    for _ in range(64):
        weight = np.exp(-beyond[:, 1:] / rate[:, None]).sum(1)
        heavy = weight > np.log2(k)
        high = np.where(heavy, rate, high)
        low = np.where(heavy, low, rate)
        rate = np.where(np.isfinite(high), (low + high) / 2, rate * 2)
        rate = np.minimum(rate, 1e12)
    floor = np.where(nearest > 0, distance.mean(1), distance.mean())
    rate = np.maximum(rate, np.maximum(1e-3 * floor, 1e-12))
    strength = np.exp(-beyond / rate[:, None])
    strength[index == np.arange(n)[:, None]] = 0.0
    rows = np.repeat(np.arange(n), k)
    directed = scipy.sparse.csr_matrix((strength.ravel(), (rows, index.ravel())), shape=(n, n))
    reverse = directed.T.tocsr()
    union = directed + reverse - directed.multiply(reverse)
    union.eliminate_zeros()
    return union.tocoo().astype(np.float32)


def _principal(units: Floats, dimensions: int) -> Floats:
    """The first principal components (n, dimensions), missing ones 0; each axis points one fixed way."""
    centred = units.astype(np.float64) - units.mean(0, dtype=np.float64)
    if len(units) <= units.shape[1]:
        values, vectors = np.linalg.eigh(centred @ centred.T)
        scores = vectors * np.sqrt(np.maximum(values, 0.0))
    else:
        scores = centred @ np.linalg.eigh(centred.T @ centred)[1]
    xy = np.zeros((len(units), dimensions))
    found = scores[:, ::-1][:, :dimensions]
    xy[:, : found.shape[1]] = found
    strongest = np.abs(xy).argmax(axis=0)
    xy *= np.where(xy[strongest, np.arange(dimensions)] < 0, -1.0, 1.0)
    return xy.astype(np.float32)


def _fit(xy: Floats) -> Floats:
    """Centred, and scaled so that the farthest coordinate is EXTENT from the middle."""
    centred = xy - (xy.max(0) + xy.min(0)) / 2
    reach = float(np.abs(centred).max()) if len(centred) else 0.0
    fitted: Floats = (centred * (EXTENT / reach) if reach > 0 else centred).astype(np.float32)
    return fitted


def _spread_equal(xy: Floats, group: Integers) -> Floats:
    """Coordinates for every point from those of its group; members stand in a disc like sunflower seeds."""
    counts = np.bincount(group)
    order = np.argsort(group, kind="stable")
    turn = np.empty(len(group), np.int64)
    turn[order] = np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)
    size = 0.004 * EXTENT if len(xy) > 1 else EXTENT
    radius = size * np.sqrt(turn)
    angle = turn * (np.pi * (3 - np.sqrt(5)))
    spread = xy[group].astype(np.float64)
    spread[:, 0] += radius * np.cos(angle)
    spread[:, 1] += radius * np.sin(angle)
    return spread.astype(np.float32)
