"""Chunks longer than a model reads: embedded in windows of equal length, whose mean stands for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from explorer.embedding.chunk_text import prefix_of

if TYPE_CHECKING:
    from explorer.arrays import Vectors
    from explorer.embedding.base import EmbeddingModel

_PIECE = re.compile(r"\s*\S{1,32}")
"""Windows end between words; a run of letters without blanks (Chinese, a long number) is cut inside."""


def texts_to_embed(name: str, headings: Sequence[str], text: str, model: EmbeddingModel) -> tuple[str, ...]:
    """The texts that are embedded for a chunk, each with its prefix: one where the model reads all of it,
    else windows that together hold all of it.

    all-MiniLM-L6-v2 silently drops what comes after 254 tokens: of a chunk of 800 it knows a third.
    """
    prefix = prefix_of(name, headings, text, model)
    (tokens,) = model.count_tokens([prefix + text])
    if tokens <= model.max_tokens:
        return (prefix + text,)
    pieces = _PIECE.findall(text)
    counts = model.count_tokens(pieces)
    (taken,) = model.count_tokens([prefix]) if prefix else (0,)
    number = -(-sum(counts) // max(model.max_tokens - taken, 1))
    while True:
        found = [prefix + part for part in _parts(pieces, counts, number)]
        if number >= len(pieces) or max(model.count_tokens(found)) <= model.max_tokens:
            return tuple(found)
        number += 1


def mean_of_windows(
    chunks: Sequence[Sequence[str]], encode_texts: Callable[[Sequence[str]], Vectors]
) -> Vectors:
    """(n, dimension) float32 of length 1 for n chunks, each given as its windows: the mean of their vectors.

    The windows of a chunk are about equally long, so that each of its words counts the same.
    """
    import numpy as np

    vectors = encode_texts([text for chunk in chunks for text in chunk])
    if len(vectors) == len(chunks):
        return vectors
    starts = np.cumsum([0, *(len(chunk) for chunk in chunks[:-1])])
    sums = np.add.reduceat(vectors, starts, axis=0)
    means: Vectors = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return means.astype(np.float32)


def _parts(pieces: Sequence[str], counts: Sequence[int], number: int) -> list[str]:
    """The pieces joined to at most `number` parts of about equally many tokens."""
    share = sum(counts) / number
    parts: list[list[str]] = [[] for _ in range(number)]
    before = 0
    for piece, count in zip(pieces, counts, strict=True):
        middle = before + count / 2
        parts[min(int(middle / share), number - 1)].append(piece)
        before += count
    return ["".join(part) for part in parts if part]
