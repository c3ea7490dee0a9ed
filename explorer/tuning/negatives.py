"""Hard negatives: passages that search finds for a question though they are not what is asked for.

Karpukhin and others, Dense Passage Retrieval (2020): the best by words that don't answer. They teach more
than passages drawn by chance, which are told apart without learning anything.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.tuning.pairs import OnDone, Pair, plain

if TYPE_CHECKING:
    from explorer.library import Library
    from explorer.types import Hit

_LOOKED_AT = 12
"""Hits of each search."""
_BEST_LEFT_OUT = 2
"""The best hits from other documents may well answer the question too."""


def find(
    library: Library, pairs: Sequence[Pair], seed: int, on_done: OnDone = lambda _d, _a: None
) -> list[str | None]:
    """For each pair a passage of another document among the pairs', found by words; None where there is none.

    Held-out documents have no pair here, so none of their text is trained on.
    """
    chance = random.Random(seed)  # noqa: S311
    known = {pair.document_id for pair in pairs}
    answers: dict[str, set[str]] = {}
    for pair in pairs:
        answers.setdefault(plain(pair.query), set()).add(pair.document_id)
    found: list[str | None] = []
    for number, pair in enumerate(pairs, 1):
        hits = library.search(pair.query, _LOOKED_AT, "keyword", fold=False)
        found.append(_one_of(hits, known - answers[plain(pair.query)], chance))
        on_done(number, len(pairs))
    return found


def _one_of(hits: Sequence[Hit], allowed: set[str], chance: random.Random) -> str | None:
    texts = [hit.chunk.text for hit in hits if hit.document.id in allowed]
    return chance.choice(texts[_BEST_LEFT_OUT:] or texts) if texts else None
