"""A question for a figure, as tables call things: "what did it spend on research in 2022" is "what was
research in 2022"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from explorer.figures.periods import periods_in
from explorer.words.folding import fold

_ASIDE = re.compile(r"\s*\((?:not|excluding|without|but not|other than)\b[^()]*\)", re.IGNORECASE)
_LAST_QUARTER = re.compile(r"\b(?:last|final) quarter\b", re.IGNORECASE)
_YEAR_BEFORE = re.compile(
    r"\b(?:with |to |from |than |in |of )?(?:that of |those of )?the (?:year before|previous year|"
    r"prior year|preceding year|year earlier)\b",
    re.IGNORECASE,
)
_THAT_OF = re.compile(
    r"\b(?:that|the (?:same|end)|the same (?:quarter|one)) of"
    r"(?=\s+(?:the |fiscal |financial |year )*(?:19|20)\d\d)",
    re.IGNORECASE,
)
_SIZE = re.compile(r"^\W*how (?:large|high|big|great|low|small|strong|long)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"\b(?:on|in|at) (?:its|the|their) (?:consolidated )?(?:balance sheet|income statement|"
    r"cash flow statement|books|statements?)\b",
    re.IGNORECASE,
)
_DID = re.compile(
    r"^\W*(?P<which>what|which|how many|how much)\s+(?P<what>[^?]*?)\s*\b(?:did|does|"
    r"do)\b\s*(?P<who>[^?]*?)\b"
    r"(?:take in from|take in|spend on|pay for|spend for|lay out for|report for|report in|show for|make in|"
    r"make from|earn from|bring in|show|report|reach|"
    r"have|record|spend|pay|make|earn|post|generate|achieve|run|operate|hold|carry|own|receive|get|"
    r"plan|expect)\b\s*(?P<rest>[^?]*)\??$",
    re.IGNORECASE,
)
_UP_OR_DOWN = re.compile(
    r"^\W*(?:did|does|do|has|have|is|was)\b(?P<what>[^?]*?)\b(?:go|gone|went|"
    r"going)?\s*(?:up or down|rise or fall|increase or decrease|grow or shrink)\b",
    re.IGNORECASE,
)
_HOW_CHANGED = re.compile(
    r"^\W*how (?:did|does|do|has|have)\b(?P<what>[^?]*?)\b(?:change|develop|evolve|compare|grow|differ)d?\b",
    re.IGNORECASE,
)


_ACCORDING = re.compile(
    r",?\s*\b(?:according to|as stated in|as shown in|as per|going by)\b[^?]*", re.IGNORECASE
)
_SHORT = re.compile(r"(?P<long>(?:[A-Za-z][\w&'’-]*\s+){1,6})\((?P<short>[A-Z][A-Z&]{1,7})\)")
_WIDE = re.compile(
    r"\b(?:total|worldwide|overall|consolidated|company-wide|global|entire)\b\s*", re.IGNORECASE
)
_SHARE = re.compile(
    r"^\W*what (?:was |is )?(?:the )?(?:share|percentage|percent|portion|"
    r"proportion) of (?P<whole>[^?]+?)\s+(?:did|do|does|was|were|is|are|came from|come from)?\s*"
    r"(?P<part>[^?]+?)\s*(?:make|made|makes|account\w* for|represent\w*|constitut\w*|"
    r"contribut\w*)?(?:\s+up)?(?P<rest>\s+(?:in|at|for|on|during)\b[^?]*)?\??$",
    re.IGNORECASE,
)


def otherwise(asked: str) -> tuple[str, ...]:
    """Other ways to ask the same of a table: by a name's short form alone, or its long one; without "total"
    and the like; a share as the percentage that may be printed."""
    ways: list[str] = []
    if (found := _SHORT.search(asked)) is not None:
        before, after = asked[: found.start()], asked[found.end() :]
        long = _long_of(found["long"], found["short"])
        ways = [f"{before}{found['long'].rstrip()[: -len(long)]} {found['short']} {after}"] if long else []
        ways.append(f"{before}{found['long']}{after}")
    ways += [_WIDE.sub("", way) for way in (asked, *ways) if _WIDE.search(way)]
    if (found := _SHARE.match(asked)) is not None:
        ways.append(f"What was the {found['part']} percentage {found['rest'] or ''}?")
    return tuple(dict.fromkeys(map(_tidy, ways)))


def _long_of(words: str, short: str) -> str:
    """The last words whose first letters the short form is made of; "" where there are none."""
    ends = [match.start() for match in re.finditer(r"\S+", words)]
    for start in reversed(ends):
        long = words[start:].rstrip()
        if "".join(part[0] for part in re.findall(r"\w+", long)).upper() == short.replace("&", "").upper():
            return long
    return ""


def plainly(question: str, names: Iterable[str] = ()) -> str:
    """The question in the words that a table has for what it asks. `names`: words, folded, that name
    documents and so no row; they are left out."""
    text = _ACCORDING.sub("", _ASIDE.sub("", " ".join(question.split())))
    text = _LAST_QUARTER.sub("fourth quarter", text)
    text = _with_year_before(_with_that_of(text))
    text = _without(text, frozenset(names))
    text = _PLACE.sub(" ", text)
    text = _SIZE.sub("What", text)
    for pattern in (_UP_OR_DOWN, _HOW_CHANGED):
        if (found := pattern.match(text)) is not None:
            return _tidy(f"What was the change in {found['what']} {text[found.end() :]}")
    if (found := _DID.match(text)) is not None:
        return _tidy(f"What was {found['what']} {found['who']} {found['rest']}")
    return _tidy(text)


def _with_year_before(text: str) -> str:
    """The year before the one that is named, by its number: "in 2022 compare with the year before"."""
    named = [one for one in periods_in(text) if one.period.year and not one.period.until]
    if not named or not _YEAR_BEFORE.search(text):
        return text
    own = text[named[0].start : named[0].end]
    year = str(named[0].period.year)
    before = (
        own.replace(year, str(named[0].period.year - 1)) if year in own else str(named[0].period.year - 1)
    )
    return _YEAR_BEFORE.sub(f"and {before}", text)


def _with_that_of(text: str) -> str:
    """ "The second quarter of 2023 and that of 2024" with the quarter in the place of "that"."""
    quarter = next((one for one in periods_in(text) if one.period.quarter), None)
    found = _THAT_OF.search(text, quarter.end) if quarter else None
    if quarter is None or found is None:
        return text
    said = re.split(r"\s+(?:of|in)\s+", text[quarter.start : quarter.end])[0]
    return f"{text[: found.start()]}the {said} of{text[found.end() :]}"


def _without(text: str, names: frozenset[str]) -> str:
    pieces = re.split(r"(\W+)", text)
    return "".join(piece for piece in pieces if fold(piece) not in names or piece.isdigit())


def _tidy(text: str) -> str:
    text = re.sub(r"\s+['’]s\b|(?<=\s)&(?=\s)", " ", text)
    return re.sub(r"\s{2,}", " ", text).strip()
