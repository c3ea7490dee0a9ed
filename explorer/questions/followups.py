"""A question that leans on the one before it → one that stands alone.

By rule, in the order of `completed`: a period alone, or another one told by its distance ("the year before"),
takes the place of the former question's; a phrase alone ("and DARZALEX?") takes the place of what it is like;
a whole question that points back ("how much did it cost?") gets what it points at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from explorer.figures.periods import NamedPeriod, periods_in
from explorer.questions.kinds import WHY
from explorer.words.folding import fold
from explorer.words.stop_words import STOP_WORDS

_JOINS = re.compile(
    r"^\W*(?:and|but|or|so|also|then|what about|how about|what of|and what about|same for|und|et|"
    r"y)\b[\s,:]*(?:what about|how about|also|in|for|the same for)?\s*",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:the |a |one )?(?:year before|previous year|prior year|preceding year|year earlier|last year)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\b(?:the |a |one )?(?:year after|following year|next year|year later)\b", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|she|his|her|him|this|that|these|those|then|"
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )there|"
    r"the (?:same|former|latter|other|first|second|third|last)"
    r"(?: one)?|such)\b",
    re.IGNORECASE,
)
_THAT_PERIOD = re.compile(
    r"\b(?:that|the same|this) (?:year|quarter|period|date|time|month)\b", re.IGNORECASE
)
_ASKS = re.compile(
    r"\b(?:what|who|whom|whose|when|where|which|why|how|is|are|was|were|do|does|did|has|have|had|"
    r"can|could|will|would|should|list|show|"
    r"give|tell|summari[sz]e|compare|explain|find)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b(?:[A-Z][\w&’'-]*|[A-Z]{2,}[\w-]*)(?:\s+(?:[A-Z][\w&’'-]*|of|and|&)(?=\s|$))*")
_CAPITALS = re.compile(r"(?<![\w&’'-])[A-Z][\w&’'-]*")
_NO_NAMES = frozenset({"I", "FY", "YoY", "Q"})
_BARE = re.compile(rf"{WHY}|who|when|where", re.IGNORECASE)
"""A word that asks something else of what was asked before."""
_MEASURED = re.compile(
    r"^\W*(?:what|how (?:much|many|high|large))\s+(?:is|are|was|were)\s+(?P<thing>[^?,]+?)"
    r"(?:\s+(?:at the (?:end|beginning) of|in|for|at|during|from|between|of)\s+"
    r"(?:the\s+|fiscal\s+|year\s+)*(?:19|20)\d\d[^?]*)?\W*$",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"\b(?:highest|lowest|largest|smallest|higher|lower|ris(?:e|en)|rose|fall(?:en)?|fell|gr(?:ow|ew|own)|"
    r"change[ds]?|increase[ds]?|decrease[ds]?|develop(?:ed)?)\b",
    re.IGNORECASE,
)
_IT = re.compile(r"\b(?:they|it|these|those|this|that)\b", re.IGNORECASE)
_ALONE = 4
"""A question of at most four words beside the joining one leans on the former one."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the library's names."""

    words: Callable[[str], frozenset[str]]
    """The words of a question, folded, that name documents, surely or perhaps."""
    is_named: Callable[[str], bool]
    """Whether a question surely names a document."""


def completed(question: str, before: str | None, known: Known) -> str:
    """The question with what it leaves out, from the question `before` it, which is complete itself; the
    question as it is where it stands alone."""
    text = " ".join(question.split())
    if not before:
        return text
    before = " ".join(before.split())
    rest = _JOINS.sub("", text).rstrip("?!. ")
    if _BARE.fullmatch(rest):
        return f"{rest.capitalize()}: {before}"
    own = periods_in(rest)
    shift = -1 if _BEFORE.search(rest) else 1 if _AFTER.search(rest) else 0
    is_whole = bool(_ASKS.search(rest))
    if shift and not own and (bare := _bare(rest)) is not None:
        return _shifted(before, shift) if not bare else _with(before, bare)
    if not is_whole and own and not _bare_of_periods(rest, own):
        return _in_periods(before, rest, own)
    if not is_whole and (rest != text.rstrip("?!. ") or len(rest.split()) <= _ALONE):
        return _about(before, rest, known)
    return _pointed(text, before, known)


def may_stand_alone(question: str) -> bool:
    """Whether nothing but its being short lets a question lean on the one before it: it is whole, no word
    joins it, and none points back."""
    text = " ".join(question.split())
    points = (_JOINS.match(text), _POINTS.search(text), _BEFORE.search(text), _AFTER.search(text))
    return _ASKS.search(text) is not None and not any(points)


def _bare(rest: str) -> str | None:
    """What is left of a question without its distance and pronouns: "" of "What was it the year before"."""
    bare = _AFTER.sub("", _BEFORE.sub("", rest))
    bare = re.sub(
        r"\b(?:what|how|much|many|was|were|is|are|did|it|that|they|this|in|about|for|the)\b",
        "",
        bare,
        flags=re.IGNORECASE,
    )
    return bare.strip(" ,?") or ""


