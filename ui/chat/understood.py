"""What a question was understood to ask, as chips under it; each offers to have it understood otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from explorer.questions import QUOTE, Kind, alike
from explorer.types import QuestionReading
from ui import rich
from ui.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.types import Document, Message

MOST_CHOICES = 8
YEARS = (-3, -2, -1, 1)
"""Years from the one that is asked about that are offered in its place."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_KINDS = {
    Kind.FIGURE: "figure",
    Kind.COMPARISON: "comparison",
    Kind.SUMMARY: "summary",
    Kind.LIBRARY: "about the library",
}
_OFFERED = {Kind.FIGURE: "figure", QUOTE: "quote", Kind.SUMMARY: "summary"}


@dataclass(frozen=True, slots=True)
class ReadingChip:
    """One thing that was understood. `choices`: what it may be instead, each with a reading that says so."""

    name: str
    label: str
    choices: tuple[tuple[str, QuestionReading], ...]


def chips(message: Message, documents: Sequence[Document]) -> list[ReadingChip]:
    """The documents, the periods and the kind; [] for what is no question, or was asked in an earlier
    version."""
    reading = message.reading
    if reading is None or reading.kind == Kind.TALK:
        return []
    return [
        *_of_documents(message, reading, documents),
        *(_of_period(reading, at) for at in range(len(reading.periods))),
        _of_kind(reading),
    ]


def described(message: Message, documents: Sequence[Document]) -> list[dict[str, Any]]:
    """The chips as the component draws them."""
    return [
        {
            "name": chip.name,
            "label": rich.clean(chip.label),
            "choices": [rich.clean(said) for said, _ in chip.choices],
        }
        for chip in chips(message, documents)
    ]


def chosen(message: Message, documents: Sequence[Document], chip: int, choice: int) -> QuestionReading | None:
    """The reading behind a choice; None where there is none by now."""
    offered = chips(message, documents)
    if not 0 <= chip < len(offered) or not 0 <= choice < len(offered[chip].choices):
        return None
    return offered[chip].choices[choice][1]


def _of_documents(
    message: Message, reading: QuestionReading, documents: Sequence[Document]
) -> list[ReadingChip]:
    if reading.kind == Kind.LIBRARY:
        return []
    by_id = {one.id: one for one in documents}
    named = [by_id[one] for one in reading.documents if one in by_id]
    cited = [
        by_id[one.document_id] for one in (*message.citations, *message.hits) if one.document_id in by_id
    ]
    others = named if len(named) > 1 else alike(documents, named[0], MOST_CHOICES) if named else cited
    choices = list({one.id: one for one in others}.values())[:MOST_CHOICES]
    if not named:
        label = "all documents"
    elif len(named) == 1:
        label = _name(named[0])
    else:
        label = f"{_name(named[0])} and {count(len(named) - 1, 'more', 'more')}"
    return [
        ReadingChip(
            "document",
            label,
            tuple((_name(one), _instead(reading, documents=(one.id,))) for one in choices),
        )
    ]


def _of_period(reading: QuestionReading, at: int) -> ReadingChip:
    said = reading.periods[at]
    year = _YEAR.search(said)
    others = [_YEAR.sub(str(int(year[0]) + step), said, count=1) for step in YEARS] if year else []

    def with_other(other: str) -> QuestionReading:
        periods = tuple(other if n == at else one for n, one in enumerate(reading.periods))
        return _instead(reading, periods=periods)

    return ReadingChip("period", said, tuple((other, with_other(other)) for other in others))


def _of_kind(reading: QuestionReading) -> ReadingChip:
    kinds = {str(kind): label for kind, label in _KINDS.items()}
    label = kinds.get(reading.kind or "", "quote")
    others = [(said, str(kind)) for kind, said in _OFFERED.items() if said != label]
    return ReadingChip("kind", label, tuple((said, _instead(reading, kind=kind)) for said, kind in others))


def _instead(reading: QuestionReading, **changed: Any) -> QuestionReading:
    return replace(reading, **changed, is_chosen=True)


def _name(document: Document) -> str:
    return PurePath(document.name).stem
