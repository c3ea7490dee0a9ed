"""What speaks for and against a sentence as the answer to a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.chat import sentences
from explorer.chat.answer_types import fits, holds_amount
from explorer.chat.languages.across import cognates
from explorer.chat.support import Signs
from explorer.figures.periods import periods_in
from explorer.questions import Kind, Named
from explorer.questions.followups import names_in
from explorer.questions.kinds import kind_of
from explorer.questions.languages import is_german
from explorer.types import Hit
from explorer.words import terms
from explorer.words.folding import fold
from explorer.words.stemming import stem
from explorer.words.stop_words import STOP_WORDS

LONGEST = 520
"""Characters of a sentence with the one that it leans on."""
_LEANS = re.compile(
    r"^(?:he|she|it|its|they|their|this|these|that|those|such|there|then|also|however|but|and|so|"
    r"instead|otherwise|both|here)\b",
    re.IGNORECASE,
)
_SAYING = (
    "according say tell mention describe text document report page article file manual handbook guide note "
    "kind sort name thing long large big high far old often much many make give get come go take use put do "
    "done happen made given gave said told came went took under care look deal"
)
_ASKING = frozenset(stem(word, "en") for word in _SAYING.split())
"""Words that ask, or say little of what is asked about."""
_MODAL = "may"
"""The month has a capital letter, and is no stop word for that."""
_ASIDE = re.compile(r"\([^()]*\)")
_FEW = 3
"""Words of a question that all have to be said, or what is like them."""
_STEM = 5
"""Letters of a name that must stand in the passage: endings differ."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, with those beside it in its passage."""

    hit: int
    """The place of its passage among the hits."""
    span: sentences.Sentence
    before: sentences.Sentence | None
    after: sentences.Sentence | None
    covered: float
    """Which share of the question's words, by weight, it holds: 0 to 1."""
    is_inside: bool
    """Whether it stands in the chunk that was found, not beside it."""


def signs_across(
    part: str, one: Candidate, meaning: float, hits: Sequence[Hit], named: Sequence[Named]
) -> Signs:
    """The signs of a sentence in another language than the question's. German writes all nouns as names are
    written: no name is told there."""
    years = _other_years(part, hits[one.hit])
    strangers = [] if is_german(part) else _lacking(part, hits[one.hit], hits, named)[0]
    words = cognates(part, one.span.text)
    return Signs(min(meaning, 1.0), words, strangers=tuple(strangers), years=years, is_across=True)


def _other_years(part: str, hit: Hit) -> tuple[int, ...]:
    """The years of a question, where the passage speaks of others alone."""
    years = {found.period.year for found in periods_in(part) if found.period.year}
    known = {found.period.year for found in periods_in(_around(hit)) if found.period.year}
    return tuple(sorted(years)) if known and not years & known else ()


def signs_of(
    part: str,
    one: Candidate,
    meaning: float,
    hits: Sequence[Hit],
    named: Sequence[Named],
) -> Signs:
    """The signs of a sentence in the question's language."""
    hit = hits[one.hit]
    strangers, apart = _lacking(part, hit, hits, named)
    alone = standing_alone(one).text
    is_figure = kind_of(part) is Kind.FIGURE
    return Signs(
        meaning=meaning,
        words=one.covered,
        unknown=share_unknown(part, hits),
        strangers=tuple(strangers),
        apart=tuple(apart),
        years=_other_years(part, hit),
        is_of_named=any(each.is_sure and each.document.id == hit.document.id for each in named),
        is_narrow=is_figure or fits(part, alone) is not None,
        is_missed=fits(part, alone) is False,
        is_missed_nearby=fits(part, context_of(one, hits)) is False,
        is_of_other=_is_of_other(part, one, hits),
        has_no_amount=is_figure and not holds_amount(alone),
    )


_THING = re.compile(
    r"\b(?:how (?:many|much)|which)\s+"
    r"(?P<thing>[^?]{2,60}?)(?=\s+(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|must|should|"
    r"may|of|in|at|for|on|to|from|with|by|under|per|become|became|make|made)\b|[?,]|$)",
    re.IGNORECASE,
)


