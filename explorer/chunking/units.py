"""The smallest parts a chunk is made of: lines, and the sentences inside a line.

A unit never starts or ends with whitespace, and between two units there is nothing but whitespace, so any
run of units is a span that loses no visible character. Each unit carries what a break after it costs.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

PARAGRAPH = 0.0
LINE_AFTER_SENTENCE = 0.05
ROW = 0.1
SENTENCE = 0.12
LINE = 0.35
INSIDE = 1.0
"""What a break costs in each place: the figures of the retrieval study behind this project, in the same
currency as (length/target - 1)²."""

CHARACTERS_PER_TOKEN = 16
"""A unit weighs at least one token for every 16 characters: WordPiece counts any word of more than 100
letters as one unknown token, and a megabyte without a space would otherwise pass as short."""

PIECE_CHARACTERS = 48
"""An over-long unit is cut into pieces of about this many characters, between words where it has any."""

_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_LINE_BREAK = re.compile(r"\r\n|[\n\r\x0b\x1c-\x1e\x85\u2028]")
_PAGE_LIKE_BREAKS = ("\x0c", "\u2029")
_CLOSERS = r"[\"'”’»›)\]}」』】）*_]*"
"""What may stand between the mark that ends a sentence and the space after it."""
_SENTENCE_END = re.compile(
    rf"(?<![.!?…])[.!?…]++{_CLOSERS}+(?=\s)"  # a full stop counts only before a space
    rf"|[。！？｡．؟۔।॥։።]+{_CLOSERS}"  # these need none
)
_ENDS_SENTENCE = re.compile(rf"[.!?…。！？｡．؟۔।॥։።]{_CLOSERS}$")
_WORD_BEFORE = re.compile(r"[^\s(\[\"'“‘]*$")
_PIECE = re.compile(r"\S+")

_ABBREVIATED = (
    "mr mrs ms dr prof rev hon gen col sgt lt capt st sr jr messrs mme mlle"
    " vs etc al cf ca approx est resp viz ibid op cit eds ed vol vols no nos nr pp fig figs eq eqs sec secs"
    " ch art para chap tab ref refs app dept univ inc ltd co corp bros llc plc assn"
    " jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun"
    " e.g i.e u.s u.k u.n e.u a.m p.m ph.d m.d b.a m.a d.c n.y"
    " z.b d.h u.a bzw usw ggf evtl inkl zzgl abs bd hrsg str tel"
    " env p.ej sra srta ud uds т.е т.д т.п др г гг см рис стр"
)
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())


@dataclass(frozen=True, slots=True)
class Unit:
    """`text[start:end]`, its weight in tokens and what a break right after it costs."""

    start: int
    end: int
    cost: float
    weight: int = 0
    heading: bool = False


def units_of(text: str, start: int, end: int, tables: Sequence[tuple[int, int]] = ()) -> list[Unit]:
    """The lines and sentences of `text[start:end]`, in order, not weighed yet.

    A line within one of `tables`, spans by rising start, is a row: one unit, whatever sentences it has.
    """
    units: list[Unit] = []
    within = _Within(tables, start)
    before = None
    for line in _LINE.finditer(text, start, end):
        table = within(line.start())
        spans = _sentences(text, line.start(), line.end()) if table is None else _stripped(text, *line.span())
        if not spans:
            continue
        if units:
            cost = _line_cost(text, units[-1], spans[0][0])
            is_row = table is not None and table == before
            units[-1] = replace(units[-1], cost=min(cost, ROW) if is_row else cost)
        units += [Unit(first, last, SENTENCE) for first, last in spans]
        before = table
    return units


class _Within:
    """Which of some spans holds a place, asked for places in rising order."""

    def __init__(self, spans: Sequence[tuple[int, int]], start: int) -> None:
        self._spans = spans
        self._next = max(bisect_right(spans, start, key=lambda span: span[0]) - 1, 0)

    def __call__(self, place: int) -> int | None:
        while self._next < len(self._spans) and self._spans[self._next][1] <= place:
            self._next += 1
        is_in = self._next < len(self._spans) and self._spans[self._next][0] <= place
        return self._next if is_in else None


def weigh(
    text: str, units: Sequence[Unit], count: Callable[[Sequence[str]], list[int]], limit: int
) -> list[Unit]:
    """The same units with their weights; a unit above `limit` becomes several pieces below it.

    `count` gives the number of tokens of each text and is called on all units at once, but for those whose
    length alone is too much: the tokens of a line of a million cells need not be counted to cut it.
    """
    done: list[Unit] = []
    waiting = list(units)
    while waiting:
        too_long = [unit for unit in waiting if _least(unit) > limit]
        waiting = [unit for unit in waiting if _least(unit) <= limit]
        counts = count([text[unit.start : unit.end] for unit in waiting])
        for unit, tokens in zip(waiting, counts, strict=True):
            weight = max(tokens, _least(unit))
            if weight <= limit or unit.end - unit.start == 1:
                done.append(replace(unit, weight=weight))
            else:
                too_long.append(unit)
        waiting = [piece for unit in too_long for piece in _pieces(text, unit)]
    done.sort(key=lambda unit: unit.start)
    return done


def _least(unit: Unit) -> int:
    """What a unit weighs at least, by its length."""
    return max(1, (unit.end - unit.start) // CHARACTERS_PER_TOKEN)


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begin = start
    for match in _SENTENCE_END.finditer(text, start, end):
        if match.end() < end and _is_end(text, begin, match):
            _add_stripped(spans, text, begin, match.end())
            begin = match.end()
    _add_stripped(spans, text, begin, end)
    return spans


def _stripped(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    _add_stripped(spans, text, start, end)
    return spans


def _add_stripped(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _is_end(text: str, begin: int, match: re.Match[str]) -> bool:
    """Whether a sentence really ends here, rather than an abbreviation, an initial or a number in a list."""
    mark = match.group()
    if mark[0] not in ".!?…":
        return True
    if text[match.end() : match.end() + 4].lstrip()[:1].islower():
        return False
    if mark[0] != "." or mark.startswith(".."):
        return True
    before = _WORD_BEFORE.search(text, max(begin, match.start() - 24), match.start())
    word = before.group() if before else ""
    if word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
        return False
    is_number_of_list = word.isdigit() and before is not None and not text[begin : before.start()].strip()
    return not is_number_of_list


def _line_cost(text: str, unit: Unit, next_start: int) -> float:
    gap = text[unit.end : next_start]
    if len(_LINE_BREAK.findall(gap)) > 1 or any(mark in gap for mark in _PAGE_LIKE_BREAKS):
        return PARAGRAPH
    ends_sentence = _ENDS_SENTENCE.search(text, max(unit.start, unit.end - 8), unit.end)
    return LINE_AFTER_SENTENCE if ends_sentence else LINE


def _pieces(text: str, unit: Unit) -> list[Unit]:
    """`unit` cut into pieces between words, or inside a word that is longer than a piece itself."""
    size = min(PIECE_CHARACTERS, max(1, (unit.end - unit.start) // 2))
    spans: list[tuple[int, int]] = []
    for word in _PIECE.finditer(text, unit.start, unit.end):
        start, end = word.span()
        if spans and end - spans[-1][0] <= size:
            spans[-1] = (spans[-1][0], end)
            continue
        while end - start > size:
            cut = _between_characters(text, start, start + size)
            spans.append((start, cut))
            start = cut
        spans.append((start, end))
    pieces = [Unit(start, end, INSIDE) for start, end in spans]
    pieces[0] = replace(pieces[0], heading=unit.heading)
    pieces[-1] = replace(pieces[-1], cost=unit.cost)
    return pieces


def _between_characters(text: str, start: int, cut: int) -> int:
    """`cut`, moved back so that a letter keeps its combining marks, an emoji its joiners."""
    moved = cut
    while moved > start + 1 and (unicodedata.combining(text[moved]) or text[moved] in "\u200d\ufe0f"):
        moved -= 1
    return moved if moved > start + 1 else cut
