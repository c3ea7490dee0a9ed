"""How well search finds what answers your own questions: figures over a file of questions and references.

A line of the file is JSON: `question`, and `references`, a list of `{document, page?, start?, end?, text?}`.
`document` is a name (its ending may be left out) or an id. A reference without a page or span is met by any
chunk of the document, one with a page by a chunk on it, one with a span (`start` and `end` are offsets of
the document's text) by a chunk that overlaps it. `text` stands for the span where it is found first, white
space aside, on the page where one is given. What contradicts the document is refused, not scored.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.errors import ExplorerError
from explorer.search import bm25, latent, ranking
from explorer.types import Document, Hit, Page, Scope

if TYPE_CHECKING:
    from explorer.library import Library

AT = 5
"""The first five chunks count for hits, recall and spans."""
DOCUMENTS = 10
"""The first ten documents count for nDCG."""
_SAMPLES = 2_000
_QUESTION_KEYS = {"question", "references"}
_REFERENCE_KEYS = {"document", "page", "start", "end", "text"}

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
class Measured:
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
        lines = file.read_text(encoding="utf-8-sig").split("\n")  # JSON may hold all other ends of lines
    except (OSError, UnicodeDecodeError) as error:
        raise ExplorerError(f"The questions in {file} cannot be read: {error}") from error
    finder = _Finder(library)
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(_question(_parsed(line), finder))
            except ValueError as error:
                raise ExplorerError(f"{file}, line {number}: {error}") from error
    if not found:
        raise ExplorerError(f"{file} holds no question.")
    return found


def configuration(library: Library) -> dict[str, str]:
    """What searches of this moment rest on, for printing beside figures: how the index that is searched was
    made (the settings may ask for another by now), and how chunks are ranked."""
    live = library.models.live()
    made = {"model": "none, nothing is indexed"}
    if live is not None:
        made = {"model": live.model.name, "precision": live.model.precision}
        made |= {key: str(value) for key, value in live.recipe.items()}
    return made | {
        "weights": f"{ranking.MEANING} meaning + {ranking.WORDS} words + {ranking.NAME} name + "
        f"{ranking.HEADINGS} headings + {ranking.LATENT} latent",
        "words": "BM25 of the chunk"
        + "".join(f" + {ranking.AROUND} of {n} chunks on each side" for n in ranking.SURROUNDINGS),
        "BM25": f"k1 {bm25.K1}, b {bm25.B}, idf to the power {ranking.SHARPNESS:g}",
        "neighbours": f"{ranking.NEIGHBOUR_VECTOR} of embeddings",
        "latent": f"{latent.DIMENSIONS} dimensions, learned from {latent.LEARNED_FROM:,} chunks at most",
        "feedback": f"{ranking.FEEDBACK} of the best {ranking.FEEDBACK_FROM}, e times less for each"
        f" {ranking.FEEDBACK_DECAY} behind the best",
        "kin": f"{ranking.KIN} of the {ranking.KIN_OF} nearest in other documents among the best"
        f" {ranking.KIN_AMONG}",
        "tables": f"{ranking.TABLE} for the row that fits best, others by the power {ranking.TABLE_LEAD}"
        " of their share of its fit",
        "pages": "one chunk of each first",
        "reranker": library.settings.reranker or "none",
    }


def evaluate(
    questions: Iterable[Question], search: Search, *, documents: int = DOCUMENTS, within: bool = False
) -> list[Measured]:
    """Figures over the questions, for a library of `documents` documents. With `within` each question is
    asked inside the documents of its references only."""
    found = per_question(questions, search, documents=documents, within=within)
    return [_figure(name, of) for name, of in found.items()]


def per_question(
    questions: Iterable[Question], search: Search, *, documents: int = DOCUMENTS, within: bool = False
) -> dict[str, list[float]]:
    """What `evaluate` takes the mean of: each figure's values at the questions that have one, in order."""
    ranked = 0 if within or documents < 2 else min(documents, DOCUMENTS)
    found: dict[str, list[float]] = {}
    for question in questions:
        wanted = list(dict.fromkeys(one.document_id for one in question.references))
        scope = Scope(documents=wanted) if within else None
        of_question = _values(question, search, scope)
        if ranked:
            best = _documents(question, search, ranked)
            of_question[f"nDCG@{DOCUMENTS}, documents"] = _ndcg(best, set(wanted))
        for name, value in of_question.items():
            found.setdefault(name, []).append(value)
    return found


def bootstrap(values: Sequence[float], samples: int = _SAMPLES) -> tuple[float, float]:
    """The 95 % interval of a mean, from `samples` draws with replacement; always the same for the same
    values."""
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
    """The first `count` documents by their best chunks, best first."""
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
    """Recall, precision and intersection over union in characters, each 0 to 1.

    Characters that several hits hold count once for each, as in the chunking benchmark of Chroma's report.
    """
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


def _figure(name: str, values: Sequence[float]) -> Measured:
    return Measured(name, float(np.mean(values)), *bootstrap(values), len(values))


