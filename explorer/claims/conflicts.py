"""Where a sentence says something else than a claim that it otherwise matches: figures, names, negations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from explorer.claims.evidence import NOTHING, Evidence, Window
from explorer.claims.parts import ClaimPart
from explorer.claims.wording import HEDGES, poles, quantifiers
from explorer.words.stemming import stem

ConflictKind = Literal["figure", "name", "negation", "opposite", "quantifier", "hedge"]
_LONGEST = 240
"""Parts of a claim and of a window that are aligned: the time grows with their product."""
_STRETCH = 8
"""A stretch that stands in the place of another has at most eight parts."""
_SHORT, _NAME = 3, 5
"""Opposites and quantifiers stand in each other's place where the stretches have at most three parts, names
where they have at most five."""
_HEADS = 3
"""A negation is about the three words that follow it and the one before."""
_WELL = 0.75
"""A window with three quarters of the claim's words is about the same."""
_IN_ORDER = {stem(word) for word in ("respectively", "jeweils", "respectivement")}
"""Where one of these stands, the nearest year is not a figure's own."""
_TURNED = ("un", "in", "im", "non", "dis")


class Conflict(NamedTuple):
    """What differs, and the parts of the window that say so, as places in its list of parts."""

    kind: ConflictKind
    start: int
    end: int


class Side(NamedTuple):
    """Parts with their keys."""

    parts: Sequence[ClaimPart]
    keys: Sequence[str]


def side_of(evidence: Evidence, window: Window) -> Side:
    """The parts and keys of a window."""
    numbers = range(window.first, window.last + 1)
    parts = [part for n in numbers for part in evidence.sentences[n].parts][:_LONGEST]
    keys = [key for n in numbers for key in evidence.their_keys[n]][:_LONGEST]
    return Side(parts, keys)


def conflicts(evidence: Evidence, window: Window) -> list[Conflict]:
    """What a window says otherwise than the claim. Where it holds little of the claim, only what stands in
    the same place counts."""
    claim = Side(_capitals(evidence.claim[:_LONGEST], evidence, False), evidence.keys[:_LONGEST])
    parts, keys = side_of(evidence, window)
    source = Side(_capitals(parts, evidence, True), keys)
    found = [*_in_place(claim, source), *_other_direction(claim, source)]
    if evidence.core(window.mask) >= _WELL:
        found += _spare_figures(claim, source)
        found += _other_way(claim, source)
        found += _crossed(claim, source)
        found += _turned(claim, source)
    return found


def _capitals(parts: Sequence[ClaimPart], evidence: Evidence, stated: bool) -> list[ClaimPart]:
    """The parts, first words taken for names where passages write them with a capital within sentences;
    in a claim also those that no passage has at all."""
    return [
        part._replace(kind="name")
        if part.kind == "capital"
        and (part.term in evidence.names or not (stated or part.term in evidence.plain))
        else part
        for part in parts
    ]


def _in_place(claim: Side, source: Side) -> Iterator[Conflict]:
    """Differences where a stretch of the claim stands in place of one of the source."""
    ops = SequenceMatcher(None, claim.keys, source.keys, autojunk=False).get_opcodes()
    for tag, a, b, c, d in ops:
        if tag == "replace" and b - a <= _STRETCH and d - c <= _STRETCH:
            mine = Side(claim.parts[a:b], claim.keys[a:b])
            other = Side(source.parts[c:d], source.keys[c:d])
            kind = _difference(mine, other, claim, source)
            if kind:
                yield Conflict(kind, c, d)


def _difference(mine: Side, other: Side, claim: Side, source: Side) -> ConflictKind | None:
    if _other_figures(mine, other, claim, source):
        return "figure"
    names = _names(mine, source.keys)
    theirs = _names(other, claim.keys)
    longest = max(len(mine.keys), len(other.keys))
    if names and theirs and longest <= _NAME and not _is_short_for(names, theirs):
        return "name"
    if longest <= _SHORT and _opposite(mine, other):
        return "opposite"
    if longest <= _SHORT and _other_quantifiers(mine, other):
        return "quantifier"
    if any(key in HEDGES for key in other.keys) and not any(key in HEDGES for key in claim.keys):
        return "hedge"
    return None


def _other_figures(mine: Side, other: Side, claim: Side, source: Side) -> bool:
    missing = _missing_figures(mine, claim, source)
    spare = [p for p, key in zip(*other, strict=True) if p.quantity and _is_spare(key, claim, source)]
    return any(_comparable(one, another) for one in missing for another in spare)


def _missing_figures(mine: Side, claim: Side, source: Side) -> list[ClaimPart]:
    """Figures of the claim that the source has not, or has not as often."""
    return [
        part
        for part, key in zip(*mine, strict=True)
        if part.quantity and claim.keys.count(key) > source.keys.count(key)
    ]


def _is_spare(key: str, claim: Side, source: Side) -> bool:
    return key == NOTHING or source.keys.count(key) > claim.keys.count(key)


def _comparable(one: ClaimPart, other: ClaimPart) -> bool:
    if one.quantity is None or other.quantity is None:
        return False
    return one.quantity.kind == other.quantity.kind


def _names(side: Side, elsewhere: Sequence[str]) -> list[ClaimPart]:
    return [p for p, key in zip(*side, strict=True) if p.kind == "name" and key not in elsewhere]


def _is_short_for(names: Sequence[ClaimPart], theirs: Sequence[ClaimPart]) -> bool:
    """Whether one side is the initials of the other, or begins like it."""
    first, second = "".join(p.term for p in names), "".join(p.term for p in theirs)
    initials = {"".join(p.term[0] for p in names), "".join(p.term[0] for p in theirs)}
    return first in initials or second in initials or first.startswith(second) or second.startswith(first)


