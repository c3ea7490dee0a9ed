"""Whether the embedding model reads the language that most of a library is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from explorer.types import Document

_READ_BY = {"all-MiniLM-L6-v2": frozenset(["en"]), "all-MiniLM-L12-v2": frozenset(["en"])}
"""Models made for some languages only, by the last part of their name; others are not judged."""
MULTILINGUAL = "paraphrase-multilingual-MiniLM-L12-v2"
"""A model of fifty languages that is as small: what to try."""


def unread(documents: Iterable[Document], model: str) -> str | None:
    """The ISO 639-1 code of the language that most passages are in, when the model was made for others.

    Passages of unknown language count as read. None where all is well or nothing is known of the model.
    """
    reads = _READ_BY.get(model.rstrip("/").rpartition("/")[2])
    if reads is None:
        return None
    total, other = 0, Counter[str]()
    for document in documents:
        total += document.chunks
        if document.language and document.language not in reads:
            other[document.language] += document.chunks
    return other.most_common(1)[0][0] if sum(other.values()) * 2 > total else None
