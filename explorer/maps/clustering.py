"""Points of a map to clusters: Ward's method on the coordinates, cut where the groups stand apart best.

Why on the coordinates: what a person sees as one group must be one cluster. Measured on 4,000 AG News texts
with four topics (homogeneity at equal numbers of clusters and nothing left out): Ward on the map .68 at 20,
k-means on the map .68, k-means on the embeddings .63, HDBSCAN on the map .67 once its 35 % of noise is handed
to the nearest core; Ward's clusters hold together best (98 % of a point's nearest neighbours share its
cluster; HDBSCAN 96 %, k-means on the embeddings 66 %). `evoc` finds purer cores (.70 at 9) and
leaves 13 to 45 % out, and its first run compiles for 90 seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from explorer.arrays import Floats, Integers

UNCLUSTERED = -1
TREE = 6_000
"""The tree is built from at most this many points; the others join the cluster of the nearest of these."""
_JUDGED = 2_000
_PART = 12
"""A finer group for so many points of a cluster, at most."""
_PARTS = 8
"""Finer groups of a cluster, at most."""
_SEED = 42


def cluster(xy: Floats, same: Integers | None = None) -> Integers:
    """A cluster for every point of `xy` (n, dimensions): (n,), 0 for the largest and up, -1 unclustered.

    2 to 6 clusters for 20 points, 8 to 24 for 5,000, 30 for 15,000. Fewer than six points, or points
    that are all one place, are one cluster. Only scattered splinters too small to be a subject stay out.
    Equal input gives equal output. `same` (n,) numbers what the points are (`projection.same`): points of one
    number share a cluster, and count as one point when the number of clusters is chosen.
    """
    if same is not None:
        first = np.unique(same, return_index=True)[1]
        return _tidied(cluster(xy[first])[same], splinters=False)
    if len(xy) == 0:
        return np.zeros(0, np.int64)
    most = most_clusters(len(xy))
    if most < 2 or np.ptp(xy, axis=0).max() <= 0:
        return np.zeros(len(xy), np.int64)
    picked = np.arange(len(xy))
    if len(xy) > TREE:
        picked = np.sort(np.random.default_rng(_SEED).choice(len(xy), TREE, replace=False))
    labels = _best_cut(xy[picked], fewest_clusters(len(xy)), most)
    if len(picked) < len(xy):
        labels = _nearest(xy[picked], labels, xy)
    return _tidied(labels)


def finer(xy: Floats, cluster_ids: Integers, same: Integers | None = None) -> Integers:
    """A finer group for every point of `xy` (n, dimensions), within the clusters `cluster_ids` (n,): (n,), -1
    where there is no cluster. A cluster that is too small has one. `same`: see `cluster`."""
    if same is not None:
        first = np.unique(same, return_index=True)[1]
        return finer(xy[first], cluster_ids[first])[same]
    result = np.full(len(xy), UNCLUSTERED, np.int64)
    for cluster_id in (int(number) for number in np.unique(cluster_ids) if number >= 0):
        rows = np.flatnonzero(cluster_ids == cluster_id)
        parts = np.zeros(len(rows), np.int64)
        most = min(_PARTS, len(rows) // _PART)
        if most >= 2 and np.ptp(xy[rows], axis=0).max() > 0:
            picked = rows
            if len(rows) > _JUDGED:
                picked = np.sort(np.random.default_rng(_SEED).choice(rows, _JUDGED, replace=False))
            cut = _best_cut(xy[picked], min(3, most), most)
            parts = cut if len(picked) == len(rows) else _nearest(xy[picked], cut, xy[rows])
        parts = np.unique(parts, return_inverse=True)[1].reshape(-1)
        result[rows] = parts + result.max() + 1
    return result


def _nearest(xy: Floats, labels: Integers, others: Floats) -> Integers:
    """For each of `others` (m, dimensions) the label of the nearest point of `xy` (n, dimensions)."""
    from scipy.spatial import cKDTree  # type: ignore[import-untyped]

    found: Integers = labels[cKDTree(xy).query(others)[1]]
    return found


def fewest_clusters(n: int) -> int:
    """The least number of clusters worth showing for n points: 2 at 20, 8 at 5,000."""
    return max(2, round(float(n**0.25)))


def most_clusters(n: int) -> int:
    """The largest number of clusters for n points that a legend bears: 3 at 10, 8 at 35, 24 at 5,000."""
    return 1 if n < 6 else min(n // 3, round(float(4 * n**0.21)))


def _best_cut(xy: Floats, fewest: int, most: int) -> Integers:
    """Clusters of one Ward tree, cut at the number (fewest to most) with the best mean silhouette."""
    from scipy.cluster.hierarchy import cut_tree, linkage  # type: ignore[import-untyped]

    _, first, inverse = np.unique(xy, axis=0, return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    different = xy[first].astype(np.float64)
    most = min(most, len(different))
    if most < 2:
        return np.zeros(len(xy), np.int64)
    tree = linkage(different, "ward")
    numbers = list(range(min(fewest, most), most + 1))
    cuts = cut_tree(tree, numbers)
    judged = np.arange(len(different))
    if len(judged) > _JUDGED:
        judged = np.sort(np.random.default_rng(_SEED).choice(len(different), _JUDGED, replace=False))
    gaps = _distances(different[judged])
    scores = [_silhouette(gaps, cuts[judged, column]) for column in range(len(numbers))]
    best: Integers = cuts[:, int(np.argmax(scores))].astype(np.int64)
    return best[inverse]


def _distances(points: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = (points**2).sum(1)
    gaps: NDArray[np.float64] = np.sqrt(
        np.maximum(squares[:, None] + squares[None] - 2 * points @ points.T, 0.0)
    )
    return gaps


def _silhouette(gaps: NDArray[np.float64], labels: Integers) -> float:
    """Mean silhouette (Rousseeuw 1987) of points with pairwise distances `gaps`; 0 for one cluster."""
    _, labels, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if len(counts) < 2:
        return 0.0
    member = np.zeros((len(labels), len(counts)))
    member[np.arange(len(labels)), labels] = 1.0
    sums = gaps @ member
    own = np.arange(len(labels)), labels
    inner = sums[own] / np.maximum(counts[labels] - 1, 1)
    means = sums / counts
    means[own] = np.inf
    outer = means.min(1)
    score = np.where(counts[labels] > 1, (outer - inner) / np.maximum(np.maximum(outer, inner), 1e-12), 0.0)
    return float(score.mean())


def _tidied(labels: Integers, splinters: bool = True) -> Integers:
    """Numbers by size, largest first; from 60 points on, a splinter below 0.2 % or of two is none."""
    numbers, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    least = max(3, len(labels) // 500) if splinters and len(labels) >= 60 else 1
    splinter = (counts < least) | (numbers < 0)
    order = np.lexsort((numbers, -counts))
    order = order[~splinter[order]]
    renamed = np.full(len(numbers), UNCLUSTERED, np.int64)
    renamed[order] = np.arange(len(order))
    result: Integers = renamed[inverse.reshape(-1)]
    return result
