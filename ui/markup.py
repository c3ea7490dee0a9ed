"""The signs of Markdown in what is shown of a document word for word: people read the words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ui.rich import Range

_CODE = re.compile(r"^ {0,3}(?P<fence>```|~~~)|`[^`\n]+`", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?=\S)", re.MULTILINE)
_BOLD = re.compile(r"(?<![\w*/])(\*\*)(?=\S)[^*\n]*[^\s*](\*\*)(?![\w*/])")
_LINK = re.compile(r"(?<![\w\]!])(!?\[)[^\[\]\n]+(\]\([^()\s]*[./#][^()\s]*\))")
"""What has an address behind it, also a picture: "x[1](2)" is no link."""


def signs(text: str) -> Iterator[Range]:
    """Where signs stand in Markdown that are not read, in order: of headings, bold words and links, none in
    code."""
    code = list(_code(text))
    found = [match.span() for match in _HEADING.finditer(text)]
    found += [
        match.span(group) for pair in (_BOLD, _LINK) for match in pair.finditer(text) for group in (1, 2)
    ]
    for start, end in sorted(found):
        if not any(first < end and start < last for first, last in code):
            yield start, end


def _code(text: str) -> Iterator[Range]:
    """What is code: between fences, and between marks in a line."""
    opened: int | None = None
    for match in _CODE.finditer(text):
        if match["fence"]:
            if opened is None:
                opened = match.start()
            else:
                yield opened, match.end()
                opened = None
        elif opened is None:
            yield match.span()
    if opened is not None:
        yield opened, len(text)


def without(away: Sequence[Range], text: str) -> str:
    """The text without what is `away`, ranges in order."""
    return "".join(text[end:start] for (_, end), (start, _) in pairwise([(0, 0), *away, (len(text),) * 2]))


def moved(away: Sequence[Range], spans: Sequence[Range]) -> list[Range]:
    """Spans of the text as spans of it without what is `away`."""

    def place(at: int) -> int:
        return at - sum(min(end, at) - start for start, end in away if start < at)

    return [(place(start), place(end)) for start, end in spans]


def read(words: str, kind: str) -> str:
    """Words of a document of a kind as they are read: those of Markdown without signs."""
    return without(list(signs(words)), words) if kind == "markdown" else words