def _other_quantifiers(mine: Side, other: Side) -> bool:
    levels = quantifiers()
    first = {levels[key] for key in mine.keys if key in levels}
    second = {levels[key] for key in other.keys if key in levels}
    return bool(first and second and not first & second)


def _opposite(mine: Side, other: Side) -> bool:
    first = {_pole(key) for key in mine.keys} - {None}
    second = {_pole(key) for key in other.keys} - {None}
    return any((n, 1 - side) in second and (n, side) not in second for n, side in first)  # type: ignore[misc]


def _pole(key: str) -> tuple[int, int] | None:
    if key.startswith("±"):
        number, _, side = key[1:].partition(".")
        return int(number), int(side)
    return poles().get(key)


def _spare_figures(claim: Side, source: Side) -> Iterator[Conflict]:
    """Figures that the claim has and the source has not, where it has another of the kind to spare."""
    missing = _missing_figures(claim, claim, source)
    for at, (part, key) in enumerate(zip(*source, strict=True)):
        if part.quantity and _is_spare(key, claim, source) and any(_comparable(o, part) for o in missing):
            yield Conflict("figure", at, at + 1)


def _other_way(claim: Side, source: Side) -> Iterator[Conflict]:
    """Rising where the source says falling, and says nothing of rising, or the other way."""
    mine = {key for key in claim.keys if key.startswith("±")}
    theirs = {key for key in source.keys if key.startswith("±")}
    if len(mine) == len(theirs) == 1 and mine != theirs:
        at = next(i for i, key in enumerate(source.keys) if key.startswith("±"))
        yield Conflict("opposite", at, at + 1)


def _other_direction(claim: Side, source: Side) -> Iterator[Conflict]:
    """A figure by which something rises in the claim and falls in the source, or the other way."""
    ours = _directions(claim)
    for key, (at, side) in _directions(source).items():
        if key in ours and ours[key][1] != side:
            yield Conflict("opposite", at, at + 1)


def _directions(side: Side) -> dict[str, tuple[int, int]]:
    """Where each figure stands beside a word for rising or falling, and which: 0 or 1; not those that stand
    beside both."""
    found: dict[str, set[tuple[int, int]]] = {}
    for at, (part, key) in enumerate(zip(*side, strict=True)):
        if part.quantity is None or part.quantity.kind != "number" or key == NOTHING:
            continue
        for step in (-1, 1):
            for near in range(at + step, at + step * (_HEADS + 1), step):
                if not 0 <= near < len(side.keys) or side.parts[near].quantity is not None:
                    break
                pole = _pole(side.keys[near])
                if pole is not None and pole[0] == 0:
                    found.setdefault(key, set()).add((near, pole[1]))
                    break
    return {key: min(places) for key, places in found.items() if len({way for _, way in places}) == 1}


def _crossed(claim: Side, source: Side) -> Iterator[Conflict]:
    """A figure that the claim puts to another year than the source does, which has one for that year too."""
    if _IN_ORDER & {*claim.keys, *source.keys}:
        return
    ours, theirs = _places(claim), _places(source)
    for key, year in _nearest(ours["number"], ours["year"]).items():
        other = _nearest(theirs["number"], theirs["year"]).get(key, year)
        back = _nearest(theirs["year"], theirs["number"]).get(year, key)
        if other != year and back != key:
            at = source.keys.index(key)
            yield Conflict("figure", at, at + 1)


def _places(side: Side) -> dict[str, list[tuple[int, str]]]:
    """Where numbers and years stand, with their keys."""
    found: dict[str, list[tuple[int, str]]] = {"number": [], "year": []}
    for at, (part, key) in enumerate(zip(*side, strict=True)):
        if part.quantity and part.quantity.kind in found:
            found[part.quantity.kind].append((at, key))
    return found


def _nearest(places: list[tuple[int, str]], others: list[tuple[int, str]]) -> dict[str, str]:
    """The key of the nearest of the others by key, where one is nearest; of the claim's figures only."""
    found = {}
    for at, key in places:
        distances = sorted((abs(other - at), name) for other, name in others)
        is_clear = len(distances) == 1 or (len(distances) > 1 and distances[0][0] < distances[1][0])
        if key != NOTHING and is_clear:
            found[key] = distances[0][1]
    return found


def _turned(claim: Side, source: Side) -> Iterator[Conflict]:
    """Negations that only one side has."""
    mine, other = _negated(claim), _negated(source)
    left = dict(other)
    for heads in mine.values():
        match = next((at for at, theirs in left.items() if set(heads) & set(theirs)), None)
        if match is not None:
            del left[match]
        elif heads and heads[0] in source.keys and not _has_turned(heads, source.keys):
            yield Conflict("negation", 0, len(source.parts))
    for at, heads in left.items():
        if (
            len(heads) > 1
            and heads[0] in claim.keys
            and heads[-1] in claim.keys
            and not _has_turned(heads, claim.keys)
        ):
            yield Conflict("negation", at, at + 1)


def _negated(side: Side) -> dict[int, list[str]]:
    """What each negation is about, by its place: the words behind it, nearest first, then the one before."""
    content = [i for i, part in enumerate(side.parts) if part.kind not in ("stop", "negation")]
    found = {}
    for at, part in enumerate(side.parts):
        if part.kind == "negation":
            behind = [side.keys[i] for i in content if i > at][:_HEADS]
            before = [side.keys[i] for i in content if i < at][-1:]
            found[at] = behind + before
    return found


def _has_turned(heads: Sequence[str], keys: Sequence[str]) -> bool:
    """Whether the other side says it in one word: "unable" for "not able"."""
    turned = {prefix + stem(head) for head in heads[:1] for prefix in _TURNED}
    return any(key in turned for key in keys)
