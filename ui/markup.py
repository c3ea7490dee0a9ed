"""The signs of Markdown in what is shown of a document word for word: people read the words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ui.rich import Range

_SIGN = re.compile(
    r"^ {0,3}(?P<fence>```|~~~)"
    r"|(?P<code>`[^`\n]+`)"
    r"|^ {0,3}#{1,6}[ \t]+(?=\S)"
    r"|\*\*(?=\S)|(?<=\S)\*\*"
    r"|\[(?=[^\[\]\n]+\]\([^()\s]+\))"
    r"|(?<=[^\s\[])\]\([^()\s]+\)",
    re.MULTILINE,
)
"""What makes a heading, bold words or a link of a line; and what parts code, in which all of that is text."""
_BETWEEN_CELLS = re.compile(r"\s+\|\s+")


def signs(text: str) -> Iterator[Range]:
    """Where signs stand in Markdown that are not read, in order."""
    is_code = False
    for match in _SIGN.finditer(text):
        if match["fence"]:
            is_code = not is_code
        elif not is_code and not match["code"]:
            yield match.span()


def without(away: Sequence[Range], text: str) -> str:
    """The text without what is `away`, ranges in order."""
    return "".join(text[end:start] for (_, end), (start, _) in pairwise([(0, 0), *away, (len(text),) * 2]))


def moved(away: Sequence[Range], spans: Sequence[Range]) -> list[Range]:
    """Spans of the text as spans of it without what is `away`."""

    def place(at: int) -> int:
        return at - sum(min(end, at) - start for start, end in away if start < at)

    return [(place(start), place(end)) for start, end in spans]


def read(words: str, kind: str) -> str:
    """Words of a document of a kind as they are read: without signs, and a row of a table, which is one line,
    with dashes between its cells."""
    if kind == "markdown":
        words = without(list(signs(words)), words)
    return words if "\n" in words.strip() else _BETWEEN_CELLS.sub(" – ", words.strip(" |"))
