"""The sentences of the best passages that answer a question, word for word; none where they do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.arrays import Floats
from explorer.chat import sentences
from explorer.chat.answer_types import fits
from explorer.figures.periods import periods_in
from explorer.questions.followups import names_in
from explorer.search.query import Alternatives
from explorer.search.retrieved import Retrieved
from explorer.types import Document, Hit
from explorer.words import terms
from explorer.words.folding import fold

PASSAGES = 8
CANDIDATES = 32
"""Sentences that are compared by meaning: each costs about 4 ms to embed on two cores."""
MOST = 3
MEANING, WORDS, PASSAGE, INSIDE, TYPE, PERIOD = 0.8, 0.5, 0.3, 0.1, 0.2, 0.15
SHARE_OF_BEST = 0.88
SAME = 0.9
FIT, COVERED, MISSING = 0.46, 0.3, 0.45
"""A question is answered where the best sentence's cosine, with a share of what it holds of the question's
words and less a share of what stands in no passage, is this much."""
_LEANS = re.compile(
    r"^(?:he|she|it|its|they|their|this|these|that|those|such|there|then|also|however|but|and|so|"
    r"instead|otherwise|both|here)\b",
    re.IGNORECASE,
)
_LONGEST = 520
_STEM = 5
"""Letters of a name that must stand in the passage: endings differ."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence, or two, of a document."""

    document: Document
    page: int
    span: sentences.Sentence

    @property
    def text(self) -> str:
        """Its words in one line, without the dateline of a press release."""
        return sentences.without_dateline(" ".join(self.span.text.split()))


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: int
    span: sentences.Sentence
    before: sentences.Sentence | None
    after: sentences.Sentence | None
    covered: float
    is_inside: bool


def choose(part: str, retrieved: Retrieved, encode: Callable[[Sequence[str]], Floats]) -> list[Quote] | None:
    """The quotes that answer, the best first; None where the passages do not answer.

    `encode`: (n, dimension) for n sentences.
    """
    hits = list(retrieved.hits[:PASSAGES])
    if retrieved.vector is None or not hits:
        return None
    candidates = _candidates(hits, retrieved.term_weights)
    if not candidates:
        return None
    vectors = encode([_standing_alone(one).text for one in candidates])
    cosine = np.maximum(vectors @ retrieved.vector, 0.0)
    scores = np.array([_score(part, one, float(cosine[row]), hits) for row, one in enumerate(candidates)])
    best = int(scores.argmax())
    missing = _missing(hits, retrieved.term_weights)
    if float(cosine[best]) + COVERED * candidates[best].covered - MISSING * missing < FIT:
        return None
    if not _is_of_this(part, candidates[best], hits):
        return None
    return [_quote(candidates[row], hits, is_first=row == best) for row in _distinct(scores, vectors, best)]


def _is_of_this(part: str, one: _Candidate, hits: Sequence[Hit]) -> bool:
    """Whether the best sentence holds the sort of thing that is asked for, of the period and of those who are
    named: a question about another company's year is not answered by what looks like it."""
    hit = hits[one.hit]
    if fits(part, _context(one, hits)) is False:
        return False
    around = _around(hit)
    years = {named.period.year for named in periods_in(part) if named.period.year}
    known = {named.period.year for named in periods_in(f"{around} {hit.document.name.replace('_', ' ')}")}
    if years and known and not years & known:
        return False
    said = fold(around)
    return all(fold(name)[:_STEM] in said for name in names_in(part))


