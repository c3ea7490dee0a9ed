"""Hard negatives: passages that search finds for a question though they are not what is asked for.

Karpukhin and others, Dense Passage Retrieval (2020): the best by words that don't answer. They teach more
than passages drawn by chance, which are told apart without learning anything. Some of them do answer, unknown
to the pairs; those that the present model finds nearly as good as the right passage are left out (Moreira and
others: NV-Retriever, 2024).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.tuning.pairs import OnDone, Pair, plain

if TYPE_CHECKING:
    from explorer.embedding import EmbeddingModel
    from explorer.library import Library

_LOOKED_AT = 12
"""Hits of each search."""
_NEARLY = 0.95
"""Of the cosine between question and passage: what comes as near may well answer the question too."""
_BATCH = 64


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
        texts = [hit.chunk.text for hit in hits if hit.document.id in known - answers[plain(pair.query)]]
        found.append(chance.choice(texts) if texts else None)
        on_done(number, len(pairs))
    return found


def without_answers(
    model: EmbeddingModel, pairs: Sequence[Pair], found: Sequence[str | None]
) -> list[str | None]:
    """What `find` found for these pairs, None in place of what may answer too. Raises ModelError."""
    kept: list[str | None] = []
    for start in range(0, len(pairs), _BATCH):
        some = pairs[start : start + _BATCH]
        texts = [text or "" for text in found[start : start + _BATCH]]
        right, wrong = model.encode([pair.passage for pair in some]), model.encode(texts)
        for row, (pair, text) in enumerate(zip(some, texts, strict=True)):
            question = model.encode_query(pair.query)
            is_wrong = text and question @ wrong[row] < _NEARLY * (question @ right[row])
            kept.append(text if is_wrong else None)
    return kept
