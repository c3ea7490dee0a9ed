"""What the text around a table says in answer: an amount in the sentence that names it, or the clause that
gives a reason, a content or a time."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.figures.labels import words_of
from explorer.figures.periods import NamedPeriod, Period, periods_in

ENOUGH = 0.6
"""The least share of a question's words, weighted by how rare they are, that a sentence must hold."""
_MOST = 400
"""Sentences that are looked at."""
_SENTENCE = re.compile(
    r"(?:[^.!?]|[.!?](?![\s”\"]|$)|(?<=\b[A-Z])\.|(?<=\b(?:No|Mr|Ms|vs|Co))\.|(?<=\b(?:Inc|"
    r"Ltd))\.(?!\s+[A-Z][a-z]+\s))+[.!?]*[”\"]?"
)
_AMOUNT = re.compile(
    r"(?:(?:approximately|about|around|nearly|over|up to|more than|less than)\s+)?"
    r"(?:(?:US|C|A|HK|S|NZ|R)?[$€£¥₹]\s?\d[\d,]*(?:\.\d+)?|(?:USD|EUR|GBP|RMB|CHF|CAD|"
    r"DKK)\s?\d[\d,]*(?:\.\d+)?|(?<![\w.,(\[])\d[\d,]*(?:\.\d+)?)"
    r"(?:\s?(?:%|percent\b|per cent\b|basis points)|\s?(?:thousand|million|billion|years?|months?|"
    r"days|bn|p|m|cents)\b)?",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^()]{4,200}\)")
_MONEY = re.compile(r"[$€£¥₹]|\b(?:USD|EUR|GBP|RMB|CHF|CAD|DKK)", re.IGNORECASE)
_OTHER = re.compile(r"%|per ?cent|basis points|years?|months?|days", re.IGNORECASE)
_RATE = re.compile(r"%|per ?cent|basis points", re.IGNORECASE)

_HOW_MUCH = re.compile(
    r"\bhow (?:much|many)\b|\bwhat (?:is|was|were|are|percentage|proportion|"
    r"amount)\b[^?]*\b(?:amount|value|total|percentage|proportion|number|rate|costs?|expenses?|"
    r"sales|revenues?|income|loss(?:es)?|charges?|gains?|increase|decrease|change|price|share|"
    r"dividends?|tax|investment|compensation|"
    r"balance|provision|allowance|impairment|interest|cash|proceeds|liabilit\w+|assets?|period|"
    r"term|guarantee|payments?|growth|margin)\b",
    re.IGNORECASE,
)
_SPAN = re.compile(r"\bhow (?:many years|long)\b|\b(?:useful li\w+|term|period) of\b", re.IGNORECASE)
_WHEN = re.compile(
    r"^\s*(?:when|(?:in|on) (?:which|what) (?:year|month|period|date))\b|^\s*what (?:is|was) the \w* ?date\b",
    re.IGNORECASE,
)
_NO_AMOUNT = re.compile(
    r"^\s*(?:why|how (?:is|are|was|were|does|do|did))\b|\breasons?\b|\bexclude|^\s*what (?:caused|"
    r"led|drove|resulted)",
    re.IGNORECASE,
)


