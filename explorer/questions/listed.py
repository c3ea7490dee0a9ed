"""What "the second one" is: an entry of the list that the answer before gave."""

from __future__ import annotations

import re

_NUMBERS = (
    ("first", "1st"),
    ("second", "2nd"),
    ("third", "3rd"),
    ("fourth", "4th"),
    ("fifth", "5th"),
    ("sixth", "6th"),
    ("seventh", "7th"),
    ("eighth", "8th"),
    ("ninth", "9th"),
    ("tenth", "10th"),
)
_PLACES = {name: place for place, names in enumerate(_NUMBERS) for name in names} | {"last": -1}
_ORDINAL = re.compile(
    rf"\bthe ({'|'.join(_PLACES)})(?: (?:one|document|file|entry|item|point)\b(?: of (?:them|these|those)\b)?"
    r"| of (?:them|these|those)\b|(?=\W*$))",
    re.IGNORECASE,
)
"""Not "the second quarter": what is numbered there is said."""
_ENTRY = re.compile(r"^(?:[-*]|\d+\.) +(.+)$", re.MULTILINE)
_BEHIND = re.compile(r" \[\d+\](?:: .*)?$| \(page \d+\).*$|: “.*$")
"""What a list of documents says of each."""
_MARK = re.compile(r" ?\[\d+\]")
_LONGEST = 12
"""Words of an entry that stand for it in a question."""


def entries(answer: str) -> list[str]:
    """The entries of a list in an answer's Markdown, in plain words: a document's name alone, else the
    beginning of what is said. [] where it has no list of at least two."""
    found = [_plain(entry) for entry in _ENTRY.findall(answer)]
    return found if len(found) > 1 else []


def with_entry(question: str, answer: str) -> str:
    """The question with the entry of the answer before it that it points at: "Summarise the second one" →
    "Summarise lease.pdf"; the question as it is where it points at none, or there are fewer."""
    listed = entries(answer)

    def named(found: re.Match[str]) -> str:
        place = _PLACES[found[1].lower()]
        return listed[place] if place < len(listed) else found[0]

    return _ORDINAL.sub(named, question) if listed else question


def _plain(entry: str) -> str:
    bare = re.sub(r"\\(.)|\*\*", r"\1", entry)
    words = _MARK.sub("", _BEHIND.sub("", bare)).split()
    return " ".join(words[:_LONGEST])
