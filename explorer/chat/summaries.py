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
MOST_CHARACTERS = 2_200
"""Of all sentences of a summary."""
_DAMPING = 0.85
_ROUNDS = 30
_SAME = 0.8
"""Two sentences with a cosine above this say the same."""
_FIRST = 0.12
"""How much the first passages of a part count beside how central they are: authors say first what matters."""
_TOO_LARGE = 0.6
"""Headings are no parts where one of them holds more of a text than this: a company's name above all."""
_LONG = 150
"""Passages from which on a text is taken to have some that matter little: notes, exhibits, signatures."""
_FEWEST = 12
"""Passages under telling headings that are enough for a summary of such a text."""
_LIKE_OTHERS = 0.3
"""What a sentence loses for being like one that was taken, times their cosine."""
_TELLING = re.compile(
    r"\b(?:business|overview|results of operations|highlights|summary|executive|outlook|introduction|"
    r"conclusions?|abstract|strategy|performance|key (?:figures|points|facts)|year in review|"
    r"financial results|net sales|revenues?|operating income|segments?|guidance|what we do|our company)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:exhibits?|signatures?|certifications?|power of attorney|consent|index|auditors?|"
    r"independent registered|risks?|risk factors|legal|proceedings|controls and procedures|notes?|properties|"
    r"forward-looking|table of contents|available information|find more|accounting|subsidiar\w+|directors|"
    r"executive officers|mine safety|item (?:1a|1b|2|3|4|9\w?|1[0-6])|schedules?|appendix|annex|references|"
    r"bibliography|contacts?|conference call|reconciliations?|non-gaap|quantitative and qualitative|"
    r"market risk|commitments?|contingenc\w+|plans?|glossary|definitions|awards?|agreements?|swaps|"
    r"performance shares?|competition)\b",
    re.IGNORECASE,
)
"""Headings above what a summary leaves out, unless there is nothing else."""
_LEANING = re.compile(
    r"^(?:\(\w\)\s*)?(?:These|This|Such|Those|Under (?:these|this)|It|They|Below|In addition|Additionally|"
    r"However|Therefore|Also|As a result|Accordingly|Further(?:more)?|For example)\b|^\([a-z]\)"
)
"""How sentences begin that lean on the one before them, and footnotes."""
_BOILERPLATE = re.compile(
    r"\b(?:proxy statement|refer to|see (?:the |also )?(?:note|item|part|page|section|“|\")|notes? \d+|"
    r"following tables?|set forth (?:below|above)|as (?:described|discussed|defined) (?:in|above|below)|"
    r"our website|free of charge|unrounded|(?:above|below) for|item 1a|this form|filed with the|furnished|"
    r"accompanying notes|internal control|in our opinion|annual report on form|"
    r"conference call|webcast|investor relations|measurement alternative|aggregate market value|"
    r"shell company|is included in the|we organize|presented (?:below|in)|"
    r"forward-looking|undue reliance|safe harbor|exhibit|incorporated by reference|"
    r"table of contents|check mark|pursuant to|"
    r"hereunto duly authorized|securities (?:exchange )?act|commission file|"
    r"emerging growth company|inline xbrl|registrant|copyright|"
    r"all rights reserved|trademarks?)\b",
    re.IGNORECASE,
)


_RESULT = re.compile(
    r"\b(?:net sales|sales|revenues?|income|earnings|profit|loss|cash flows?|margin|costs?|orders|demand)\b"
    r".{0,60}\b(?:increased|decreased|grew|rose|fell|declined|was|were|totall?ed|reached|improved)\b|"
    r"\b(?:was|were) (?:elected|appointed|approved|ratified|defeated|acquired|sold|opened|closed)\b|"
    r"\b(?:shows?|showed|found|concludes?|resulted)\b",
    re.IGNORECASE,
)
_IS_ABOUT = re.compile(
    r"^(?:The |This |Our )?[A-Z][\w&.,’'() -]{0,70}? (?:is|are) (?:an?|the|one of|among) (?!\w+ing\b)|"
    r"\b(?:operates?|offers?|provides?|manufactures?|makes?|sells?|employs?) \w+",
)
BULLET = re.compile(r"^\W*[•▪◦·]\s*|^\s*[-–]\s+")
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
    chosen = _best(material, encode, lines + further)
    if not chosen:
        return False
    told.say(_listed(told, document, chosen[:lines], "-"))
    if more := _within(
        chosen[lines:], MOST_CHARACTERS - sum(len(short(one.span.text)) for one in chosen[:lines])
    ):
        told.say(_listed(told, document, more, "*"))
    return True


def best(
    material: Material, encode: Callable[[Sequence[str]], Floats], lines: int
) -> list[tuple[Chunk, sentences.Sentence]]:
    """The sentences that say most of what `material` holds, in the order of the document, at most `lines`,
    each with its passage; [] where it has none to quote. `encode`: (n, dimension) for n sentences."""
    chosen = _best(material, encode, lines)
    return [(one.chunk, one.span) for one in sorted(chosen, key=lambda one: one.span.start)]


