"""How far passages support an answer: one number from 0 to 1; and what of a question has no support."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.chat.answer_types import asked_for
from explorer.chat.composing import listed, plain
from explorer.figures.periods import periods_in
from explorer.questions import Understood
from explorer.questions.kinds import why_of
from explorer.types import Document

SUPPORTED = 0.5
"""The least support of an answer that is given: chosen by the curve that `benchmarks/answers.py` prints."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against the best sentence that was found for a question."""

    meaning: float
    """The cosine of question and sentence: 0 to 1."""
    words: float
    """Which share of the question's words, by weight, the sentence holds."""
    unknown: float = 0.0
    """Which share of them, each counting alike, stands in none of the passages that were found."""
    strangers: tuple[str, ...] = ()
    """Names of the question that stand in none of those passages."""
    apart: tuple[str, ...] = ()
    """Names that stand in some of them, but not in the sentence's own."""
    years: tuple[int, ...] = ()
    """The years of the question, where the passage speaks of others alone."""
    is_of_named: bool = False
    """Whether the question surely names the document."""
    is_narrow: bool = False
    """Whether the question asks for one thing that a sentence has or has not: who, when, how many."""
    is_missed: bool = False
    """Whether the sentence has none ..."""
    is_missed_nearby: bool = False
    """... nor the sentences beside it."""
    is_of_other: bool = False
    """Whether what is counted or chosen from ("how many rooms", "which brand") is not said there."""
    has_no_amount: bool = False
    """Whether a figure is asked for and it has none."""
    own: tuple[tuple[str, float], ...] = ()
    """The few words that say what is asked about, and how near each is to a word of the quotes or beside
    them: 0 to 1 (`explorer.chat.weighing.kinship`). () of a question with many, one of which
    may be missing."""
    is_topic: bool = False
    """Whether a document is asked what it says of a topic, whose words are `own` then."""
    is_across: bool = False
    """Whether the sentence is in another language than the question. `meaning` is then on the model's own
    scale (`explorer.chat.languages.across`), and `words` are cognates and numbers."""

    @property
    def support(self) -> float:
        """0 to 1: the signs weighed as in a logistic regression. The weights come from one over 416 questions
        of four sets, answerable and not, and were then adjusted by hand; those of `own` from a search over
        236 more about details that documents have and lack. Across languages from one over 120 questions in
        six languages about the samples."""
        if self.is_across:
            told = _FOREIGN + _FOREIGN_MEANING * self.meaning + _FOREIGN_WORDS * self.words
            told += _FOREIGN_STRANGER * bool(self.strangers) + _YEAR * bool(self.years)
            return 1 / (1 + math.exp(-told))
        told = (
            _BASE
            + _MEANING * self.meaning
            + _WORDS * self.words
            + _UNKNOWN * self.unknown
            + _STRANGER * bool(self.strangers)
            + _APART * min(len(self.apart), 2)
            + _YEAR * bool(self.years) * (1 + self.is_narrow)  # a figure of another year is none
            + _NAMED * self.is_of_named
            + _NARROW * self.is_narrow
            + _MISSED * self.is_missed
            + _MISSED_NEARBY * self.is_missed_nearby
            + _OTHER * self.is_of_other
            + _NO_AMOUNT * self.has_no_amount
            + self._absent
        )
        return 1 / (1 + math.exp(-told))

    @property
    def absent(self) -> tuple[str, ...]:
        """The words of what is asked about that are like none of the quotes and beside them."""
        return tuple(word for word, near in self.own if _far(near) >= 0.5)

    @property
    def _absent(self) -> float:
        far = [_far(near) for _, near in self.own]
        if not far:
            return 0.0
        if not self.is_topic:
            return _FARTHEST_OF_OTHERS * max(far)
        return _FARTHEST * max(far) + _FAR * sum(far) / len(far)


