"""A document, a section or several documents in a few sentences of their own, each cited.

The passages of a text are compared with each other by the embeddings that the library has of them; those that
most others resemble say most of it. That is LexRank (Erkan and Radev 2004, "LexRank: Graph-based lexical
centrality as salience in text summarization", JAIR 22), with cosines of embeddings instead of words. One
sentence is taken of the most central passages of each part, the parts in their order, nothing said twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.arrays import Floats
from explorer.chat import sentences
from explorer.chat.composing import Composition, plain
from explorer.types import Chunk, Document

LINES = 5
"""Sentences of a summary that are read first."""
BRIEF = 4
"""Sentences of one of several documents, or of what a document is about."""
FURTHER = 7
"""Sentences that are there for whoever wants more."""
PARTS = 7
"""Stretches that a text without telling headings is cut into."""
MOST_PASSAGES = 1_500
"""Passages of a document that are compared; of a longer one every second, third … is."""
CANDIDATES = 48
"""Sentences that are compared by meaning: each costs about 4 ms on two cores."""
LONGEST_LINE = 300
_DAMPING = 0.85
_ROUNDS = 30
_SAME = 0.8
"""Two sentences with a cosine above this say the same."""
_FIRST = 0.12
"""How much the first passages of a part count beside how central they are: authors say first what matters."""
_BOILERPLATE = re.compile(
    r"\b(?:forward-looking|undue reliance|safe harbor|exhibit|incorporated by reference|"
    r"table of contents|check mark|pursuant to|"
    r"hereunto duly authorized|securities (?:exchange )?act|commission file|"
    r"emerging growth company|inline xbrl|registrant|copyright|"
    r"all rights reserved|trademarks?)\b",
    re.IGNORECASE,
)


_SPOKEN = re.compile(
    r"^\W*[“\"]|[“\"][^”\"]{0,400}$|[”\"]\W*$|[”\"] (?:said|says)\b|\b(?:said|continued|added),? [“\"]"
)


@dataclass(frozen=True, slots=True)
class Material:
    """What a summary is made from."""

    chunks: Sequence[Chunk]
    vectors: Floats
    """(n, dimension), of length 1: the passages' embeddings; zeros where one has none."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    part: int
    weight: float
    chunk: Chunk
    span: sentences.Sentence


def summarize(
    told: Composition,
    document: Document,
    material: Material,
    encode: Callable[[Sequence[str]], Floats],
    *,
    lines: int = LINES,
    further: int = FURTHER,
) -> bool:
    """Add the summary of what `material` holds of a document; False where it has no sentence to quote.

    The sentences that say most are a list of their own; `further` ones are a second list behind it. Both are
    in the order of the document. `encode`: (n, dimension) for n sentences.
    """
    parts = in_parts(material.chunks, PARTS)
    candidates = _candidates(parts, material)
    if not candidates:
        return False
    vectors = encode([one.span.text for one in candidates])
    chosen = _chosen(candidates, vectors, material, parts, lines + further)
    told.say(_listed(told, document, chosen[:lines], "-"))
    if chosen[lines:]:
        told.say(_listed(told, document, chosen[lines:], "*"))
    return True


def _listed(told: Composition, document: Document, chosen: Sequence[_Candidate], sign: str) -> str:
    """Sentences as a list in the order of the document, each cited. Another sign begins another list."""
    said = []
    heading = None
    for one in sorted(chosen, key=lambda one: one.span.start):
        above = one.chunk.headings[-1] if one.chunk.headings else None
        lead = f"**{plain(above)}**: " if above and above != heading and len(above) < 80 else ""
        heading = above or heading
        mark = told.cite(document.id, one.chunk.page, one.span.start, one.span.end, one.span.text)
        said.append(f"{sign} {lead}{plain(_short(one.span.text))} {mark}")
    return "\n".join(said)


def _short(text: str) -> str:
    line = sentences.without_dateline(" ".join(text.split()))
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE].rsplit(' ', 1)[0]} …"