def _best(material: Material, encode: Callable[[Sequence[str]], Floats], lines: int) -> list[_Candidate]:
    """The same, those that say most first."""
    material = telling(material)
    parts = in_parts(material.chunks, PARTS)
    candidates = _candidates(parts, material)
    if not candidates:
        return []
    vectors = encode([one.span.text for one in candidates])
    return _chosen(candidates, vectors, material, parts, lines)


def _within(candidates: Sequence[_Candidate], characters: int) -> list[_Candidate]:
    """The first of them that have no more characters together."""
    kept = []
    for one in candidates:
        characters -= len(short(one.span.text))
        if characters < 0:
            break
        kept.append(one)
    return kept


def _listed(told: Composition, document: Document, chosen: Sequence[_Candidate], sign: str) -> str:
    """Sentences as a list in the order of the document, each cited. Another sign begins another list."""
    said = []
    heading = None
    for one in sorted(chosen, key=lambda one: one.span.start):
        above = next(
            (name for name in reversed(one.chunk.headings) if " | " not in name), None
        )  # no table's head
        is_lead = above and above != heading and len(above) < 80 and ":" not in above
        lead = f"**{plain(above or '')}**: " if is_lead else ""
        heading = above or heading
        mark = told.cite(document.id, one.chunk.page, one.span.start, one.span.end, one.span.text)
        said.append(f"{sign} {lead}{plain(short(one.span.text))} {mark}")
    return "\n".join(said)


def short(text: str) -> str:
    """A sentence in one line, cut at a word where it is longer than a line of a summary may be."""
    line = sentences.without_dateline(BULLET.sub("", " ".join(text.split())))
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE].rsplit(' ', 1)[0]} …"


def telling(material: Material) -> Material:
    """The passages of a long text that a summary is made from: those under headings of its business and its
    results, else all but notes, exhibits and the like; all of a short one."""
    if len(material.chunks) < _LONG:
        return material
    plainer = [
        row for row, one in enumerate(material.chunks) if not any(map(_ASIDE.search, one.headings[1:]))
    ]
    rows = [row for row in plainer if any(map(_TELLING.search, material.chunks[row].headings[1:]))]
    kept = rows if len(rows) >= _FEWEST else plainer
    if len(kept) < _FEWEST:
        return material
    return Material([material.chunks[row] for row in kept], material.vectors[kept])


def in_parts(chunks: Sequence[Chunk], most: int) -> list[list[int]]:
    """Rows of the passages by the part of the document that they stand in: its first headings, or stretches
    of equal length where it has none or too many."""
    for depth in range(3):
        groups = _groups(chunks, depth)
        is_even = len(chunks) < _LONG or max(map(len, groups)) <= _TOO_LARGE * len(chunks)
        if 2 <= len(groups) <= 2 * most and is_even:
            return groups
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
                if is_worth_it(span.text):
                    found.append(_Candidate(number, float(central[place] + early[place]), chunk, span))
                    taken += 1
            if taken >= share:
                break
    return found[: 2 * CANDIDATES]


def is_worth_it(text: str) -> bool:
    """Whether a sentence may stand in a summary: whole, not begun in its middle, no footnote."""
    line = BULLET.sub("", " ".join(text.split()))
    is_whole = sentences.is_prose(line) and line[:1] not in "$€£%" and not _LEANING.search(line)
    return is_whole and not _BOILERPLATE.search(line)


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
            + merit(one.span.text)
            for row, one in enumerate(candidates)
        ]
    )
    sizes = {number: len(rows) for number, rows in enumerate(parts)}
    wanted = sorted(sizes, key=lambda number: -sizes[number])[:lines]
    most = min(lines, 3 + len(candidates) // 2)
    of_parts = np.array([one.part for one in candidates])
    likeness = vectors @ vectors.T
    taken: list[int] = []
    for _ in range(lines):  # a short document has fewer parts than a summary lines
        for number in wanted:
            if len(taken) >= most:
                break
            like = likeness[:, taken].max(axis=1) if taken else np.zeros(len(candidates), np.float32)
            free = (of_parts == number) & (like < _SAME)
            free[taken] = False
            if free.any():
                worth = np.where(free, scores - _LIKE_OTHERS * like, -np.inf)
                taken.append(int(np.argmax(worth)))
    return [candidates[row] for row in taken]


def merit(text: str) -> float:
    """What a sentence gains by figures, by results and by what something is, and loses by what only may be
    and by somebody's own praise."""
    line = BULLET.sub("", " ".join(text.split()))
    figures = 0.07 * min(len(re.findall(r"\d[\d.,]*", line)), 2)
    said = 0.12 * bool(_RESULT.search(line)) + 0.12 * bool(_IS_ABOUT.search(line))
    unsure = 0.15 * bool(re.search(r"\b(?:could|may|might)\b", line))
    return figures + said - unsure - 0.2 * bool(_SPOKEN.search(line))


def _middle(vectors: Floats) -> Floats:
    mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1:], np.float32)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)
