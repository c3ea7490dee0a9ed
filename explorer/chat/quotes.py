"""Answers without a language model: the sentences that answer best, word for word."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.arrays import Floats
from explorer.chunking.units import units_of
from explorer.types import Citation, Hit
from explorer.words import terms

QUOTED_PASSAGES = 5
"""Sentences are taken from this many of the best passages."""
SENTENCES = 24
"""At most 24 sentences are compared by meaning: each costs about 4 ms to embed on two cores."""
MOST_QUOTES = 4
MEANING, WORDS, PASSAGE, INSIDE = 0.5, 0.5, 0.4, 0.1
"""How much each counts: a sentence's cosine, the share of the question's words in it, its passage's score
beside the best one, and whether it lies in the chunk that was found rather than around it. On 110 questions
with known answers some quote is right in .57 (filings) and .79 (chunking) of the answers; meaning and words
alone, .7 to .3, give .46 and .79, and the first quote is right less often (.51 instead of .59 on
chunking)."""
FIT_SENTENCE, FIT_PASSAGE, FIT_WORDS = 0.3, 0.5, 0.2
"""How much each counts for how well an answer fits (`_fit`)."""
SHARE_OF_BEST = 0.85
"""A further sentence is quoted when it scores at least this share of the best one."""
SAME = 0.92
"""Two sentences with a cosine above this say the same."""
LONGEST = 420
"""Lines are joined to a sentence of at most this many characters."""
_ENDS = re.compile(r"[.!?:;…。！？؟।][\"'”’»)\]]*$")
_SHORTEST_WORDS = 4
_TITLE_WORDS = 9
_NUMBERING = re.compile(r"^[\s#*]*(?:\d+(?:\.\d+)*|[A-Z]|[ivxIVX]+)?[.)]?\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is `[start, end)` of its document; `hit` counts the hits from 0."""

    hit: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Quotes:
    """The sentences chosen, best first, and how well they fit the question: about 0 to 1."""

    chosen: tuple[Sentence, ...]
    fit: float


def choose(
    hits: Sequence[Hit],
    weights: Mapping[tuple[str, ...], float],
    encode: Callable[[Sequence[str]], Floats],
    vector: Floats,
) -> Quotes:
    """The sentences of the best passages that answer the question, distinct ones only; none where there are
    no sentences.

    `weights`: how much each word of the question tells (its inverse document frequency), a word as the terms
    that stand for it. `encode` gives (n, dimension) for n sentences, `vector` (dimension,) is the question's.
    """
    found = sentences(hits[:QUOTED_PASSAGES])
    if not found:
        return Quotes((), 0.0)
    languages = [hits[sentence.hit].document.language for sentence in found]
    covered = np.array(
        [_coverage(one.text, weights, language) for one, language in zip(found, languages, strict=True)],
        np.float32,
    )
    kept = _likeliest(found, covered)
    found, covered = [found[i] for i in kept], covered[kept]
    vectors = encode([sentence.text for sentence in found])
    cosine = np.maximum(vectors @ vector, 0.0)
    standing = np.array([_standing(sentence, hits) for sentence in found], np.float32)
    scores = MEANING * cosine + WORDS * covered + standing
    fit = _fit(float(cosine.max()), hits, weights)
    return Quotes(tuple(found[i] for i in _distinct(scores, vectors)), fit)


def _likeliest(found: Sequence[Sentence], covered: Floats) -> list[int]:
    """Which sentences are compared by meaning, in their order: those that hold most of the question's words
    (`covered`, (n,)), and of the first passages rather than of later ones, whose other sentences are less
    near the question."""
    early = np.array([1.0 - sentence.hit / QUOTED_PASSAGES for sentence in found], np.float32)
    best = np.argsort(-(covered + 0.5 * early), kind="stable")[:SENTENCES]
    return sorted(int(i) for i in best)


