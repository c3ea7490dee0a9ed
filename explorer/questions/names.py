"""Which documents a question names: by their names and titles, as people shorten them."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from explorer.figures.periods import periods_in
from explorer.types import Document
from explorer.words.folding import fold
from explorer.words.stemming import stem
from explorer.words.stop_words import STOP_WORDS

_WORD = re.compile(r"[^\W_]+")
_GENERIC = (
    "report annual quarterly filing filings document documents file form statement statements "
    "press release earnings results paper article book manual handbook guide notes note "
    "letter draft final copy version dated pdf docx txt md html csv xlsx 10k 10q 8k 20f 6k "
    "announces announcement quarter fiscal first second third fourth year month "
    "inc corp corporation company co ltd plc llc group the and of for about section chapter "
    "page pages library summary"
)
_FORMS = frozenset(_GENERIC.split())
"""Words that many names share: alone they name no document."""
SHORTEST = 4
"""A beginning that stands for a name's word has at least four letters ("Ulta" of ULTABEAUTY), three where all
are capitals ("MGM" of MGMRESORTS)."""
NEARLY = 0.6
"""Documents of which nearly as much is said as of the best are meant too, years and forms aside."""
ENOUGH = 0.34
"""Which share of a name's words, by weight, a question must say."""


@dataclass(frozen=True, slots=True)
class Named:
    """A document that a question names."""

    document: Document
    score: float
    """Which share of its name or title is said, by weight: 0 to 1."""
    told: float
    """How telling the words of its name are that are said, years and forms aside."""
    words: frozenset[str]
    """The words of the question, folded, that name it: all of its name where that is said whole, else those
    that tell, of its name or else of its title."""
    is_sure: bool
    """Whether no other meaning is likely: two telling words of its name are said, or one as a name is
    written, with a capital or a digit, or the whole name where a sort of document is part of it: "the
    sourdough handbook". "The year" rather is no document "beekeeping year"."""
    is_whole: bool = False
    """Whether all words of its name are said, one after the other, and there are several."""


@dataclass(frozen=True)
class DocumentNames:
    """The names of the documents of a library."""

    documents: Sequence[Document]
    _weights: dict[str, float] = field(default_factory=dict)

    @cached_property
    def _words(self) -> tuple[tuple[Document, tuple[str, ...]], ...]:
        return tuple((one, _words_of(f"{_stem_of(one.name)} {one.title or ''}")) for one in self.documents)

    @cached_property
    def _count(self) -> Counter[str]:
        return Counter(word for _, words in self._words for word in set(words))

    def _weight(self, word: str) -> float:
        if word in STOP_WORDS or (word in _FORMS and not any(mark.isdigit() for mark in word)):
            return 0.05
        rare = math.log(1 + len(self.documents) / self._count[word])
        return 0.5 * rare if any(mark.isdigit() for mark in word) else rare

    def named(self, question: str) -> list[Named]:
        """The documents that a question names, the best first; [] where it names none. Of documents that
        are named alike (a company's reports of several years) all are there."""
        found = self._found(question)
        return [
            one for one in found if one.is_sure == found[0].is_sure and one.told >= NEARLY * found[0].told
        ]

    def _found(self, question: str) -> list[Named]:
        """Those of which it says anything that tells, the best first."""
        asked, proper = _asked(question)
        text = f" {' '.join(_words_of(question))} "
        matches = (self._match(*pair, asked, proper, text) for pair in self._words)
        found = [one for one in matches if one is not None]
        return sorted(found, key=lambda one: (not one.is_sure, -one.score))

    def entities(self, question: str) -> list[list[Named]]:
        """The documents that a question surely or wholly names, in groups of one name, in the order in
        which it names them: "3M and Verizon" are two."""
        groups: dict[frozenset[str], list[Named]] = {}
        for one in self._found(question):
            if one.is_sure or one.is_whole:
                groups.setdefault(one.words, []).append(one)
        text = fold(question)
        return [
            [one for one in group if one.told >= NEARLY * group[0].told]
            for words, group in sorted(groups.items(), key=lambda pair: min(map(text.find, pair[0])))
            if not any(words < other for other in groups)
        ]

    def _match(
        self,
        document: Document,
        words: tuple[str, ...],
        asked: dict[str, str],
        proper: frozenset[str],
        text: str,
    ) -> Named | None:
        distinct = dict.fromkeys(words)
        said = {word: own for word in distinct if (own := _said(word, asked, proper))}
        said |= _shortened(document.name, asked, proper)
        telling = [
            word
            for word in said
            if len(word) > 1 and word not in _FORMS and word not in STOP_WORDS and not word.isdigit()
        ]
        if not telling:
            return None
        name = dict.fromkeys(_words_of(_stem_of(document.name)))
        total = sum(map(self._weight, name)) or 1.0
        share = sum(self._weight(word) for word in said if word in name) / total
        title = [word for word in distinct if word not in name]
        if title:
            of_title = sum(map(self._weight, [*title])) or 1.0
            share = max(share, 0.9 * sum(self._weight(word) for word in said if word in title) / of_title)
        first = next(iter(name), "")
        if share < ENOUGH and first not in telling:
            return None
        is_whole = len(name) > 1 and f" {' '.join(name)} " in text
        is_sure = len(telling) > 1 or said[telling[0]] in proper
        named = [*name] if is_whole else [word for word in telling if word in name] or telling
        return Named(
            document,
            min(share, 1.0),
            sum(map(self._weight, telling)),
            frozenset(part for word in named for part in said[word].split()),
            is_sure or (is_whole and not _FORMS.isdisjoint(name)),
            is_whole,
        )


