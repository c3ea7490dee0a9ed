"""The statements of an answer that was composed by rule, each held against the cells and words it cites.

A composed answer is made of words of documents, which need no proof; of statements that name a figure
(`Net sales: **34,229** million (…) [1]`, or `**-1,126 million** = 34,229 − 35,355`); and of what the
catalogue knows, which stands in no document. Only the second are checked: that the cited rows are called so
and hold each figure. The place, in brackets, and the scale, which the table's head says, are no part of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from explorer.chat.proof import check_of
from explorer.types import Citation, SentenceCheck

_LINE = re.compile(r"[^\n]+")
_STATED = re.compile(r"(?P<label>.*?):\s\*\*(?P<figure>.+?)\*\*(?P<rest>.*)", re.DOTALL)
_FORMULA = re.compile(r"\s=\s(?P<formula>[^\n]+)")
_NUMBER = re.compile(r"\[(\d{1,3})\]")
_ESCAPED = re.compile(r"\\(.)")
_SCALE = re.compile(r"(?<=\d)\s*(?:thousand|million|billion|%)\s*$")


def composed_proofs(text: str, question: str, citations: Sequence[Citation]) -> tuple[SentenceCheck, ...]:
    """A check of each statement with a figure, in order."""
    found = []
    for start, end in _statements(text):
        line = text[start:end]
        stated = _STATED.match(line)
        numbers = {int(number) for number in _NUMBER.findall(line)}
        sources = [one for one in citations if one.number in numbers]
        if stated is None or not sources:
            continue
        formula = _FORMULA.match(stated["rest"])
        figures = formula["formula"] if formula else _SCALE.sub("", stated["figure"])
        claim = _NUMBER.sub(" ", _ESCAPED.sub(r"\1", f"{stated['label']}: {figures}"))
        found.append(check_of(start, end, claim, question, sources))
    return tuple(found)


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """The lines that are neither of a table nor of a list."""
    for match in _LINE.finditer(text):
        if not match.group().startswith(("|", "- ", "* ", "“")):
            yield match.span()
