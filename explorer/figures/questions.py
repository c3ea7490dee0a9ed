"""What a question about figures asks: which operation, over which periods, on what it names.

By patterns alone, the field's own words for each operation; `tests/figures/test_questions.py` is their table
of examples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from explorer.figures.periods import Named, Period, periods_in


class Operation(StrEnum):
    """What is done with the cells that a question names."""

    VALUE = "value"
    CHANGE = "change"
    PERCENT_CHANGE = "percentage change"
    SHARE = "share"
    RATIO = "ratio"
    SUM = "sum"
    AVERAGE = "average"
    DIFFERENCE = "difference"
    COUNT = "count"
    HIGHEST = "highest"
    LOWEST = "lowest"
    ABOVE = "above"
    BELOW = "below"
    PERIODS = "periods"
    WORDS = "words"
    """No figure: a reason, a way, a place, a list of names."""


@dataclass(frozen=True, slots=True)
class Asked:
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
    is_each_period: bool = False
    """Whether the answer is a period ("in which year …")."""
    threshold: float | None = None
    """What figures are held against, with its scale multiplied in."""
    text: str = ""


_TOP = r"(?:highest|largest|greatest|biggest|most|maximum|higher|larger|greater|bigger|more)"
_LOW = r"(?:lowest|smallest|least|minimum|fewest|lower|smaller|less|fewer)"
_NUMBER = (
    r"(?:US|C|A)?[$€£]?\s?(?P<number>-?\d[\d,.]*)\s?(?P<scale>thousands?|millions?|billions?|%|percent)?"
)
_WHICH = r"^\s*(?:in |for |during |at )?(?:which|what)\s+(?P<thing>[\w\s/-]{1,60}?)\s+"
_PERIOD_WORD = re.compile(
    r"\b(?:fiscal |financial )?(?:years?|year\(s\)|periods?|quarters?|months?)\b", re.IGNORECASE
)

_LISTS_PERIODS = re.compile(
    r"^\s*(?:in |for |what are the |(?:the )?)?(?:which|what|years?)?\s*(?:are the )?(?:fiscal |financial )?"
    r"(?:years?(?:\(s\))?|periods?)\b"
    r".*\b(?:provided?|show[sn]?|reported|calculated|recorded|presented|included|listed|given|available|"
    r"compared|measured|covered|disclosed|computed|analy[sz]ed|tabulated|considered|"
    r"report)\b(?!.*\b(?:exceed|more than|less than|"
    r"above|below|over|higher|highest|larger|largest|lower|lowest|smaller|smallest|greater|greatest)\b)",
    re.IGNORECASE,
)
_COUNTS = re.compile(r"\bhow many\b.*\b(?:years?|periods?|quarters?|months?)\b", re.IGNORECASE)
_ABOVE = re.compile(
    rf"\b(?:exceed(?:ed|s|ing)?|more than|greater than|higher than|larger than|above|over|"
    rf"at least)\s+{_NUMBER}",
    re.IGNORECASE,
)
_BELOW = re.compile(
    rf"\b(?:less than|lower than|smaller than|below|under|fewer than)\s+{_NUMBER}", re.IGNORECASE
)
_PERCENT_CHANGE = re.compile(
    r"(?:\bpercent(?:age)?(?: point)?|%)\s*(?:of\s+)?(?:average\s+)?(?:change|increase|decrease|"
    r"growth|decline|drop|rise|difference|increment)"
    r"|\b(?:change|increase|decrease|growth)\W{0,12}(?:%|\(percent)"
    r"|\bgrowth rate|\b(?:change|increase|decrease|growth|decline)\b[^?]*\b(?:in|as a|"
    r"by) (?:percent(?:age)?|%)"
    r"|\bpercent(?:age)?\b[^?]{0,60}\b(?:grow|grew|increased?|decreased?|declined?|changed?|rose|fell)\b"
    r"|\bby (?:what|how many) (?:percent(?:age)?|%)",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(?:as a |what |the )?(?:percentage|percent|proportion|share|%|"
    r"portion)\b(?:[^?]{0,40})?\b(?:of|over|in|to|among|out of|against|from|constitut\w+|form\w*|"
    r"account\w*|attribut\w*|makes? up)\b",
    re.IGNORECASE,
)
_RATIO = re.compile(r"\bratio\b|\bhow many times\b", re.IGNORECASE)
_AVERAGE = re.compile(r"(?<!weighted-)(?<!weighted )\b(?:average|mean)\b", re.IGNORECASE)
_CHANGE = re.compile(
    r"\b(?:change|changed|increase|increased|decrease|decreased|growth|grow|grew|decline|declined|"
    r"movement|variation|increment|reduction)\b",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    r"\b(?:difference|differ|how much (?:more|less|higher|lower|larger|greater)|exceed)\b", re.IGNORECASE
)
_SUM = re.compile(r"\b(?:total|sum|combined|altogether|aggregate|together|cumulative)\b", re.IGNORECASE)
_SEVERAL = re.compile(r"\brespective(?:ly)?\b|\beach\b", re.IGNORECASE)
_RANGE = re.compile(r"\b(?:from|between|for|over|across|through)?\s*$", re.IGNORECASE)

_WORDS = re.compile(
    r"^\s*(?:why|where|who|whom|whose|when)\b|^\s*how (?:is|are|was|were|does|do|did|will|often|"
    r"long|can|could|would)\b(?! (?:much|many))"
    r"|^\s*what (?:could|can|led|caused|does|do|did|would|may|drove|explains?|happen\w*|kinds?|types?)\b"
    r"|\b(?:reasons?|due to|because of|caused? by|attribut\w+ to|relate[ds]? to|consists? of|"
    r"comprised? of|compris\w+|included? in|"
    r"defin\w+|refers? to|driven by|result of|basis|method|purpose|represents?)\b[^?]*\??$"
    r"|^\s*(?:what|which)(?: are| were)? the (?:\w+ ){0,3}(?:countries|segments|regions|components|"
    r"categories|items|types|currencies|"
    r"factors|elements|names|assumptions|methods|sources|reasons|places|areas|markets|products|"
    r"activities|parts)\b",
    re.IGNORECASE,
)

_OVER_SEVERAL = frozenset({Operation.SUM, Operation.AVERAGE})
"""Operations whose words are part of a name where figures are asked for one by one."""
_PERCENT = re.compile(r"%|\bpercent|\bper cent|\bmargin|\brate\b|\byield", re.IGNORECASE)
_BEFORE = re.compile(
    r"^\s*(?:between|from|for|in|during|of|as of|at)\W*(?:fiscal |financial |years? )*(?:and|"
    r"to)?[^\w?]*,\s*(?:the\s+)?",
    re.IGNORECASE,
)
_SUPERLATIVE = re.compile(
    r"\b(?:highest|largest|greatest|biggest|most|maximum|lowest|smallest|least|minimum|fewest)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\s*(?:what(?:'s|’s)?|how much|how many|which|by how much|calculate|compute|find|tell me|"
    r"give me|state)?\s*"
    r"(?:is|are|was|were|does|do|did|has|have|had|will|would|the|of)?\s*(?:the\s+)?",
    re.IGNORECASE,
)
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}


def understood(question: str) -> Asked:
    """What a question asks; VALUE where no operation is named."""
    text = " ".join(question.split())
    named = periods_in(text)
    bare = _without(text, named)
    bare = _BEFORE.sub("", bare)
    periods = tuple(dict.fromkeys(one.period for one in named))
    common = {
        "periods": periods,
        "is_range": _is_range(text, named),
        "text": text,
        "is_percent": bool(_PERCENT.search(bare)),
    }
    if _WORDS.search(text):
        return Asked(Operation.WORDS, (bare,), **common)
    threshold = _ABOVE.search(bare) or _BELOW.search(bare)
    if _LISTS_PERIODS.search(bare) and not threshold and not periods:
        return Asked(Operation.PERIODS, (bare,), **common)
    if threshold and (which := re.match(_WHICH, text, re.IGNORECASE) or _COUNTS.search(bare)):
        is_above = _ABOVE.search(bare) is not None
        operation = (
            Operation.COUNT if _COUNTS.search(bare) else Operation.ABOVE if is_above else Operation.BELOW
        )
        rest = bare[: threshold.start()] + bare[threshold.end() :]
        limit = _threshold(threshold) * (1 if is_above else -1)
        return Asked(
            operation,
            (rest,),
            threshold=limit,
            is_each_period=bool(_PERIOD_WORD.search(which.group())),
            **common,
        )
    extreme = re.search(rf"\b(?:{_TOP}|{_LOW})\b", bare, re.IGNORECASE)
    which = re.match(_WHICH, bare, re.IGNORECASE)
    if extreme and which and not _PERCENT_CHANGE.search(bare[: which.end()]):
        operation = (
            Operation.HIGHEST if re.fullmatch(_TOP, extreme.group(), re.IGNORECASE) else Operation.LOWEST
        )
        rest = bare[which.end() : extreme.start()] + " " + bare[extreme.end() :]
        return Asked(
            operation,
            (rest, which["thing"]),
            is_each_period=bool(_PERIOD_WORD.search(which["thing"])),
            **common,
        )
    if _SUPERLATIVE.search(bare):
        return Asked(Operation.WORDS, (bare,), **common)
    operation, pattern = _operation(bare)
    return Asked(
        operation, _parts(operation, bare, pattern), is_several=bool(_SEVERAL.search(bare)), **common
    )


def _operation(bare: str) -> tuple[Operation, re.Pattern[str] | None]:
    for operation, pattern in (
        (Operation.PERCENT_CHANGE, _PERCENT_CHANGE),
        (Operation.RATIO, _RATIO),
        (Operation.SHARE, _SHARE),
        (Operation.AVERAGE, _AVERAGE),
        (Operation.DIFFERENCE, _DIFFERENCE),
        (Operation.CHANGE, _CHANGE),
        (Operation.SUM, _SUM),
    ):
        if pattern.search(bare) and not (operation in _OVER_SEVERAL and _SEVERAL.search(bare)):
            return operation, pattern
    return Operation.VALUE, None


def _parts(operation: Operation, bare: str, pattern: re.Pattern[str] | None) -> tuple[str, ...]:
    """What is asked about, the words of the operation left out."""
    rest = bare.rstrip("? ")
    if operation is Operation.RATIO:
        found = re.search(
            r"\bratio of\s+(?P<a>.+?)\s+(?:to|over|and|against)\s+(?P<b>.+)", rest, re.IGNORECASE
        ) or re.search(r"(?P<a>.+?)\s+as a ratio (?:of|to)\s+(?P<b>.+)", rest, re.IGNORECASE)
        return (_lead(found["a"]), found["b"]) if found else ()
    if operation is Operation.SHARE:
        return _of_whole(rest)
    if operation is Operation.SUM:
        both = re.search(
            r"\b(?:sum|total|combined \w+) of\s+(?:the\s+|both\s+)?(?P<a>.+?)\s+and\s+(?P<b>.+)",
            rest,
            re.IGNORECASE,
        )
        return (_lead(rest), both["a"], both["b"]) if both else (_lead(rest),)
    if operation is Operation.DIFFERENCE:
        between = re.search(
            r"\b(?:difference)\b.*?\bbetween\s+(?P<a>.+?)\s+(?:and|versus|vs\.?)\s+(?P<b>.+)",
            rest,
            re.IGNORECASE,
        )
        head = re.search(r"\bdifference\s+(?:in|of)\s+(?P<what>.+?)\s+between\b", rest, re.IGNORECASE)
        if between:
            what = f"{head['what']} " if head else ""
            return (what + between["a"], what + between["b"])
        more = re.search(
            r"how much (?:more|less|higher|lower|larger|"
            r"greater)\s+(?P<what>.*?)\s*(?P<a>\S.*?)\s+(?:than|as compared to|compared to|"
            r"compared with|versus)\s+(?P<b>.+)",
            rest,
            re.IGNORECASE,
        )
        return (f"{more['what']} {more['a']}", f"{more['what']} {more['b']}") if more else (_lead(rest),)
    if pattern is None:
        return (_lead(rest),)
    return (_lead(pattern.sub(" ", rest, count=1)),)


def _of_whole(rest: str) -> tuple[str, ...]:
    """(part, whole) of a share."""
    for pattern in (
        r"(?P<a>.+?)\s*,?\s+as a (?:percentage|percent|proportion|share|%|portion) (?:of|over|to|"
        r"in)\s+(?P<b>.+)",
        r"(?:percentage|percent|proportion|share|%|portion)\s+of\s+(?P<b>total\s.+?|.+?)\s+(?:was|"
        r"were|is|are|did|does|do)\s+(?P<a>.+)",
        r"(?:percentage|percent|proportion|share|%|portion)\s+(?:of|"
        r"that)\s+(?P<a>.+?)\s+(?:as a (?:percentage|percent|proportion) of|over|in|to|among|"
        r"out of|against|from|constitut\w*|forms?|accounts? for)\s+(?P<b>(?:the )?(?:total|overall|"
        r"gross|net|sum|whole|all|company|aggregate)?.+)",
    ):
        found = re.search(pattern, rest, re.IGNORECASE)
        if found:
            return (_lead(found["a"]), found["b"])
    return ()


def _lead(text: str) -> str:
    return _LEAD.sub("", text, count=1)


def _without(text: str, named: list[Named]) -> str:
    """The question without the periods that it names."""
    result, last = [], 0
    for one in named:
        result.append(text[last : one.start])
        last = one.end
    return re.sub(r"\s+", " ", "".join([*result, text[last:]]))


def _is_range(text: str, named: list[Named]) -> bool:
    """Whether the first two periods are joined by "to", a dash or the like."""
    if len(named) != 2:
        return False
    between = text[named[0].end : named[1].start].strip().lower()
    return between in {"to", "-", "–", "through", "until", "till"}


def _threshold(found: re.Match[str]) -> float:
    number = float(re.sub(r"[^\d.-]", "", found["number"].rstrip(".,")) or 0)
    return number * _SCALES.get((found["scale"] or "").lower().rstrip("s"), 1.0)
