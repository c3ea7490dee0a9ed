"""How well search finds what answers your own questions: figures over a file of questions and references.

A line of the file is JSON: `question`, and `references`, a list of `{document, page?, start?, end?, text?}`.
`document` is a name (its ending may be left out) or an id. A reference without a page or span is met by any
passage of the document, one with a page by a passage on it, one with a span (`start` and `end` are offsets of
the document's text) by a passage that overlaps it. `text` stands for the span where it is found in the text,
white space aside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer import postings, ranking
from explorer.errors import ExplorerError
from explorer.types import Document, Hit, Scope

if TYPE_CHECKING:
    from explorer.library import Library
    from explorer.settings import Settings

AT = 5
"""Passages that count for hits, recall and spans."""
DOCUMENTS = 10
"""Documents that count for nDCG."""
_SAMPLES = 2_000
_KEYS = {"document", "page", "start", "end", "text"}

Search = Callable[[str, int, Scope | None], list[Hit]]


@dataclass(frozen=True, slots=True)
class Reference:
    """Where an answer stands: in a document, on a page of it, or in `text[start:end]`."""

    document_id: str
    page: int | None = None
    start: int | None = None
    end: int | None = None

    def is_met_by(self, hit: Hit) -> bool:
        """Whether a hit's chunk shows it."""
        chunk = hit.chunk
        if chunk.document_id != self.document_id:
            return False
        if self.start is not None and self.end is not None:
            return chunk.start < self.end and chunk.end > self.start
        return self.page is None or chunk.page <= self.page <= chunk.end_page


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `count` questions, 0 to 1, with the bounds of its bootstrap 95 % interval."""

    name: str
    value: float
    low: float
    high: float
    count: int


def read_questions(file: Path, library: Library) -> list[Question]:
    """The questions of a file, their documents and spans found in the library.

    Raises:
        ExplorerError: the file cannot be read, or a line is not as it should be; the message names it.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ExplorerError(f"The questions in {file} cannot be read: {error}") from error
    finder = _Finder(library)
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(_question(json.loads(line), finder))
            except ValueError as error:
                raise ExplorerError(f"{file}, line {number}: {error}") from error
    if not found:
        raise ExplorerError(f"{file} holds no question.")
    return found


def configuration(settings: Settings) -> dict[str, str]:
    """What the figures were reached with, for printing beside them."""
    weights = f"{ranking.MEANING} meaning + {ranking.WORDS} × coverage words + {ranking.NAME} name"
    return {
        "model": settings.model,
        "chunk_tokens": str(settings.chunk_tokens),
        "weights": weights,
        "neighbours": f"{ranking.NEIGHBOUR_VECTOR} of embeddings, {ranking.NEIGHBOUR_WORDS} of words",
        "BM25": f"k1 {postings.K1}, b {postings.B}, idf to the power {ranking.SHARPNESS:g}",
        "feedback": f"{ranking.FEEDBACK} of the best {ranking.FEEDBACK_FROM}",
    }


def evaluate(
    questions: Sequence[Question], search: Search, *, documents: int = DOCUMENTS, within: bool = False
) -> list[Figure]:
    """Figures over the questions, of a library of so many documents; `within`: each is asked inside the
    documents of its references only."""
    ranked = 0 if within or documents < 2 else min(documents, DOCUMENTS)
    values: dict[str, list[float]] = {}
    for question in questions:
        wanted = list(dict.fromkeys(one.document_id for one in question.references))
        scope = Scope(documents=wanted) if within else None
        for name, value in _values(question, search, scope).items():
            values.setdefault(name, []).append(value)
        if ranked:
            name, value = (
                f"nDCG@{DOCUMENTS}, documents",
                _ndcg(_documents(question, search, ranked), set(wanted)),
            )
            values.setdefault(name, []).append(value)
    return [_figure(name, of) for name, of in values.items()]


