"""Text → its parts as claims are compared by: words by their stems, names, figures; and its sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import Literal, NamedTuple

from explorer.claims.quantities import Quantity, quantities
from explorer.claims.wording import GENERIC_NAMES, GERMAN, NEGATING_SIGNS, NEGATIONS, base_forms, poles
from explorer.words.stop_words import function_words
from explorer.words.terms import tokens

PartKind = Literal["word", "name", "figure", "stop", "negation", "capital"]
"""A "capital" begins a sentence: it may be a name or any word."""
_LIGHT, _WORD, _A_LETTER, _NAME, _FIGURE = 0.15, 1.0, 0.08, 0.3, 2.0
"""What a function word counts, a word, each of its letters (at most 10: long words tell more), a capital, a
figure. Inverse document frequencies of a large collection order the claims of `benchmarks/claims.py` no
better than this (AUC .739 against .744), and need the collection."""
_LETTERS = 10
_GERMAN = 0.1
"""A text with more of German's commonest words than a tenth is German, and its capitals make no names."""
_ENDS = re.compile(
    r"[.!?؟।]['\"”’»)\]]*(?:\[\d{1,3}\])*\s+(?=[^a-zß-öø-ÿ\s])|[。！？]|\n\s*\n|\n(?=\s*[^a-zß-öø-ÿ\s])|;\s+|[|]\n"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]|Mr|Mrs|Ms|Dr|St|Inc|Corp|Co|Ltd|No|vs|approx|ca|z\.B|bzw|Nr|Abs|Art|Fig|Jr|Sr|Prof|etc"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec))\.\s+$"
)
_LOOK_BACK = 12
_FULL_LINE, _STOPS = 50, ".!?:;。！？"
"""A line of at least fifty characters without one of these at its end goes on below, also with a capital."""
_ONLY = frozenset(("only", "just", "mere", "nur", "seul"))
"""Stems behind which "not" turns nothing round: not only."""
_PIECE = re.compile(r"\S{1,200}")


BARE = "number"
"""The term of a number that has to be compared by its value."""


class ClaimPart(NamedTuple):
    """A word, name or figure at `text[start:end]`; `weight` is how much it tells."""

    term: str
    start: int
    end: int
    kind: PartKind
    weight: float
    quantity: Quantity | None = None


class StatedSentence(NamedTuple):
    """A sentence `[start, end)` of a passage, with its parts in order."""

    passage: int
    start: int
    end: int
    parts: tuple[ClaimPart, ...]


def parts_of(text: str) -> list[ClaimPart]:
    """The parts of a text in order of where they begin."""
    figures = quantities(text)
    found = [ClaimPart(_of_figure(q), q.start, q.end, "figure", _FIGURE, q) for q in figures]
    covered = _covered(figures, len(text))
    for piece in _PIECE.finditer(text):
        at = piece.start()
        for part in _parts_of_piece(piece.group()):
            if not covered[at + part.start]:
                found.append(part._replace(start=at + part.start, end=at + part.end))
    found.sort(key=lambda part: part.start)
    found = [
        part._replace(kind="stop", term="not")
        if part.kind == "negation" and after and after.term in _ONLY
        else part
        for part, after in zip_longest(found, found[1:])
    ]
    return _without_false_names(found)


def _covered(figures: Sequence[Quantity], length: int) -> bytearray:
    covered = bytearray(length + 1)
    for one in figures:
        covered[one.start : one.end] = b"\x01" * (one.end - one.start)
    return covered


def _of_figure(quantity: Quantity) -> str:
    return f"{quantity.kind}:{quantity.term}" if quantity.term else BARE


@lru_cache(maxsize=32_768)
def _parts_of_piece(piece: str) -> tuple[ClaimPart, ...]:
    """The words of a piece without white space. Pieces repeat, so most of the work is done once."""
    return tuple(_word(piece, term, start, end) for term, start, end in tokens(piece))


def _word(text: str, term: str, start: int, end: int) -> ClaimPart:
    written = text[start:end]
    plain = written.casefold()
    if _negates(text, plain, end):
        return ClaimPart("¬", start, end, "negation", _LIGHT)
    if plain in function_words() and not written.isupper():
        return ClaimPart(term, start, end, "stop", _LIGHT)
    term = base_forms().get(term, term)
    weight = _WORD + _A_LETTER * min(len(term), _LETTERS)
    if term in poles():
        number, side = poles()[term]
        return ClaimPart(f"±{number}.{side}" if number == 0 else term, start, end, "word", weight)
    if written[0].isupper() and term not in GENERIC_NAMES:
        return ClaimPart(term, start, end, "name", weight + _NAME)
    return ClaimPart(term, start, end, "word", weight)


def _negates(text: str, plain: str, end: int) -> bool:
    if plain in NEGATIONS:
        return text[end : end + 1] not in ("-", "." if plain == "no" else "-")  # non-cash, No. 5
    if text[end : end + 2].casefold() in ("'t", "’t"):
        return True
    return plain[0] in NEGATING_SIGNS


def _without_false_names(found: list[ClaimPart]) -> list[ClaimPart]:
    """The parts, without names where nouns are written with a capital: in German."""
    words = [part for part in found if part.kind in ("word", "name", "stop")]
    german = sum(part.term in GERMAN for part in words)
    if german <= _GERMAN * len(words) or sum(part.kind == "name" for part in words) <= german / 2:
        return found
    return [part._replace(kind="word") if part.kind == "name" else part for part in found]


def sentences(passage: int, text: str) -> list[StatedSentence]:
    """The sentences of a passage with their parts. A line of its own counts as one."""
    bounds = [0]
    for match in _ENDS.finditer(text):
        if _ends(text, match):
            bounds.append(match.end())
    bounds.append(len(text))
    parts, at, found = parts_of(text), 0, list[StatedSentence]()
    for start, end in pairwise(bounds):
        first = at
        while at < len(parts) and parts[at].start < end:
            at += 1
        if at > first:
            own = _without_first_capital(text, parts[first:at])
            found.append(StatedSentence(passage, *_trimmed(text, start, end), own))
    return found


def _ends(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends where it looks so: not behind an abbreviation, nor where a line is full."""
    if "\n" not in match.group():
        return not _ABBREVIATION.search(text[max(0, match.end() - _LOOK_BACK) : match.end()])
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].rstrip()
    is_full = len(line) >= _FULL_LINE and line[-1] not in _STOPS and "|" not in line and "\t" not in line
    return match.group().count("\n") > 1 or not is_full


def _without_first_capital(text: str, parts: list[ClaimPart]) -> tuple[ClaimPart, ...]:
    """The parts of a sentence: whether its first word is a name is open, unless a name follows or it owns
    something ("Apple's")."""
    first = parts[0]
    is_alone = len(parts) == 1 or parts[1].kind != "name"
    owns = text[first.end : first.end + 2] in ("'s", "’s")
    if first.kind == "name" and is_alone and not owns and not text[first.start : first.end].isupper():
        parts = [first._replace(kind="capital"), *parts[1:]]
    return tuple(parts)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
