"""Why nothing in the documents answers a question: which part of it has no support."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.chat.answer_types import asked_for
from explorer.chat.composing import listed, plain
from explorer.chat.support import Signs
from explorer.figures.periods import periods_in
from explorer.questions import Understood
from explorer.types import Document

BEGINS = "Not in these documents: "
_MOST_NAMED = 3
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
    """Of a question that names documents and a year that stands nowhere in them; None where one does."""
    years = {one.period.year for one in periods_in(question.complete) if one.period.year}
    if not years or not question.is_sure_of_documents:
        return None
    documents = [one.document for one in question.named if one.is_sure]
    if any(_says(year, f"{one.name} {text_of(one.id)}") for one in documents for year in years):
        return None
    has = "has" if len(documents) == 1 else "have"
    return _of(documents, f"{{}} {has} nothing for {listed([str(year) for year in sorted(years)])}.")


def lacking(question: str, signs: Signs | None) -> Reason:
    """Of a question whose best sentence does not answer it."""
    if signs is None:
        return Reason("no passage comes near it.")
    if signs.strangers:
        names = listed([f"“{plain(name)}”" for name in dict.fromkeys(signs.strangers)], _MOST_NAMED)
        return Reason(f"no passage that was found speaks of {names}.")
    if signs.years:
        return Reason(f"no passage that was found is of {listed([str(year) for year in signs.years])}.")
    if signs.is_missed or signs.has_no_amount:
        return Reason(f"no passage that was found gives {asked_for(question) or 'the figure'}.")
    if signs.apart:
        names = listed([f"“{plain(name)}”" for name in dict.fromkeys(signs.apart)], _MOST_NAMED)
        return Reason(f"no passage says this of {names}.")
    return Reason("no passage that was found says this.")


def _of(documents: Sequence[Document], text: str) -> Reason:
    named = list(documents)[:_MOST_NAMED]
    names = listed([plain(one.name) for one in named])
    more = len(documents) - len(named)
    names = f"{names} and {more} more" if more else names
    return Reason(text.format(names), tuple(one.id for one in named))


def _says(year: int, text: str) -> bool:
    short = f"{year % 100:02d}"
    return re.search(rf"(?<!\d)(?:{year}|(?:FY\s?|['’]){short})(?!\d)", text) is not None