def _candidates(hits: Sequence[Hit], weights: Mapping[Alternatives, float]) -> list[_Candidate]:
    found: list[_Candidate] = []
    seen: set[tuple[str, int]] = set()
    for number, hit in enumerate(hits):
        spans = list(sentences.spans(hit.passage.text, hit.passage.start))
        whole = [sentences.is_prose(span.text) for span in spans]
        for place, span in enumerate(spans):
            if not whole[place] or (hit.document.id, span.start) in seen:
                continue
            seen.add((hit.document.id, span.start))
            covered = _coverage(span.text, weights, hit.document.language)
            is_inside = span.start < hit.chunk.end and span.end > hit.chunk.start
            before = spans[place - 1] if place and whole[place - 1] else None
            after = spans[place + 1] if place + 1 < len(spans) and whole[place + 1] else None
            found.append(_Candidate(number, span, before, after, covered, is_inside))
    if not found:
        return []
    early = np.array([one.covered + 0.5 * (1 - one.hit / PASSAGES) for one in found])
    kept = sorted(np.argsort(-early, kind="stable")[:CANDIDATES].tolist())
    return [found[row] for row in kept]


def _standing_alone(one: _Candidate) -> sentences.Sentence:
    """The sentence with the one before it where it leans on that ("It costs …")."""
    if one.before is None or not _LEANS.match(one.span.text.lstrip()):
        return one.span
    if one.span.end - one.before.start > _LONGEST:
        return one.span
    gap = " " * max(one.span.start - one.before.end, 0)
    return sentences.Sentence(one.before.start, one.span.end, one.before.text + gap + one.span.text)


def _score(part: str, one: _Candidate, cosine: float, hits: Sequence[Hit]) -> float:
    hit = hits[one.hit]
    score = MEANING * cosine + WORDS * one.covered
    score += PASSAGE * hit.score / max(hits[0].score, 1e-6) + INSIDE * one.is_inside
    kind = fits(part, one.span.text)
    score += TYPE if kind else -TYPE if kind is False else 0.0
    periods = [named.period for named in periods_in(part)]
    if periods:
        own = periods_in(one.span.text)
        score += PERIOD * any(mine.period.meets(period) for mine in own for period in periods)
    return score


def _missing(hits: Sequence[Hit], weights: Mapping[Alternatives, float]) -> float:
    """Which share of the question's words, by weight, stands in no passage and in no name of a document."""
    total = sum(weights.values())
    if not total:
        return 0.0
    there: set[str] = set()
    for hit in hits:
        there.update(terms.terms(_around(hit), hit.document.language))
    return sum(weight for word, weight in weights.items() if not there & set(word)) / total


def _around(hit: Hit) -> str:
    return " ".join((hit.document.name, hit.document.title or "", *hit.chunk.headings, hit.passage.text))


def _context(one: _Candidate, hits: Sequence[Hit]) -> str:
    """A sentence with its neighbours in the passage: where the answer's sort of thing may stand beside it."""
    passage = hits[one.hit].passage
    start = max(one.span.start - passage.start - 150, 0)
    return passage.text[start : one.span.end - passage.start + 150]


def _coverage(text: str, weights: Mapping[Alternatives, float], language: str | None) -> float:
    """Which share of the question's words, by weight, stands in the text: 0 to 1."""
    total = sum(weights.values())
    present = set(terms.terms(text, language))
    return sum(weight for word, weight in weights.items() if present & set(word)) / total if total else 0.0


def _distinct(scores: Floats, vectors: Floats, best: int) -> list[int]:
    chosen = [best]
    for candidate in np.argsort(-scores, kind="stable").tolist():
        if len(chosen) == MOST or scores[candidate] < SHARE_OF_BEST * scores[best]:
            break
        if candidate != best and float((vectors[chosen] @ vectors[candidate]).max()) < SAME:
            chosen.append(candidate)
    return chosen


def _quote(one: _Candidate, hits: Sequence[Hit], *, is_first: bool) -> Quote:
    """A sentence with what it leans on; the first one also with what leans on it."""
    span = _standing_alone(one)
    if is_first and one.after is not None and one.after.end - span.start <= _LONGEST:
        passage = hits[one.hit].passage
        span = sentences.Sentence(
            span.start,
            one.after.end,
            passage.text[span.start - passage.start : one.after.end - passage.start],
        )
    return Quote(hits[one.hit].document, hits[one.hit].passage.page, span)