def in_parts(chunks: Sequence[Chunk], most: int) -> list[list[int]]:
    """Rows of the passages by the part of the document that they stand in: its first headings, or stretches
    of equal length where it has none or too many."""
    level = next((depth for depth in range(3) if 2 <= len(_groups(chunks, depth)) <= 2 * most), None)
    if level is not None:
        return _groups(chunks, level)
    number = max(1, min(most, len(chunks)))
    return [part.tolist() for part in np.array_split(np.arange(len(chunks)), number) if len(part)]


def _groups(chunks: Sequence[Chunk], depth: int) -> list[list[int]]:
    groups: list[list[int]] = []
    last: str | None = None
    for row, chunk in enumerate(chunks):
        name = chunk.headings[depth] if len(chunk.headings) > depth else (last or "")
        if not groups or name != last:
            groups.append([])
        groups[-1].append(row)
        last = name
    return groups


def centrality(vectors: Floats) -> Floats:
    """(n,): how central each is among `vectors` (n, d), the most central 1."""
    if len(vectors) < 3:
        return np.ones(len(vectors), np.float32)
    alike = np.maximum(vectors @ vectors.T, 0.0)
    np.fill_diagonal(alike, 0.0)
    sums = alike.sum(axis=1, keepdims=True)
    moves = alike / np.maximum(sums, 1e-9)
    rank = np.full(len(vectors), 1.0 / len(vectors), np.float32)
    for _ in range(_ROUNDS):
        rank = (1 - _DAMPING) / len(vectors) + _DAMPING * (rank @ moves)
    return np.asarray(rank / max(float(rank.max()), 1e-9), np.float32)


def _candidates(parts: Sequence[Sequence[int]], material: Material) -> list[_Candidate]:
    """Sentences of the most central passages of each part."""
    share = max(2, CANDIDATES // max(len(parts), 1))
    found: list[_Candidate] = []
    for number, part in enumerate(parts):
        rows = list(part[:: max(1, len(part) // MOST_PASSAGES)])
        central = centrality(material.vectors[rows])
        early = np.array([_FIRST * (place < 2) for place in range(len(rows))], np.float32)
        taken = 0
        for place in np.argsort(-(central + early), kind="stable"):
            chunk = material.chunks[rows[int(place)]]
            for span in sentences.spans(chunk.text, chunk.start):
                if sentences.is_prose(span.text) and not _BOILERPLATE.search(span.text):
                    found.append(_Candidate(number, float(central[place] + early[place]), chunk, span))
                    taken += 1
            if taken >= share:
                break
    return found[: 2 * CANDIDATES]


def _chosen(
    candidates: Sequence[_Candidate],
    vectors: Floats,
    material: Material,
    parts: Sequence[Sequence[int]],
    lines: int,
) -> list[_Candidate]:
    """The sentences that say most of their part, one of each, the longest parts first until there are
    enough; then second ones. In the order in which they are chosen."""
    middles = np.stack([_middle(material.vectors[list(rows)]) for rows in parts])
    whole = _middle(material.vectors)
    scores = np.array(
        [
            float(vectors[row] @ middles[one.part])
            + 0.5 * float(vectors[row] @ whole)
            + 0.25 * one.weight
            + _telling(one.span.text)
            for row, one in enumerate(candidates)
        ]
    )
    order = np.argsort(-scores, kind="stable").tolist()
    sizes = {number: len(rows) for number, rows in enumerate(parts)}
    wanted = sorted(sizes, key=lambda number: -sizes[number])[:lines]
    taken: list[int] = []
    for _ in range(lines):  # a short document has fewer parts than a summary lines
        for number in wanted:
            if len(taken) >= min(lines, 3 + len(candidates) // 3):
                break
            best = next(
                (
                    row
                    for row in order
                    if candidates[row].part == number
                    and row not in taken
                    and all(float(vectors[row] @ vectors[other]) < _SAME for other in taken)
                ),
                None,
            )
            if best is not None:
                taken.append(best)
    return [candidates[row] for row in taken]


def _telling(text: str) -> float:
    """What a sentence gains by figures, in which results are told, and loses by somebody's own praise."""
    return 0.07 * min(len(re.findall(r"\d[\d.,]*", text)), 2) - 0.2 * bool(_SPOKEN.search(text))


def _middle(vectors: Floats) -> Floats:
    mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1:], np.float32)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)
