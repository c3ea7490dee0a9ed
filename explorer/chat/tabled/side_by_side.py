"""Figures of several companies, or several lines, beside each other: like beside like, differences said."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from explorer.chat.composing import in_table, plain
from explorer.chat.tabled.asked import FoundFigure
from explorer.chat.tabled.showing import headed, named, shortly
from explorer.figures.labels import words_of

NOT_STATED = "not stated"
_ALIKE = 0.3
"""What a figure gains in a comparison by being called like the one beside it ..."""
_AS_LONG = 0.2
"""... and by being of a period as long as that one's."""
_MOST = 8
"""Answers of each side that are looked at."""
_LENGTHS = (
    (
        "quarter",
        re.compile(r"\b(?:three|3)[ -]months?\b|\b1[34][ -]weeks?\b|\bquarter|\bQ[1-4]\b", re.IGNORECASE),
    ),
    ("half", re.compile(r"\b(?:six|6)[ -]months?\b|\b2[67][ -]weeks?\b", re.IGNORECASE)),
    ("nine months", re.compile(r"\b(?:nine|9)[ -]months?\b|\b(?:39|40)[ -]weeks?\b", re.IGNORECASE)),
)
_TWO = re.compile(
    r"^\W*compare\s+(?P<who>(?:the\s+)?[^,]*?['’]s?\s+)?(?:the\s+)?(?P<a>[^,]+?)\s+(?:and|with|to|versus|vs\.?)\s+"
    r"(?:the\s+)?(?P<b>[^,]+?)(?P<tail>\s+(?:in|of|at|for|on|during)\s[^?.]*)?[?.]?\s*$",
    re.IGNORECASE,
)


def two_things(question: str) -> list[str]:
    """ "Compare A's X and Y in 2022" as the questions for each; [] where it is no such question."""
    found = _TWO.match(question)
    if found is None:
        return []
    return [
        f"What was {found['who'] or 'the '}{thing}{found['tail'] or ''}?"
        for thing in (found["a"], found["b"])
    ]


def chosen(sides: Sequence[Sequence[FoundFigure]]) -> list[FoundFigure | None]:
    """The answer of each side that is most like the others': the surest of all, and beside it those that are
    called like it and are of periods as long. None for a side without any."""
    best = max((side[0] for side in sides if side), key=lambda one: one.rank, default=None)
    if best is None:
        return [None] * len(sides)
    return [
        best
        if best in side
        else max(side[:_MOST], key=lambda one: one.rank + _likeness(one, best), default=None)
        for side in sides
    ]


def _likeness(one: FoundFigure, other: FoundFigure) -> float:
    own, theirs = frozenset(words_of(named(one))), frozenset(words_of(named(other)))
    shared = len(own & theirs) / max(len(own | theirs), 1)
    return _ALIKE * shared + _AS_LONG * (_length(one) == _length(other))


def _length(one: FoundFigure) -> str:
    """How long the period of a figure is: "year" where its head says nothing else."""
    head = headed(one)
    return next((name for name, pattern in _LENGTHS if pattern.search(head)), "year")


def table(
    columns: Sequence[str], found: Sequence[FoundFigure | None], mark: Callable[[FoundFigure], str]
) -> str:
    """A table with a column for each side: its figure with the `mark` of its citation; what it is called and
    of which period it is where the others differ in that."""
    known = [one for one in found if one is not None]
    names, heads = [named(one) for one in known], [headed(one) for one in known]
    is_one_name = len({name.lower() for name in names}) == 1
    is_one_head = len({head.lower() for head in heads}) == 1
    aspect = " · ".join(
        text for text, is_one in ((names[0], is_one_name), (heads[0], is_one_head)) if text and is_one
    )
    cells = [
        NOT_STATED if one is None else _cell(one, mark(one), name=not is_one_name, head=not is_one_head)
        for one in found
    ]
    return in_table(["", *map(plain, columns)], [[plain(aspect), *cells]], "right")


def _cell(one: FoundFigure, mark: str, *, name: bool, head: bool) -> str:
    said = [named(one)] if name else []
    said += [headed(one)] if head and headed(one) else []
    beside = f" ({plain('; '.join(said))})" if said else ""
    if one.part:
        return f"{NOT_STATED} for the year; {one.part}: **{plain(shortly(one))}**{beside} {mark}"
    return f"**{plain(shortly(one))}**{beside} {mark}"
