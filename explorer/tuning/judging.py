"""Whether a trained model finds better than the one it was made from, on documents that it never saw.

Documents, not questions, are what the interval draws anew: questions of one document succeed and fail
together. The interval is the expanded percentile one (Hesterberg: What Teachers Should Know About the
Bootstrap, 2015), since that of plain percentiles is too narrow for few documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from explorer.tuning.pairs import Pair, plain
from explorer.tuning.results import Compared

if TYPE_CHECKING:
    from explorer.arrays import Vectors
    from explorer.embedding import EmbeddingModel

_AT = 10
_SAMPLES = 5_000
_RISK = 0.05
_BATCH = 32


def confidence(number: int) -> float:
    """Of the intervals of a library's `number`-th trial, counted from 1: .975, .992, .996 …

    Who tries often enough finds something by chance. The risks of all trials together stay below 5 %, since
    1/2 + 1/6 + 1/12 + … is 1 (Bonferroni, with a share of 1/(n(n+1)) for the n-th).
    """
    return 1 - _RISK / (number * (number + 1))


def reciprocal_ranks(
    model: EmbeddingModel, pairs: Sequence[Pair], on_done: Callable[[int, int], None] = lambda _d, _a: None
) -> list[float]:
    """For each pair 1 / the rank of the first passage that is paired with its question, among all passages of
    `pairs`; 0 beyond the tenth. Raises ModelError."""
    import numpy as np

    passages = list(dict.fromkeys(pair.passage for pair in pairs))
    queries = list(dict.fromkeys(pair.query for pair in pairs))
    whole = len(passages) + len(queries)
    rows = []
    for start in range(0, len(passages), _BATCH):
        rows.append(model.encode(passages[start : start + _BATCH]))
        on_done(min(start + _BATCH, len(passages)), whole)
    matrix = np.concatenate(rows)
    row_of = {passage: row for row, passage in enumerate(passages)}
    right: dict[str, set[int]] = defaultdict(set)
    for pair in pairs:
        right[plain(pair.query)].add(row_of[pair.passage])
    found = {}
    for number, query in enumerate(queries, 1):
        found[query] = _reciprocal(matrix, model.encode_query(query), right[plain(query)], row_of.get(query))
        on_done(len(passages) + number, whole)
    return [found[pair.query] for pair in pairs]


def _reciprocal(matrix: Vectors, query: Vectors, right: set[int], itself: int | None) -> float:
    import numpy as np

    scores = matrix @ query
    if itself is not None:  # a passage asks for its neighbour, not for itself
        scores[itself] = -np.inf
    best = np.argsort(-scores, kind="stable")[:_AT]
    return next((1 / rank for rank, row in enumerate(best.tolist(), 1) if row in right), 0.0)


def compare(
    pairs: Sequence[Pair], before: Sequence[float], after: Sequence[float], level: float
) -> tuple[Compared, ...]:
    """The figures of all pairs, then of each kind, with intervals of that confidence.

    `before` and `after` belong to `pairs`, one by one.
    """
    kinds = sorted({pair.kind for pair in pairs})
    found = [_compared("all", pairs, before, after, level)]
    if len(kinds) > 1:
        for kind in kinds:
            at = [number for number, pair in enumerate(pairs) if pair.kind == kind]
            old, new = ([values[number] for number in at] for values in (before, after))
            found.append(_compared(kind, [pairs[number] for number in at], old, new, level))
    return tuple(found)


def _compared(
    kind: str, pairs: Sequence[Pair], before: Sequence[float], after: Sequence[float], level: float
) -> Compared:
    old, new = (_by_document(pairs, values) for values in (before, after))
    low, high = interval([new[name] - old[name] for name in sorted(old)], level)
    means = [sum(values.values()) / len(values) for values in (old, new)]
    return Compared(kind, means[0], means[1], low, high, len(pairs), len(old))


def _by_document(pairs: Sequence[Pair], values: Sequence[float]) -> Mapping[str, float]:
    """The mean of each document."""
    of: dict[str, list[float]] = defaultdict(list)
    for pair, value in zip(pairs, values, strict=True):
        of[pair.document_id].append(value)
    return {name: sum(ones) / len(ones) for name, ones in of.items()}


def interval(differences: Sequence[float], level: float) -> tuple[float, float]:
    """The expanded percentile interval of the mean; always the same for the same values. One value alone says
    nothing: its interval has no bounds."""
    import numpy as np
    from scipy import stats  # type: ignore[import-untyped]

    count = len(differences)
    if count < 2:
        return -float("inf"), float("inf")
    wide = float(stats.t.ppf((1 + level) / 2, count - 1)) * (count / (count - 1)) ** 0.5
    tail = float(stats.norm.cdf(-wide))
    drawn = np.random.default_rng(0).integers(0, count, (_SAMPLES, count))
    low, high = np.quantile(np.asarray(differences, np.float64)[drawn].mean(axis=1), [tail, 1 - tail])
    return float(low), float(high)