_ASIDE = re.compile(r"\s*\(see [^()]*\)$", re.IGNORECASE)
_ASKS_WORDS = re.compile(
    r"^\s*(?:what|where|how|which|whom|when)\s+(?:do|does|did)\b"
    r"|^\s*(?:what|where|how|which|when)\b(?! much| many).*(?:ed|en| for| to| as| by| on| in| with)\s*\?*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of question and the words of a sentence that give its answer."""

    asks: re.Pattern[str]
    gives: re.Pattern[str]
    is_whole: bool = False
    """Whether those words belong to the answer: "due to higher costs"."""
    is_of_subject: bool = False
    """Whether they only count behind what is asked about: "Goodwill represents …"."""


_KINDS = (
    _Kind(
        re.compile(
            r"^\s*why\b|\breasons?\b|\bdue to\b|\bcaused?\b|\bled to\b|\bdrove\b|\bdriven\b|"
            r"\bresult(?:ed)? (?:from|in)\b|\battribut",
            re.IGNORECASE,
        ),
        re.compile(
            r"\b(?:(?:primarily|mainly|largely|principally|partially|partly|mostly)\s+)?(?:due to|"
            r"because of|because|as a result of|"
            r"(?:was |were |is |are )?(?:\w+ly )?(?:attributable to|driven by|(?:the )?result of)|"
            r"resulting from|resulted from|caused by|"
            r"owing to|on account of)\b",
            re.IGNORECASE,
        ),
        is_whole=True,
    ),
    _Kind(
        re.compile(r"\b(?:consists?|compris\w+|includes?|included|made up|contains?)\b", re.IGNORECASE),
        re.compile(
            r"\b(?:(?:primarily|mainly|principally)\s+)?(?:consists?|consisted|comprises?|"
            r"comprised|is comprised|are comprised|includes?|"
            r"included|contains?)\s+(?:(?:primarily|mainly|principally)\s+)?(?:of\s+)?",
            re.IGNORECASE,
        ),
        is_of_subject=True,
    ),
    _Kind(
        re.compile(
            r"\b(?:represents?|relates? to|related to|refers? to|defined|mean)\b|^\s*what (?:is|are)\b",
            re.IGNORECASE,
        ),
        re.compile(
            r"\b(?:represents?|relates? (?:primarily |mainly )?to|(?:is|are) (?:primarily |"
            r"mainly )?related to|refers? to|"
            r"(?:is|are) defined as|means?|(?:is|are))\s+",
            re.IGNORECASE,
        ),
        is_of_subject=True,
    ),
    _Kind(
        re.compile(
            r"^\s*how (?:is|are|was|were|does|do|did)\b|\bbased on\b|\bbasis\b|\bmethod\b", re.IGNORECASE
        ),
        re.compile(
            r"\b(?:based (?:up)?on|by (?:using|comparison|comparing|reference|multiplying|dividing|"
            r"applying)|using|in accordance with|"
            r"at (?:cost|fair value|the lower)|(?:is|are|was|were) (?:calculated|determined|"
            r"measured|stated|computed|defined|recognized|"
            r"recorded|classified) (?:as|by|at|using)?)\s*",
            re.IGNORECASE,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a paragraph that answer, and how much of the question their sentence holds, 0 to 1."""

    text: str
    paragraph: int
    coverage: float


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    paragraph: int
    words: frozenset[str]
    periods: tuple[NamedPeriod, ...]


def said(question: str, paragraphs: Sequence[str]) -> Said | None:
    """The words that answer a question; None where no sentence is surely about it."""
    asked = frozenset(words_of(_without_periods(question))) - ASKING
    sentences = _sentences(paragraphs)
    if not asked or not sentences:
        return None
    periods = tuple(one.period for one in periods_in(question))
    count = Counter(word for one in sentences for word in one.words)
    weight = {word: math.log(1 + len(sentences) / (count[word] or 0.5)) for word in asked}
    total = sum(weight.values())
    ranked = sorted(
        (
            (sum(weight[word] for word in asked & one.words) / total, -place)
            for place, one in enumerate(sentences)
        ),
        reverse=True,
    )
    for coverage, place in ranked[:3]:
        if coverage < ENOUGH:
            return None
        sentence = sentences[-place]
        found = _answer(question, asked, periods, sentence)
        if found:
            return Said(found, sentence.paragraph, coverage)
    return None


ASKING = frozenset(
    words_of(
        "what which how much many why when where who was were amount value company year fiscal "
        "main primarily mainly"
    )
)


def _without_periods(text: str) -> str:
    for one in reversed(periods_in(text)):
        text = text[: one.start] + " " + text[one.end :]
    return text


def _sentences(paragraphs: Sequence[str]) -> list[_Sentence]:
    found = []
    for number, paragraph in enumerate(paragraphs):
        before: frozenset[str] = frozenset()
        if len(paragraph) < 60:  # a heading says what the next paragraph is about
            continue
        if number and len(paragraphs[number - 1]) < 60:
            before = frozenset(words_of(paragraphs[number - 1]))
        for match in _SENTENCE.finditer(paragraph[:20_000]):
            text = match.group().strip(" ,")
            if len(text) > 15:
                found.append(
                    _Sentence(text, number, frozenset(words_of(text)) | before, tuple(periods_in(text)))
                )
            if len(found) >= _MOST:
                return found
    return found


def _answer(
    question: str, asked: frozenset[str], periods: tuple[Period, ...], sentence: _Sentence
) -> str | None:
    if _WHEN.search(question):
        return _time(sentence)
    is_amount = _HOW_MUCH.search(question)
    if is_amount and not _NO_AMOUNT.search(question):
        return _amount(question, periods, sentence)
    for kind in _KINDS:
        if kind.asks.search(question):
            found = _clause(sentence.text, kind, asked)
            return found or _rest(question, asked, sentence.text)
    return _rest(question, asked, sentence.text)


def _rest(question: str, asked: frozenset[str], sentence: str) -> str | None:
    """What follows the last word of the question in a sentence that holds all of them: "leases reflect …".
    None where the question does not ask for words, or other words stand between."""
    if not _ASKS_WORDS.search(question) or not asked <= frozenset(words_of(sentence)):
        return None
    if len(asked) < 2:
        return None
    last, missing = words_of(question)[-1:], set(asked)
    for match in re.finditer(r"[\w’'-]+", sentence):
        words = words_of(match.group())
        missing -= set(words)
        if not missing:
            rest = sentence[match.end() :].strip(" ,.:;")
            return rest if words == last and len(rest.split()) >= 2 else None
    return None


def _clause(sentence: str, kind: _Kind, asked: frozenset[str]) -> str | None:
    """What follows the words that give it; in a definition, only where what is defined stands before them."""
    found = kind.gives.search(sentence)
    if found is None or (kind.is_of_subject and not asked <= frozenset(words_of(sentence[: found.end()]))):
        return None
    clause = sentence[found.start() if kind.is_whole else found.end() :].strip().rstrip(".").strip()
    clause = _ASIDE.sub("", clause)
    return clause if len(clause.split()) >= 2 and clause[-1] != ":" else None


def _time(sentence: _Sentence) -> str | None:
    return (
        sentence.text[sentence.periods[0].start : sentence.periods[0].end]
        if len(sentence.periods) == 1
        else None
    )


def _amount(question: str, periods: tuple[Period, ...], sentence: _Sentence) -> str | None:
    """The amount of the kind and the period that is asked for; None where several may be meant."""
    taken = [(one.start, one.end) for one in sentence.periods]
    found = [
        match
        for match in _AMOUNT.finditer(sentence.text)
        if not any(
            start <= match.start() < end or match.start() <= start < match.end() for start, end in taken
        )
    ]
    found = _of_kind(question, found)
    if not found or len(periods) > 1:
        return None
    if periods:
        period = periods[0]
        own = [one for one in sentence.periods if one.period.meets(period)]
        if sentence.periods and not own:
            return None
        found = _within(sentence, found, own)
        years = [one for one in sentence.periods if one.period.year]
        if len(years) > 1:
            return _aligned(found, years, own)
    return found[0].group().strip(" ,") if len(found) == 1 else None


def _of_kind(question: str, found: list[re.Match[str]]) -> list[re.Match[str]]:
    if re.search(r"percentage|percent|proportion|\brate\b|share of|%", question, re.IGNORECASE):
        return [match for match in found if _RATE.search(match.group())]
    if _SPAN.search(question):
        return [match for match in found if re.search(r"years?|months?|days", match.group())]
    if re.search(r"\bhow many\b|\bnumber of\b", question, re.IGNORECASE):
        return [
            match for match in found if not _MONEY.search(match.group()) and not _RATE.search(match.group())
        ]
    money = [match for match in found if _MONEY.search(match.group())]
    return money or [match for match in found if not _OTHER.search(match.group())]


def _aligned(found: list[re.Match[str]], years: list[NamedPeriod], own: list[NamedPeriod]) -> str | None:
    """The amount of one of several periods, told one after the other, or each beside its own."""
    if len(own) != 1:
        return None
    place = years.index(own[0])
    is_list = len(found) == len(years) and (
        found[-1].end() < years[0].start or years[-1].end < found[0].start()
    )
    if is_list:
        return found[place].group().strip(" ,")
    near = sorted(found, key=lambda match: _gap(match, own[0]))
    is_other = any(_gap(near[0], other) < _gap(near[0], own[0]) for other in years if other is not own[0])
    return None if is_other else near[0].group().strip(" ,")


def _within(sentence: _Sentence, found: list[re.Match[str]], own: list[NamedPeriod]) -> list[re.Match[str]]:
    """The amounts in the parentheses that hold the period, or those outside of all that hold another:
    "£13.0 million (2018: £12.4 million)"."""
    brackets = [match.span() for match in _BRACKETS.finditer(sentence.text) if periods_in(match.group())]
    for start, end in brackets:
        if any(start <= one.start < end for one in own):
            return [match for match in found if start <= match.start() < end]
    return [match for match in found if not any(start <= match.start() < end for start, end in brackets)]


def _gap(match: re.Match[str], named: NamedPeriod) -> int:
    """Characters between an amount and a period."""
    return max(match.start() - named.end, named.start - match.end())