def _bare_of_periods(rest: str, own: list[NamedPeriod]) -> str:
    for one in reversed(own):
        rest = rest[: one.start] + rest[one.end :]
    return re.sub(
        r"\b(?:in|for|of|at|on|the|end|fiscal|year|years|and|to|from|as|by|during)\b|\W",
        "",
        rest,
        flags=re.IGNORECASE,
    )


def _shifted(before: str, years: int) -> str:
    """The former question, each of its years moved."""
    result, last = [], 0
    for one in periods_in(before):
        piece = before[one.start : one.end]
        moved = re.sub(r"(?:19|20)\d\d", lambda year: str(int(year.group()) + years), piece)
        result += [before[last : one.start], moved]
        last = one.end
    return "".join([*result, before[last:]])


def _in_periods(before: str, rest: str, own: list[NamedPeriod]) -> str:
    """The former question in other periods."""
    said = rest[own[0].start : own[-1].end]
    former = periods_in(before)
    if not former:
        return f"{before.rstrip('?!. ')} in {said}?"
    return before[: former[0].start] + said + before[former[-1].end :]


def _about(before: str, rest: str, known: Known) -> str:
    """The former question about something else: a document's name takes the place of one, another name that
    of the last other one; whatever is no name is added."""
    if own := periods_in(rest):  # "Amazon in 2017": another name, and another period
        before = _in_periods(before, rest, own)
        rest = (
            re.sub(r"\s+(?:in|for|at|of|on|during)(?: the)?\s*$", "", rest[: own[0].start])
            + rest[own[-1].end :]
        )
    phrase = re.sub(r"\s+(?:only|alone|too|as well|instead)$", "", rest, flags=re.IGNORECASE)
    if _NAME.search(phrase):
        of_documents = known.is_named(f"of {phrase}")
        words = known.words(before)
        alike = [
            match for match in _spans_of_names(before) if _is_known(match.group(), words) == of_documents
        ]
        if alike:
            match = alike[-1]
            return before[: match.start()] + phrase + before[match.end() :]
    return _with(before, phrase)


def _with(before: str, phrase: str) -> str:
    return f"{before.rstrip('?!. ')}, {phrase}?"


def _pointed(text: str, before: str, known: Known) -> str:
    """A whole question with what it points at: the names and, where it says so or lacks its own, the period
    of the former one."""
    is_joined = _JOINS.match(text) is not None
    leans = is_joined or _POINTS.search(text) or (_is_short(text) and not names_in(text))
    if not leans or known.is_named(text):
        return text
    measured = _MEASURED.match(before)
    if measured and _MOVES.search(text) and _IT.search(text):  # what moves is what was asked for, by its name
        return _IT.sub(lambda _: measured["thing"], text, count=1)
    names = known.words(before)
    added = [_plain(match.group()) for match in _spans_of_names(before)]
    said = fold(" ".join([text, *added]))
    added += [
        word for word in re.findall(r"[\w&-]+", before) if fold(word) in names and fold(word) not in said
    ]
    if not added and _POINTS.search(text):
        added = [" ".join(word for word in re.findall(r"[\w'’-]+", before) if fold(word) not in STOP_WORDS)]
    periods = periods_in(before) if not periods_in(text) and (_THAT_PERIOD.search(text) or is_joined) else []
    added += [before[one.start : one.end] for one in periods]
    added = [word for word in dict.fromkeys(added) if word and word not in text]
    return f"{text.rstrip('?!. ')} ({', '.join(added)})?" if added else text


def _spans_of_names(before: str) -> list[re.Match[str]]:
    """What is written as a name, the first word and months aside."""
    periods = periods_in(before)
    return [
        match
        for match in _NAME.finditer(before)
        if (match.start() or match.group()[1:2].isupper())
        and match.group() != "I"
        and not any(one.start <= match.start() < one.end for one in periods)
    ]


def names_in(question: str) -> list[str]:
    """The words of a question that are written as names, periods and the first word of a sentence aside."""
    periods = periods_in(question)
    found = []
    for match in _CAPITALS.finditer(question):
        before = question[: match.start()].rstrip(" \"'“‘(¿¡«")
        is_first = (not before or before[-1] in ".?!:") and not match.group()[1:2].isupper()
        is_period = any(one.start < match.end() and match.start() < one.end for one in periods)
        if not is_first and not is_period and _plain(match.group()) not in _NO_NAMES:
            found.append(_plain(match.group()))
    return found


def _is_known(name: str, words: frozenset[str]) -> bool:
    return any(fold(_plain(word)) in words for word in name.split())


def _plain(name: str) -> str:
    return re.sub(r"['’]s$", "", name)


def _is_short(text: str) -> bool:
    return len(text.split()) <= _ALONE + 2
