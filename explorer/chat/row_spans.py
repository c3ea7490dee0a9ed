"""Where the rows of a table stand in the text: each is a line of it."""

from __future__ import annotations


def span_of_rows(start: int, text: str, first: int, last: int) -> tuple[int, int]:
    """The span of the rows `first` to `last` (from 0) of a table whose `text` begins at `start` of its
    document; the whole table where it has fewer lines."""
    lines = []
    at = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            lines.append((at, at + len(line.rstrip("\n"))))
        at += len(line)
    if last >= len(lines):
        return start, start + len(text)
    return start + lines[first][0], start + lines[last][1]
