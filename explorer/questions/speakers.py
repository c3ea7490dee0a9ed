"""Whose words a question is about: who speaks in the first person seldom says their own name."""

from __future__ import annotations

import re

_NAME = r"(?-i:[A-Z][\w’'.-]*\w(?<!['’]s)(?:\s+[A-Z][\w’'-]*\w(?<!['’]s)){0,3})"
_SPEECH = (
    r"(?:(?:[A-Z]\w+\s+)?(?:speech|address|statement|remarks?|words|talk|lecture|letter|account|memoirs?))"
)
_SAYS = (
    r"(?-i:say|says|said|mention|describe|discuss|propose|claim|emphasi[sz]e|urge|refuse|argue|announce|promise|"
    r"explain|state|suggest|recall|admit|believe|think|feel|want|call)(?-i:s|d|ed)?"
)
_WHO = rf"(?P<who>{_NAME})"
_ATTRIBUTIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf",?\s*\baccording to\s+{_WHO}(?:['’]s(?:\s+{_SPEECH})?)?",
        rf",?\s*\b(?:as\s+(?:described|mentioned|stated|said|told)\s+)?(?:in|by|of|during)\s+{_WHO}['’]s"
        rf"\s+(?:own\s+)?{_SPEECH}\b",
        rf"(?<=\bdoes\s){_WHO}\s+(?=(?:\w+ly\s+)?{_SAYS}\b)",
        rf"(?<=\bdid\s){_WHO}\s+(?=(?:\w+ly\s+)?{_SAYS}\b)",
        rf"(?<=\bhas\s){_WHO}\s+(?=(?:\w+ly\s+)?{_SAYS}\b)",
        rf"(?<=\s)(?<!\bthe\s){_WHO}\s+(?=(?:has\s+)?{_SAYS}\b)",
    )
)
_NUMBERED = re.compile(
    r"\b(?:Act|Annex|Appendix|Article|Book|Category|Chapter|Class|Division|Exhibit|Grade|Group|Item|Level|Part|Phase|"
    r"Schedule|Section|Series|Stage|Step|Table|Tier|Title|Type|Volume|War)s?\s+I\b",
    re.IGNORECASE,
)
"""Where "I" is the number one."""
_FIRST_PERSON = re.compile(r"(?<![\w.])I(?:['’](?:m|ve|d|ll))?(?![\w.])|\bmy\b")


def without_speaker(question: str) -> str:
    """A question without the name of whoever it says speaks: "What does Ada Moss say about rain?" is "What
    does say about rain?", "How many, according to Ada Moss?" is "How many?"; else as it is."""
    for pattern in _ATTRIBUTIONS:
        question = pattern.sub("", question)
    return " ".join(question.split())


def speaker_of(question: str) -> str:
    """Whoever a question says speaks: "Ada Moss" of "What does Ada Moss say about rain?"; "" where nobody."""
    found = (pattern.search(question) for pattern in _ATTRIBUTIONS)
    return next((one["who"] for one in found if one), "")


def is_first_person(text: str) -> bool:
    """Whether somebody speaks of themselves in an English text."""
    return _FIRST_PERSON.search(_NUMBERED.sub("", text)) is not None