def _is_of_other(part: str, one: Candidate, hits: Sequence[Hit]) -> bool:
    """Whether what is asked for by name ("how many parking spaces") is said nowhere around the sentence."""
    found = _THING.search(part)
    if found is None:
        return False
    language = hits[one.hit].document.language
    words = [word for word in terms.terms(found["thing"], language) if fold(word) not in STOP_WORDS]
    there = set(terms.terms(context_of(one, hits), language))
    return bool(words) and words[-1] not in there


def _lacking(part: str, hit: Hit, hits: Sequence[Hit], named: Sequence[Named]) -> tuple[list[str], list[str]]:
    """The names of a question that no passage has, and those that stand in others than `hit`. Of a name of
    several words one is enough ("President Biden"), unless it names documents."""
    groups = [[word] for word in dict.fromkeys(_naming(part, named))]
    for name in dict.fromkeys(names_in(_ASIDE.sub(" ", part))):
        if groups and f"{groups[-1][-1]} {name}" in part and [name] not in groups:
            groups[-1].append(name)
        elif [name] not in groups:
            groups.append([name])
    strangers: list[str] = []
    apart: list[str] = []
    for group in groups:
        if any(_is_said(name, hit, named) for name in group):
            continue
        is_elsewhere = any(_is_said(name, other, named) for name in group for other in hits)
        (apart if is_elsewhere else strangers).extend(group)
    return strangers, apart


def _naming(part: str, named: Sequence[Named]) -> list[str]:
    """The words of a question that surely name documents."""
    words = {word for one in named if one.is_sure for word in one.words}
    said = [re.sub(r"['’]s$", "", word) for word in re.findall(r"[\w&’'-]+", part)]
    return [word for word in said if fold(word) in words]


def _is_said(name: str, hit: Hit, named: Sequence[Named]) -> bool:
    """Whether a name stands in a passage or the names of its document, or names that document."""
    word = fold(name)
    if any(word in one.words for one in named if one.document.id == hit.document.id):
        return True
    start = re.escape(word[:_STEM])
    return bool(re.search(rf"(?<!\w){start}", fold(_around(hit)))) or word in fold(hit.document.name)


def share_unknown(part: str, hits: Sequence[Hit]) -> float:
    """Which share of the question's words, each counting alike, stands in none of the passages."""
    for one in reversed(periods_in(part)):
        part = f"{part[: one.start]} {part[one.end :]}"
    asked = {
        word: set(terms.terms(word, hits[0].document.language))
        for word in re.findall(r"[^\W\d_][\w&-]*", re.sub(r"['’]s\b", "", part))
        if fold(word) not in STOP_WORDS and word != _MODAL
    }
    there = {term for hit in hits for term in terms.terms(_around(hit), hit.document.language)}
    lacking = [word for word, own in asked.items() if own and not own & there]
    return len(lacking) / max(len(asked), 1)


def own_words(part: str, named: Sequence[Named], *, is_topic: bool) -> list[str]:
    """The few words of a question that say what it asks about: without those that name documents, that ask,
    and its years. [] where there are more than three, and it is no topic alone."""
    for one in reversed(periods_in(part)):
        part = f"{part[: one.start]} {part[one.end :]}"
    left_out = {word for one in named for word in one.words} | STOP_WORDS
    words = re.findall(r"[^\W\d_][\w&-]+", re.sub(r"['’]s\b", "", part))
    own = [
        word
        for word in dict.fromkeys(words)
        if fold(word) not in left_out and stem(fold(word), "en") not in _ASKING and word != _MODAL
    ]
    return own if is_topic or len(own) <= _FEW else []


def standing_alone(one: Candidate) -> sentences.Sentence:
    """The sentence with the one before it where it leans on that ("It costs …")."""
    if one.before is None or not _LEANS.match(one.span.text.lstrip()):
        return one.span
    if one.span.end - one.before.start > LONGEST:
        return one.span
    gap = " " * max(one.span.start - one.before.end, 0)
    return sentences.Sentence(one.before.start, one.span.end, one.before.text + gap + one.span.text)


def _around(hit: Hit) -> str:
    return " ".join(
        (hit.document.name.replace("_", " "), hit.document.title or "", *hit.chunk.headings, hit.passage.text)
    )


def context_of(one: Candidate, hits: Sequence[Hit]) -> str:
    """A sentence with its neighbours in the passage: where the answer's sort of thing may stand beside it."""
    passage = hits[one.hit].passage
    start = max(one.span.start - passage.start - 150, 0)
    return passage.text[start : one.span.end - passage.start + 150]