def _parsed(line: str) -> Any:
    """What a line of JSON says. Raises ValueError, which says what is wrong with the line."""
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error.msg}, at its character {error.pos + 1})") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError:
        raise ValueError("it holds a number that is too long") from None


def _question(line: Any, finder: _Finder) -> Question:
    """The question of a line, with the places that its references name. Raises ValueError, which says what is
    wrong."""
    text = line.get("question") if isinstance(line, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise ValueError('it must be an object with a "question" in words')
    _refuse_unknown(line, _QUESTION_KEYS, "a line")
    references = line.get("references")
    if not isinstance(references, list) or not references:
        raise ValueError('"references" must be a list that is not empty')
    return Question(text, tuple(finder.reference(one) for one in references))


def _refuse_unknown(given: Mapping[str, Any], known: set[str], what: str) -> None:
    """Returns where all keys are known. Raises ValueError for the first other one: without this, a misspelt
    key would be left out without a word."""
    if unknown := sorted(set(given) - known):
        raise ValueError(f"{what} has no {unknown[0]!r}; it may have {', '.join(sorted(known))}")


class _Finder:
    """Finds what references speak of."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._by_name: dict[str, list[Document]] = {}
        for document in library.documents():
            for name in {document.id, document.name, PurePath(document.name).stem}:
                self._by_name.setdefault(name, []).append(document)
        self._places: dict[str, _Places] = {}

    def reference(self, given: Any) -> Reference:
        """The place that a reference names, found in the library. Raises ValueError where it names none."""
        if not isinstance(given, dict) or not isinstance(given.get("document"), str):
            raise ValueError('each reference must be an object that names its "document"')
        _refuse_unknown(given, _REFERENCE_KEYS, "a reference")
        document = self._document(given["document"])
        page, start, end = (_whole_number(given, key) for key in ("page", "start", "end"))
        text = given.get("text")
        if text is not None and not (isinstance(text, str) and text.strip()):
            raise ValueError(f"'text' must be words, not {text!r}")
        if page is None and start is None and end is None and text is None:
            return Reference(document.id)
        if document.id not in self._places:
            self._places[document.id] = _Places(
                document.name, self._library.text(document.id), self._library.pages(document.id)
            )
        places = self._places[document.id]
        span = places.span(page, start, end, text)
        return Reference(document.id, page, *(span or (None, None)))

    def _document(self, name: str) -> Document:
        found = self._by_name.get(name, [])
        if not found:
            raise ValueError(f"there is no document {name!r} in this library")
        if len(found) > 1:
            raise ValueError(f"{len(found)} documents are called {name!r}: give the id of one")
        return found[0]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where things stand in one document."""

    name: str
    text: str
    pages: Sequence[Page]

    def span(
        self, page: int | None, start: int | None, end: int | None, text: str | None
    ) -> tuple[int, int] | None:
        """The span that is meant; None where a page, or the document, is all that is said.

        Raises ValueError for a place that the document does not have, and where one contradicts another.
        """
        if page is not None and not 1 <= page <= len(self.pages):
            raise ValueError(f"{self.name} has no page {page}: its pages are 1 to {len(self.pages)}")
        if start is None and end is None:
            return None if text is None else self._find(text, page)
        if start is None or end is None or start >= end:
            raise ValueError("'start' and 'end' belong together, and start comes first")
        if start < 0 or end > len(self.text):
            raise ValueError(f"{start} to {end} is outside the text of {self.name}, 0 to {len(self.text)}")
        if page is not None and page not in self._pages_of(start, end):
            raise ValueError(
                f"{start} to {end} is on page {self._pages_of(start, end)[0]}, not on page {page}"
            )
        if text is not None and " ".join(text.split()) not in " ".join(self.text[start:end].split()):
            raise ValueError(f"the text {text[:60]!r} does not stand in {start} to {end} of {self.name}")
        return start, end

    def _find(self, text: str, page: int | None) -> tuple[int, int]:
        wanted = r"\s+".join(map(re.escape, text.split()))
        found = [match.span() for match in re.finditer(wanted, self.text)]
        if not found:
            raise ValueError(f"the text {text[:60]!r} does not stand in {self.name}")
        here = [span for span in found if page is None or page in self._pages_of(*span)]
        if not here:
            other = self._pages_of(*found[0])[0]
            raise ValueError(
                f"the text {text[:60]!r} stands on page {other} of {self.name}, not on page {page}"
            )
        return here[0]

    def _pages_of(self, start: int, end: int) -> range:
        """The numbers of the pages that a span is on."""
        starts = [one.start for one in self.pages]
        return range(max(bisect_right(starts, start), 1), max(bisect_right(starts, end - 1), 1) + 1)


def _whole_number(given: Mapping[str, Any], key: str) -> int | None:
    number = given.get(key)
    if number is None or (isinstance(number, int) and not isinstance(number, bool)):
        return number
    raise ValueError(f"{key!r} must be a whole number, not {number!r}")