def _fit(cosine: float, hits: Sequence[Hit], weights: Mapping[tuple[str, ...], float]) -> float:
    """How well quotes fit their question, about 0 to 1: by the best sentence's cosine, the first passage's
    score and the share of the question's words that the passage with most of them holds."""
    words = max(
        _coverage(
            " ".join((h.document.name, *h.chunk.headings, h.passage.text)), weights, h.document.language
        )
        for h in hits[:QUOTED_PASSAGES]
    )
    # A hybrid score is scaled by the best cosine, so it stands for one; an exact match counts for more.
    return FIT_SENTENCE * cosine + FIT_PASSAGE * hits[0].score + FIT_WORDS * words


def _standing(sentence: Sentence, hits: Sequence[Hit]) -> float:
    hit = hits[sentence.hit]
    is_inside = sentence.start < hit.chunk.end and sentence.end > hit.chunk.start
    return PASSAGE * hit.score / max(hits[0].score, 1e-6) + INSIDE * is_inside


def sentences(hits: Sequence[Hit]) -> list[Sentence]:
    """The sentences of the passages, each once, in order; headings and page numbers are left out."""
    found: list[Sentence] = []
    seen: set[tuple[str, int]] = set()
    for number, hit in enumerate(hits):
        text, offset = hit.passage.text, hit.passage.start
        for start, end in _joined_lines(text):
            key = (hit.document.id, offset + start)
            if key in seen or len(terms.terms(text[start:end])) < _SHORTEST_WORDS:
                continue
            if _is_title(text, start, end):
                continue
            seen.add(key)
            found.append(Sentence(number, offset + start, offset + end, text[start:end]))
    return found


def citations(quotes: Sequence[Sentence], hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """One citation a quote, numbered from 1."""
    return tuple(
        Citation(number, hits[one.hit].document.id, hits[one.hit].passage.page, one.start, one.end, one.text)
        for number, one in enumerate(quotes, 1)
    )


def shown(quoted: Sequence[Citation]) -> str:
    """An answer in quotes as text: each quote in quotation marks with its number."""
    return "\n\n".join(f"“{' '.join(one.text.split())}” [{one.number}]" for one in quoted)


def _joined_lines(text: str) -> list[tuple[int, int]]:
    """Sentences, put together again where a line break cut them."""
    spans: list[tuple[int, int]] = []
    for unit in units_of(text, 0, len(text)):
        if spans:
            start, end = spans[-1]
            gap = text[end : unit.start]
            goes_on = gap.count("\n") == 1 and not _ENDS.search(text[max(start, end - 8) : end])
            is_prose = text[unit.start].islower() or (end - start > 60 and text[end - 1].islower())
            if goes_on and is_prose and unit.end - start <= LONGEST:
                spans[-1] = (start, unit.end)
                continue
        spans.append((unit.start, unit.end))
    return spans


def _is_title(text: str, start: int, end: int) -> bool:
    """Whether a line is the title of what follows: short, no sentence, and no figure in it but its number."""
    line = text[start:end]
    alone = end == len(text) or text[end] == "\n"
    words = _NUMBERING.sub("", line, count=1)
    is_short = len(words.split()) < _TITLE_WORDS and not any(mark.isdigit() for mark in words)
    return alone and is_short and not _ENDS.search(line)


def _coverage(text: str, weights: Mapping[tuple[str, ...], float], language: str | None) -> float:
    """Which share of the question's words, by weight, stands in the text: 0 to 1."""
    total = sum(weights.values())
    present = set(terms.terms(text, language))
    return sum(weight for word, weight in weights.items() if present & set(word)) / total if total else 0.0


def _distinct(scores: Floats, vectors: Floats) -> list[int]:
    order = np.argsort(-scores, kind="stable").tolist()
    chosen: list[int] = [order[0]]
    for candidate in order[1:]:
        if len(chosen) == MOST_QUOTES or scores[candidate] < SHARE_OF_BEST * scores[order[0]]:
            break
        if float((vectors[chosen] @ vectors[candidate]).max()) < SAME:
            chosen.append(candidate)
    return chosen
