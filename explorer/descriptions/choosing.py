"""What a document is about, in a sentence or two of its own.

Its passages are compared with each other as for a summary (`explorer.chat.summaries`), by the embeddings that
the library has of them; no model computes anything. Of the passages that most others resemble, and of the
first ones, in which authors say what they write about, the sentences are taken that say most by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.arrays import Floats
from explorer.chat import sentences, summaries
from explorer.descriptions import phrases
from explorer.types import Chunk

RULES = 1
"""The version of these rules. Where it is counted up, all documents are looked at anew, by and by."""
LONGEST = 240
"""Characters of a description."""
_SHORTEST = 40
_SHORTEST_CJK = 14
"""A sentence of fewer characters says little by itself; of fewer than 14 in Chinese or Japanese."""
_LONGEST_READ = 420
"""A sentence that is longer than a description is cut behind a word; one of more than 420 characters is left
out."""
_PASSAGES = 12
"""The most telling passages whose sentences are compared."""
_OPENING_PASSAGES = 40
"""The first passages, whose sentences are compared too: there a text says what it is about."""
_FIRST = 0.5
"""How much it counts that a passage is the first one, beside how central it is; less with each after it."""
_EARLY = 12
"""Passages from the first to the one for which it counts half."""
_OPENING = 0.15
"""What the first sentence of a passage gains on the others."""
_DOES = 0.3
"""What a sentence gains that says what somebody offers or makes."""
_ABOUT = 0.9
"""What a sentence gains that says what a text is about, or what somebody is."""
_NAMED = 0.25
"""What a sentence gains that begins with a word of the document's name or title."""
_NAME_WITHIN = 50
"""Characters from the beginning of a sentence within which such a word counts."""
_CUT = 0.15
"""What a sentence loses that has to be cut."""
_UNTIDY = 0.3
"""What a sentence loses for a word that a line end cut, a mark of a note, or signs of speech and provisos."""
_LIKE = 0.25
"""A second sentence shares less than a quarter of its words with the first."""
_ENOUGH = 0.75
"""A second sentence is nearly as good as the first: at least three quarters of it."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence on one line, and how much it tells."""

    start: int
    line: str
    score: float


def describe(chunks: Sequence[Chunk], vectors: Floats, names: str = "") -> str:
    """A sentence or two of a document, in its order, at most `LONGEST` characters; "" where none of it says
    anything by itself, as in a table.

    `chunks`: its passages in order, or some of them. `vectors`: their embeddings (n, dimension), of length 1.
    `names`: what it is called.
    """
    if not chunks:
        return ""
    said = sorted(_sentences(chunks, vectors, names), key=lambda one: (-one.score, one.start))
    if not said:
        return ""
    chosen = [said[0]]
    room = LONGEST - len(said[0].line) - 1
    for one in said[1:]:
        is_new = one.score >= _ENOUGH * said[0].score and _shared(one.line, said[0].line) < _LIKE
        if len(one.line) <= room and is_new:
            chosen.append(one)
            break
    return " ".join(one.line for one in sorted(chosen, key=lambda one: one.start))


def _sentences(chunks: Sequence[Chunk], vectors: Floats, names: str) -> Iterator[_Said]:
    """The sentences that can stand alone, of the first passages and of those that tell most."""
    called = frozenset(re.findall(r"[^\W\d_]{3,}", names.casefold().replace("_", " "))) - phrases.COMMON
    telling = _telling(chunks, vectors)
    left = _PASSAGES
    for row in np.argsort(-telling, kind="stable").tolist():
        if left <= 0 and row >= _OPENING_PASSAGES:
            continue
        chunk = chunks[row]
        lines = [
            (place, one.start, line)
            for place, one in enumerate(sentences.spans(chunk.text, chunk.start))
            if _stands_alone(line := _line(one.text))
        ]
        for place, start, line in lines:
            score = float(telling[row]) + _OPENING * (place == 0) + _worth(line, called)
            yield _Said(start, _cut(line), score)
        left -= bool(lines)


def _telling(chunks: Sequence[Chunk], vectors: Floats) -> Floats:
    """(n,): how much each passage tells of the whole; 0 to about 1.5."""
    material = summaries.telling(summaries.Material(chunks, vectors))
    middle = material.vectors.mean(axis=0)
    near = material.vectors @ (middle / max(float(np.linalg.norm(middle)), 1e-9))
    found = {
        chunk.id: float(score)
        for chunk, score in zip(
            material.chunks, 0.5 * summaries.centrality(material.vectors) + 0.5 * near, strict=True
        )
    }
    early = _FIRST / (1 + np.arange(len(chunks)) / _EARLY)
    return np.asarray([found.get(chunk.id, 0.0) for chunk in chunks] + early, np.float32)


def _line(text: str) -> str:
    line = sentences.without_dateline(summaries.BULLET.sub("", " ".join(text.replace("*", "").split())))
    return re.sub(r"(?<!\.)\.\.$", ".", phrases.TERM.sub("", phrases.NUMBER.sub("", line)))


def _stands_alone(line: str) -> bool:
    if not _SHORTEST_CJK <= len(line) <= _LONGEST_READ or phrases.WEB.search(line):
        return False
    if len(phrases.CJK.findall(line)) > len(line) / 2:
        return line[-1] in "。！？"
    if len(line) < _SHORTEST or line.endswith((":", "?")) or not sentences.is_prose(line):
        return False
    if line.count("“") != line.count("”") and "„" not in line:  # the other half stands in another sentence
        return False
    return bool(phrases.SAYS.search(line)) or (summaries.is_worth_it(line) and not phrases.LEANS.search(line))


def _worth(line: str, called: frozenset[str]) -> float:
    """What a sentence gains by what it says, and loses by how it says it."""
    is_named = not called.isdisjoint(re.findall(r"\w+", line[:_NAME_WITHIN].casefold()))
    return (
        summaries.merit(line) / 2
        + _ABOUT * bool(phrases.SAYS.search(line))
        + _ABOUT * bool(phrases.IS.search(line)) * (1.0 if is_named or phrases.WE.search(line) else 0.3)
        + _DOES * bool(phrases.OFFERS.search(line))
        + _NAMED * is_named
        - _CUT * (len(line) > LONGEST)
        - _UNTIDY * bool(phrases.UNTIDY.search(line) or phrases.ASIDE.search(line))
    )


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 2].rsplit(' ', 1)[0].rstrip(',;: ')} …"


def _shared(line: str, other: str) -> float:
    """The share of the words of the shorter one that stand in the other too; of longer words, which tell."""
    first, second = (set(re.findall(r"\w{5,}", text.casefold())) for text in (line, other))
    fewer = min(len(first), len(second))
    return len(first & second) / fewer if fewer else 0.0