def bootstrap(values: Sequence[float], samples: int = _SAMPLES) -> tuple[float, float]:
    """The 95 % interval of a mean, from as many samples with replacement; always the same for the same."""
    of = np.asarray(values, np.float64)
    drawn = np.random.default_rng(0).integers(0, len(of), (samples, len(of)))
    low, high = np.percentile(of[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def _values(question: Question, search: Search, scope: Scope | None) -> dict[str, float]:
    hits = search(question.text, AT, scope)
    met = [any(one.is_met_by(hit) for hit in hits) for one in question.references]
    first = next(
        (n for n, hit in enumerate(hits, 1) if any(one.is_met_by(hit) for one in question.references)), 0
    )
    values = {
        f"hit@{AT}": float(any(met)),
        f"recall@{AT}": sum(met) / len(met),
        f"MRR@{AT}": 1 / first if first else 0.0,
    }
    spans = [one for one in question.references if one.start is not None]
    if len(spans) == len(question.references):
        values |= _span_values(spans, hits)
    return values


def _documents(question: Question, search: Search, count: int) -> list[str]:
    """The first so many documents by their best passages."""
    k = 4 * DOCUMENTS
    while True:
        hits = search(question.text, k, None)
        found = list(dict.fromkeys(hit.document.id for hit in hits))
        if len(found) >= count or len(hits) < k or k > 1_000:
            return found[:count]
        k *= 4


def _ndcg(found: Sequence[str], wanted: set[str]) -> float:
    discount = 1 / np.log2(np.arange(2, DOCUMENTS + 2))
    gained = sum(discount[rank] for rank, document in enumerate(found) if document in wanted)
    return float(gained / discount[: len(wanted)].sum())


def _span_values(references: Sequence[Reference], hits: Sequence[Hit]) -> dict[str, float]:
    """Shares of characters: of the references that the hits hold, and of what both hold of all either holds
    (what several hits hold counts as often, as in the chunking benchmark of Chroma's report)."""
    wanted = _merged((one.document_id, one.start or 0, one.end or 0) for one in references)
    shown = [(hit.chunk.document_id, hit.chunk.start, hit.chunk.end) for hit in hits]
    both = sum(
        max(0, min(end, b) - max(start, a))
        for document, start, end in _merged(shown)
        for other, a, b in wanted
        if document == other
    )
    needed, given = (sum(end - start for _, start, end in of) for of in (wanted, shown))
    return {
        f"character recall@{AT}": both / needed,
        f"character precision@{AT}": both / given if given else 0.0,
        f"character IoU@{AT}": both / (needed + given - both),
    }


def _merged(spans: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    merged: list[tuple[str, int, int]] = []
    for document, start, end in sorted(spans):
        if merged and merged[-1][0] == document and start <= merged[-1][2]:
            merged[-1] = (document, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((document, start, end))
    return merged


def _figure(name: str, values: Sequence[float]) -> Figure:
    return Figure(name, float(np.mean(values)), *bootstrap(values), len(values))


def _question(line: Any, finder: _Finder) -> Question:
    """Raises ValueError, which says what is wrong."""
    if not isinstance(line, dict) or not isinstance(line.get("question"), str):
        raise ValueError('it must be an object with a "question" in words')
    references = line.get("references")
    if not isinstance(references, list) or not references:
        raise ValueError('"references" must be a list that is not empty')
    return Question(line["question"], tuple(finder.reference(one) for one in references))


class _Finder:
    """Finds what references speak of."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._by_name: dict[str, list[Document]] = {}
        for document in library.documents():
            for name in {document.id, document.name, PurePath(document.name).stem}:
                self._by_name.setdefault(name, []).append(document)
        self._texts: dict[str, str] = {}

    def reference(self, given: Any) -> Reference:
        """Raises ValueError."""
        if not isinstance(given, dict) or not isinstance(given.get("document"), str):
            raise ValueError('each reference must be an object that names its "document"')
        if unknown := sorted(set(given) - _KEYS):
            raise ValueError(f"a reference has no {unknown[0]!r}; it may have {', '.join(sorted(_KEYS))}")
        document = self._document(given["document"])
        numbers = {key: given.get(key) for key in ("page", "start", "end")}
        for key, number in numbers.items():
            if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
                raise ValueError(f"{key!r} must be a whole number, not {number!r}")
        page, start, end = numbers["page"], numbers["start"], numbers["end"]
        if (start is None) != (end is None) or (start is not None and end is not None and start >= end):
            raise ValueError("'start' and 'end' belong together, and start comes first")
        if start is None and page is None and given.get("text"):
            start, end = self._span(document, str(given["text"]))
        return Reference(document.id, page, start, end)

    def _document(self, name: str) -> Document:
        found = self._by_name.get(name, [])
        if not found:
            raise ValueError(f"there is no document {name!r} in this library")
        if len(found) > 1:
            raise ValueError(f"{len(found)} documents are called {name!r}: give the id of one")
        return found[0]

    def _span(self, document: Document, text: str) -> tuple[int, int]:
        whole = self._texts.setdefault(document.id, self._library.text(document.id))
        words = [re.escape(word) for word in text.split()]
        found = re.search(r"\s+".join(words), whole) if words else None
        if found is None:
            raise ValueError(f"the text {text[:60]!r} does not stand in {document.name}")
        return found.start(), found.end()
