"""The subjects of a map at two levels: found, known again from the map before, and named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from explorer.catalog import map_names
from explorer.maps import clustering, labels, matching
from explorer.types import Atlas, Cluster

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Integers
    from explorer.catalog import Catalog

TEXTS_A_PART = 60
"""At most this many texts of a finer group are read for its label."""
_AT_ONCE, _READ = 50, 500
"""Texts that are read at a time, and at most, to see whether a name still stands in them."""


def found(catalog: Catalog, ids: Ids, xy: Floats, same: Integers, earlier: Atlas | None) -> Atlas:
    """The map of chunks `ids` (n,) at `xy` (n, dimensions) with its subjects, which keep number and name
    where most of their members were together on the `earlier` one. `same`: see `clustering.cluster`."""
    cluster_ids, kept = clustering.cluster(xy, same), dict[int, Cluster]()
    if earlier is not None:
        again = matching.matched(earlier.chunk_ids, earlier.cluster_ids, earlier.clusters, ids, cluster_ids)
        cluster_ids, kept = matching.numbered(cluster_ids, again)
    finer_ids, kept_finer = clustering.finer(xy, cluster_ids, same), dict[int, Cluster]()
    if earlier is not None and earlier.finer_ids is not None:
        again = matching.matched(earlier.chunk_ids, earlier.finer_ids, earlier.finer, ids, finer_ids)
        finer_ids, kept_finer = matching.numbered(finer_ids, again)
    return Atlas(
        ids,
        xy,
        cluster_ids,
        _named(catalog, ids, cluster_ids, kept),
        finer_ids,
        _named(catalog, ids, finer_ids, kept_finer, cluster_ids),
    )


def as_called(atlas: Atlas, now: Atlas) -> Atlas:
    """A map that was drawn, with the names that subjects of the one that is kept `now` got meanwhile."""
    again = matching.matched(now.chunk_ids, now.cluster_ids, now.clusters, atlas.chunk_ids, atlas.cluster_ids)
    atlas = replace(atlas, clusters=_called(atlas.clusters, again))
    if atlas.finer_ids is None or now.finer_ids is None:
        return atlas
    again = matching.matched(now.chunk_ids, now.finer_ids, now.finer, atlas.chunk_ids, atlas.finer_ids)
    return replace(atlas, finer=_called(atlas.finer, again))


def _called(clusters: Sequence[Cluster], now: Mapping[int, Cluster]) -> tuple[Cluster, ...]:
    """Clusters with the names that persons gave to those of `now`, or took back there."""
    return tuple(
        map_names.called(one, now[one.id].label if now[one.id].is_renamed else None) if one.id in now else one
        for one in clusters
    )


def texts(catalog: Catalog, chunk_ids: Iterable[int]) -> list[str]:
    """The texts of these chunks, in the order given; those that are gone are left out."""
    return [chunk.text for chunk in catalog.chunks.by_ids(chunk_ids)]


def _named(
    catalog: Catalog, ids: Ids, of: Integers, kept: Mapping[int, Cluster], above: Integers | None = None
) -> tuple[Cluster, ...]:
    """The clusters of one level with their names; `above` (n,) is the level that they are a part of.

    A name that no person chose stays only while its words stand in the texts: those of a document that was
    removed since would outlive it here.
    """
    rows = labels.sample(of, labels.TEXTS_A_CLUSTER if above is None else TEXTS_A_PART)
    parts = {number: texts(catalog, [int(ids[row]) for row in part]) for number, part in rows.items()}

    def stands(one: Cluster, name: str) -> bool:
        return _stands(one.id, name, chain(parts[one.id], _read(catalog, ids[of == one.id])))

    stays = {number: one.label for number, one in kept.items() if one.is_renamed or stands(one, one.label)}
    named = labels.label(parts, stays, are_apart=above is None)
    chosen = {number: one for number, one in kept.items() if one.is_renamed}
    own = {number: one.own for number, one in chosen.items() if one.own and stands(one, one.own)}
    if len(own) < len(chosen):  # what it would be called, beside the names that the others have
        others = {number: name for number, name in named.items() if number not in chosen}
        own = labels.label(parts, others | own, are_apart=above is None)
    return tuple(
        Cluster(
            number,
            named[number],
            int((of == number).sum()),
            None if above is None else int(above[rows[number][0]]),
            number in chosen,
            own[number] if number in chosen else "",
        )
        for number in sorted(named)
    )


def _stands(number: int, name: str, said: Iterable[str]) -> bool:
    """Whether these texts say the words of a cluster's name; its number, which `labels.label` gives where
    words do not suffice, stands in none."""
    words = name.removesuffix(f" {number + 1}")
    return words == "Subject" or map_names.said_in(words, said) == words


def _read(catalog: Catalog, ids: Ids) -> Iterator[str]:
    """The texts of chunks, of the first `_READ`, a few at a time: mostly none has to be read."""
    for at in range(0, min(len(ids), _READ), _AT_ONCE):
        yield from texts(catalog, ids[at : min(at + _AT_ONCE, _READ)].tolist())