_BASE, _MEANING, _WORDS, _UNKNOWN = -2.5, 5.7, 2.5, -1.2
_STRANGER, _APART, _YEAR, _NAMED = -1.5, -0.4, -3.5, 2.4
_NARROW, _MISSED, _MISSED_NEARBY, _OTHER, _NO_AMOUNT = -0.6, -2.2, -2.0, -0.9, -1.5
_FARTHEST, _FAR, _FARTHEST_OF_OTHERS = -2.0, -1.0, -1.0
_NOTHING, _ALIKE = 0.2, 0.7
"""How near the nearest of a hundred words is that have nothing in common with one, and one that means the
same."""
_FOREIGN, _FOREIGN_MEANING, _FOREIGN_WORDS, _FOREIGN_STRANGER = -3.0, 5.9, 1.0, -2.5


def _far(near: float) -> float:
    return min(max((_ALIKE - near) / (_ALIKE - _NOTHING), 0.0), 1.0)


# ---- why there is no answer

BEGINS = "Not in these documents: "
_MOST_NAMED = 3
MOST_READ = 8_000_000
"""Characters of the documents that a question names in which a year is looked for: about twenty-five annual
reports, read in a quarter of a second (`benchmarks/years.py`)."""
TextOf = Callable[[str], str]
"""The text of a document by its id."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence that says what is missing, and ids of the documents that it names."""

    text: str
    documents: tuple[str, ...] = ()


def out_of_scope(documents: Sequence[Document]) -> Reason:
    """Of a question that names documents which it was not to be answered from."""
    are = "is not among" if len(documents) == 1 else "are not among"
    return _of(documents, f"{{}}, which you name, {are} the documents that were searched.")


def other_years(question: Understood, text_of: TextOf) -> Reason | None:
    """Of a question that names documents and a year that stands nowhere in them; None where one does, or
    where they are too much to read for that: then the passages decide, as for any question."""
    years = {one.period.year for one in periods_in(question.complete) if one.period.year}
    if not years or not question.is_sure_of_documents:
        return None
    documents = [one.document for one in question.named if one.is_sure]
    if any(_says(year, one.name) for one in documents for year in years):
        return None
    read = 0
    for one in documents:
        text = text_of(one.id)
        if any(_says(year, text) for year in years):
            return None
        read += len(text)
        if read > MOST_READ:
            return None
    has = "has" if len(documents) == 1 else "have"
    return _of(documents, f"{{}} {has} nothing for {listed([str(year) for year in sorted(years)])}.")


def lacking(question: str, signs: Signs | None) -> Reason:
    """Of a question whose best sentence does not answer it."""
    if signs is None:
        is_reasonless = why_of(question) is not None
        return Reason(
            "no passage that was found gives a reason." if is_reasonless else "no passage comes near it."
        )
    is_other = signs.years or signs.is_missed or signs.has_no_amount
    if names := signs.strangers or (() if is_other else signs.absent):
        return Reason(f"no passage that was found speaks of {_quoted(names)}.")
    if signs.years:
        return Reason(f"no passage that was found is of {listed([str(year) for year in signs.years])}.")
    if signs.is_missed or signs.has_no_amount:
        return Reason(f"no passage that was found gives {asked_for(question) or 'the figure'}.")
    if signs.apart:
        return Reason(f"no passage says this of {_quoted(signs.apart)}.")
    return Reason("no passage that was found says this.")


def _quoted(words: Sequence[str]) -> str:
    return listed([f"“{plain(word)}”" for word in dict.fromkeys(words)], _MOST_NAMED)


def _of(documents: Sequence[Document], text: str) -> Reason:
    named = list(documents)[:_MOST_NAMED]
    names = listed([plain(one.name) for one in named])
    more = len(documents) - len(named)
    names = f"{names} and {more} more" if more else names
    return Reason(text.format(names), tuple(one.id for one in named))


def _says(year: int, text: str) -> bool:
    """Whether a text has a year: 2031, FY31, FY 31 or '31. Its last two digits are looked for first, which
    takes a tenth of the time of a pattern for all of it."""
    short, century = f"{year % 100:02d}", f"{year // 100:02d}"
    place = text.find(short)
    while place >= 0:
        if not text[place + 2 : place + 3].isdigit():
            before = text[max(place - 4, 0) : place]
            said = next((one for one in (century, "'", "’", "FY") if before.endswith(one)), "")
            if not said and before[-1:].isspace() and before[:-1].endswith("FY"):
                said = before[-3:]
            if said and not before[: -len(said)][-1:].isdigit():
                return True
        place = text.find(short, place + 1)
    return False
