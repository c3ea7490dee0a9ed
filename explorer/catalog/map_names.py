"""Names of subjects, which are made of words of documents, once some of these are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import apsw
import regex  # type: ignore[import-untyped]

from explorer.catalog.columns import fetch_all, ids_json
from explorer.catalog.text_pieces import Spans
from explorer.types import Atlas, Cluster
from explorer.words.terms import SPACELESS

if TYPE_CHECKING:
    from explorer.arrays import Ids, Integers, Mask

SEPARATOR = ", "
"""What stands between the words and phrases of a name (`explorer.maps.labels`)."""
_AT_ONCE = 50
_READ = 500
"""At most this many passages of a subject are read for the words of its name."""


def standing(con: apsw.Connection, rest: Atlas, whole: Atlas, stays: Mask) -> Atlas:
    """`rest`, which is what stays (n,) of `whole`, with names of which each word stands in a passage of it.

    Only subjects that lost a point are looked at. A name that a person chose stays.
    """
    clusters = _renamed(con, rest.clusters, rest.cluster_ids, rest.chunk_ids, whole.cluster_ids[~stays])
    finer = rest.finer
    if rest.finer_ids is not None and whole.finer_ids is not None:
        finer = _renamed(con, finer, rest.finer_ids, rest.chunk_ids, whole.finer_ids[~stays])
    return replace(rest, clusters=clusters, finer=finer)


def _renamed(
    con: apsw.Connection, clusters: Sequence[Cluster], of: Integers, chunk_ids: Ids, lost: Integers
) -> tuple[Cluster, ...]:
    touched = set(lost.tolist())
    return tuple(_said(con, one, chunk_ids[of == one.id]) if one.id in touched else one for one in clusters)


def _said(con: apsw.Connection, cluster: Cluster, chunk_ids: Ids) -> Cluster:
    """A cluster whose name from its words is without what no passage of it says."""
    texts = _texts(con, chunk_ids[:_READ].tolist())
    if cluster.is_renamed:
        return replace(cluster, own=said_in(cluster.own, texts))
    return replace(cluster, label=said_in(cluster.label, texts) or nameless(cluster))


def nameless(cluster: Cluster) -> str:
    """What a subject is called where there are no words for it."""
    return f"Subject {cluster.id + 1}"


def called(one: Cluster, name: str | None) -> Cluster:
    """A cluster by a name that a person chose, which remembers its own; with None by that one again."""
    if name is None:
        own = one.own or nameless(one)
        return replace(one, label=own, is_renamed=False, own="") if one.is_renamed else one
    return replace(one, label=name, is_renamed=True, own=one.own if one.is_renamed else one.label)


def said_in(name: str, texts: Iterable[str]) -> str:
    """The words and phrases of a name that stand in one of the texts, which are read until all were met."""
    parts = name.split(SEPARATOR)
    wanted = {part: _pattern(part) for part in parts}
    for text in texts:
        line = _folded(text)
        wanted = {part: pattern for part, pattern in wanted.items() if not pattern.search(line)}
        if not wanted:
            return name
    return SEPARATOR.join(part for part in parts if part not in wanted)


def _pattern(part: str) -> regex.Pattern[str]:
    """Finds a word or phrase where it stands whole: "rent" is not in "current". Scripts without spaces have
    no such edges."""
    words = regex.escape(_folded(part), literal_spaces=True)
    letter = rf"[\w--[{SPACELESS}]]"
    return regex.compile(
        rf"(?:(?<!{letter})|(?=[{SPACELESS}])){words}(?:(?!{letter})|(?<=[{SPACELESS}]))", regex.VERSION1
    )


def _folded(text: str) -> str:
    """A text as names are compared with it, with one space between words."""
    return " ".join(text.casefold().split())


def _texts(con: apsw.Connection, chunk_ids: Sequence[int]) -> Iterator[str]:
    """What these chunks say."""
    sql = (
        'SELECT edition_id, start, "end" FROM chunk WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id'
    )
    spans = Spans(con)
    for block in _blocks(chunk_ids):
        for edition_id, start, end in fetch_all(con, sql, (ids_json(block),)):
            yield spans.read(edition_id, start, end)


def _blocks(chunk_ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (chunk_ids[at : at + _AT_ONCE] for at in range(0, len(chunk_ids), _AT_ONCE))