def words_of_name(document: Document) -> dict[str, None]:
    """The words of a document's name as they are compared, in their order."""
    return dict.fromkeys(_words_of(_stem_of(document.name)))


def words_besides(phrase: str, one: Named) -> list[str]:
    """The words of a phrase in small letters that tell something and name no part of a document: "activities"
    of "duck activities", where that is "wiki_duck"."""
    known = {part for word in one.words for part in word.split()} | _FORMS | STOP_WORDS
    words = _WORD.findall(re.sub(r"['’]s\b", "", phrase))
    return [word for word in words if word.isalpha() and word.islower() and fold(word) not in known]


def _shortened(name: str, asked: dict[str, str], proper: frozenset[str]) -> dict[str, str]:
    """The words of a name that a question says by their first letters, with its word for them: "J&J" or
    "JnJ" for two, "IBM" for three."""
    words = list(
        itertools.takewhile(lambda word: word.isalpha() and word not in _FORMS, _words_of(_stem_of(name)))
    )
    first = "".join(word[0] for word in words)
    if len(first) < 2:
        return {}
    own = next((asked[way] for way in (first, "n".join(first)) if way in asked), None)
    return dict.fromkeys(words, own) if own is not None and own in proper else {}


def _stem_of(name: str) -> str:
    base, dot, ending = name.rpartition(".")
    return base if dot and len(ending) <= 5 else name


def _words_of(text: str) -> tuple[str, ...]:
    """Words as they are compared: folded, stemmed, digits apart from letters."""
    parts = [part for word in _WORD.findall(fold(text)) for part in _parts(word)]
    return tuple(map(_compared, parts))


def _parts(word: str) -> list[str]:
    """ "2022q4" is 2022 and q4, "10k" and "3m" stay one."""
    found = re.fullmatch(r"((?:19|20)\d\d)([a-z]\w*)", word)
    return [found[1], found[2]] if found else [word]


def _asked(question: str) -> tuple[dict[str, str], frozenset[str]]:
    """The words of a question as names are compared, with the word that each comes from; days as the numbers
    that names have ("July 1, 2022" is 2022, 07 and 01); neighbours also
    run together ("best buy" is "bestbuy", "10-K" is "10k"). And which of the words are written as names."""
    plain = re.sub(r"['’]s\b", "", question)
    written = _WORD.findall(plain)
    words = [fold(word) for word in written]
    found: dict[str, str] = {}
    for word in words:
        for part in _parts(word):
            found.setdefault(_compared(part), word)
    for first, second in itertools.pairwise(words):
        found.setdefault(_compared(first + second), f"{first} {second}")
    for one in periods_in(question):
        for number in (one.period.year, one.period.month, one.period.day):
            if number:
                found.setdefault(f"{number:02d}", f"{number:02d}")
    return found, _proper(written, words)


def _proper(written: Sequence[str], words: Sequence[str]) -> frozenset[str]:
    """The words that are written as names; the first word of a sentence tells nothing by its capital, and a
    question without any capital may have names anywhere."""
    marked = [
        word
        for place, (own, word) in enumerate(zip(written, words, strict=True))
        if (own[:1].isupper() and (place or own[1:2].isupper())) or (own[:1].isdigit() and own[-1:].isalpha())
    ]
    joined = [
        f"{first} {second}"
        for first, second in itertools.pairwise(words)
        if first in marked and second in marked
    ]
    is_plain = not any(mark.isupper() for own in written for mark in own)
    shouted = [f"{word}^" for own, word in zip(written, words, strict=True) if len(own) > 1 and own.isupper()]
    return frozenset([*marked, *joined, *shouted, *(words[:2] if is_plain else ())])


def _compared(word: str) -> str:
    return stem(word, "en") if word.isalpha() else word


def _said(word: str, asked: dict[str, str], proper: frozenset[str]) -> str | None:
    """The question's word for a word of a name: the same, or a beginning of it that is written as a name."""
    if word in asked:
        return asked[word]
    return next(
        (
            told
            for own, told in asked.items()
            if told in proper
            and own.isalpha()
            and len(own) >= SHORTEST - (f"{told}^" in proper)
            and own not in _FORMS
            and word.startswith(own)
        ),
        None,
    )
