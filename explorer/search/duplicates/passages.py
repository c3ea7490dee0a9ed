"""Passages that say nearly the same: versions of one document, repeated notices, copied paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from explorer.types import Hit

SAME = 0.85
"""Two passages say the same when they have at least this share of their words in common, each form counted
once."""


def groups(rows: Sequence[str]) -> list[list[int]]:
    """The positions of passages, given by their terms with spaces between, in groups: each under the first
    one that says nearly the same.

    Numbers count as words: two years' versions of a sentence about figures stay apart where enough differ.
    """
    found: list[tuple[frozenset[str], list[int]]] = []
    for position, row in enumerate(rows):
        words = frozenset(row.split())
        for known, group in found:
            if _overlap(words, known) >= SAME:
                group.append(position)
                break
        else:
            found.append((words, [position]))
    return [group for _, group in found]


def folded(found: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The first hit of each group, with the others of the group in `also`; ranks count groups."""
    return [
        replace(group[0], rank=rank, also=tuple(replace(hit, rank=rank) for hit in group[1:]))
        for rank, group in enumerate(filter(None, found), 1)
    ]


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's: 0 to 1; two texts without words have nothing in common."""
    if min(len(one), len(other)) < SAME * max(len(one), len(other)):
        return 0.0
    either = len(one | other)
    return len(one & other) / either if either else 0.0
