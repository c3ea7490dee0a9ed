"""What a question about figures asks: which operation, over which periods, on what it names.

By patterns alone, the field's own words for each operation; `tests/figures/test_questions.py` is their table
of examples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from explorer.figures import wordings
from explorer.figures.operands import parts
from explorer.figures.operations import Operation
from explorer.figures.periods import NamedPeriod, Period, of_span, periods_in


@dataclass(frozen=True, slots=True)
class FigureAsked:
    """A question about figures."""

    operation: Operation
    parts: tuple[str, ...]
    """What is asked about, in words, in order: two for a ratio or a share, its part before its whole."""
    periods: tuple[Period, ...]
    is_range: bool = False
    """Whether the periods are the ends of a range that is meant whole ("2017 to 2019")."""
    is_several: bool = False
    """Whether one figure after another is asked for."""
    is_percent: bool = False
    """Whether it names a percentage."""
    is_percent_said: bool = False
    """Whether it does so in so many words."""
    is_of_quotients: bool = False
    """Whether only a printed percentage or ratio can answer it: it names none that could be worked out."""
    is_each_period: bool = False
    """Whether the answer is a period ("in which year …")."""
    threshold: float | None = None
    """What figures are held against, with its scale multiplied in."""
    threshold_scale: float = 1.0
    """What its scale multiplied it by: tables that do not name theirs are taken to be in that."""
    is_below: bool = False
    """Whether they must be less than that."""
    is_count: bool = False
    """Whether it asks how many items there are."""
    is_at_end: bool = False
    """Whether it asks what there was at the end of a quarter."""
    is_fiscal: bool = False
    """Whether it says that its years are fiscal ones."""
    text: str = ""


_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_OVER_SEVERAL = frozenset({Operation.SUM, Operation.AVERAGE})
"""Operations whose words are part of a name where figures are asked for one by one."""


def understood(question: str) -> FigureAsked:
    """What a question asks; VALUE where no operation is named."""
    text = " ".join(question.split())
    named = periods_in(text)
    bare = wordings.BEFORE.sub("", _without(text, named))
    asked = FigureAsked(
        Operation.WORDS,
        (bare,),
        of_span(text, tuple(dict.fromkeys(one.period for one in named))),
        is_range=_is_range(text, named),
        is_percent=bool(wordings.PERCENT.search(bare)),
        is_percent_said=bool(wordings.PERCENT_SAID.search(bare)),
        is_several=bool(wordings.SEVERAL.search(bare)),
        is_at_end=bool(wordings.AT_END.search(text)) and any(one.period.quarter for one in named),
        is_fiscal=bool(wordings.FISCAL.search(text)),
        text=text,
    )
    listed = wordings.ITEMS.search(bare)
    if listed:
        is_count = "how many" in listed.group().lower()
        return replace(
            asked, operation=Operation.ITEMS, parts=(listed["of"] or listed["of2"],), is_count=is_count
        )
    if wordings.WORDS.search(text):
        return asked
    compared = _beyond(asked, bare) or _extreme(asked, bare)
    if compared or wordings.SUPERLATIVE.search(bare):
        return compared or asked
    operation, pattern = _operation(bare)
    found = parts(operation, bare, pattern)
    if not found:  # "the win percentage at the tables" is no share of anything
        asked = replace(asked, is_of_quotients=asked.is_percent or operation is Operation.RATIO)
        operation, found = Operation.VALUE, parts(Operation.VALUE, bare, None)
    return replace(asked, operation=operation, parts=found)


def _beyond(asked: FigureAsked, bare: str) -> FigureAsked | None:
    """The periods that a question asks for: beyond a threshold, or all that the table has."""
    above, below = wordings.ABOVE.search(bare), wordings.BELOW.search(bare)
    threshold = above or below
    if threshold is None:
        lists = wordings.LISTS_PERIODS.search(bare) and not asked.periods
        return replace(asked, operation=Operation.PERIODS) if lists else None
    counts = wordings.COUNTS.search(bare)
    which = wordings.WHICH.match(asked.text) or counts
    if which is None:
        return None
    return replace(
        asked,
        operation=Operation.COUNT if counts else Operation.ABOVE if above else Operation.BELOW,
        parts=(bare[: threshold.start()] + bare[threshold.end() :],),
        threshold=_threshold(threshold),
        threshold_scale=_scale(threshold),
        is_below=above is None,
        is_each_period=bool(wordings.PERIOD_WORD.search(which.group())),
    )


def _extreme(asked: FigureAsked, bare: str) -> FigureAsked | None:
    """The period or the thing of which a figure is highest or lowest."""
    found, which = wordings.EXTREME.search(bare), wordings.WHICH.match(bare)
    if (
        found is None
        or which is None
        or wordings.RANKED.search(bare)
        or wordings.PERCENT_CHANGE.search(bare[: which.end()])
    ):
        return None
    return replace(
        asked,
        operation=Operation.HIGHEST if found["top"] else Operation.LOWEST,
        parts=(bare[which.end() : found.start()] + " " + bare[found.end() :], which["thing"]),
        is_each_period=bool(wordings.PERIOD_WORD.search(which["thing"])),
    )


def _operation(bare: str) -> tuple[Operation, re.Pattern[str] | None]:
    for operation, pattern in (
        (Operation.PERCENT_CHANGE, wordings.PERCENT_CHANGE),
        (Operation.RATIO, wordings.RATIO),
        (Operation.SHARE, wordings.SHARE),
        (Operation.AVERAGE, wordings.AVERAGE),
        (Operation.DIFFERENCE, wordings.DIFFERENCE),
        (Operation.CHANGE, wordings.CHANGE),
        (Operation.SUM, wordings.SUM),
    ):
        if pattern.search(bare) and not (operation in _OVER_SEVERAL and wordings.SEVERAL.search(bare)):
            return operation, pattern
    return Operation.VALUE, None


def _without(text: str, named: list[NamedPeriod]) -> str:
    """The question without the periods that it names."""
    result, last = [], 0
    for one in named:
        result.append(text[last : one.start])
        last = one.end
    return re.sub(r"\s+", " ", "".join([*result, text[last:]]))


def _is_range(text: str, named: list[NamedPeriod]) -> bool:
    """Whether the first two periods are joined by "to", a dash or the like."""
    if len(named) != 2:
        return False
    between = text[named[0].end : named[1].start].strip().lower()
    return between in {"to", "-", "–", "through", "until", "till"}


def _threshold(found: re.Match[str]) -> float:
    number = float(re.sub(r"[^\d.-]", "", found["number"].rstrip(".,")) or 0)
    return number * _scale(found)


def _scale(found: re.Match[str]) -> float:
    return _SCALES.get((found["scale"] or "").lower().rstrip("s"), 1.0)
