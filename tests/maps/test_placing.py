"""`explorer.maps.placing`: what came later stands among its neighbours, and nothing else moves.

The aims on a library of four subjects: after a fifth more documents and a twentieth fewer, at least 98 % of
the old points moved by less than 1 % of the width, until the map is drawn anew; subjects of which 60 % stay
together keep number and name then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.errors import ExplorerError, StorageError
from explorer.maps import drawing
from explorer.maps.maps import Maps
from explorer.types import Atlas
from tests.catalog import making
from tests.maps.test_process import NoWorker

WORDS = ("gravel rivers", "pawn endgames", "sourdough baking", "lease landlords")
SIZE = 16
CHUNKS = 5


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalog]:
    """A library whose embeddings lie around a direction for each subject."""

    def vector(text: str) -> np.ndarray:
        subject = next(number for number, words in enumerate(WORDS) if words in text)
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
        drawn = np.random.default_rng(seed).normal(0, 0.15, SIZE)
        drawn[subject] += 1
        return (drawn / np.linalg.norm(drawn)).astype(np.float32)

    monkeypatch.setattr(making, "vector", vector)
    monkeypatch.setattr(making, "DIMENSION", SIZE)
    with Catalog(tmp_path / "library") as opened:
        yield opened


def fill(catalog: Catalog, first: int, last: int) -> list[str]:
    return [
        making.add(
            catalog,
            "".join(f"About {WORDS[number % 4]}, {number} {i}.".ljust(60) for i in range(CHUNKS)),
            f"{number}.txt",
            step=60,
        )
        for number in range(first, last)
    ]


def moved(before: Atlas, after: Atlas) -> np.ndarray:
    """How far the points of both maps moved, as shares of the earlier one's width."""
    _, old, new = np.intersect1d(before.chunk_ids, after.chunk_ids, return_indices=True)
    gaps: np.ndarray = np.linalg.norm(before.xy[old] - after.xy[new], axis=1)
    return gaps / np.ptp(before.xy[:, 0])


def now(catalog: Catalog) -> Atlas:
    atlas = Maps(catalog, NoWorker()).map()
    assert atlas.chunk_ids.tolist() == catalog.chunks.ids().tolist()
    return atlas


def test_old_points_stay_and_subjects_are_known_again(catalog: Catalog) -> None:
    ids = fill(catalog, 0, 60)
    before = drawing.draw(catalog)
    fill(catalog, 60, 72)
    catalog.documents.remove(ids[::20])
    after = now(catalog)
    assert (moved(before, after) < 0.01).mean() >= 0.98
    assert Maps(catalog, NoWorker()).job() is None
    again = drawing.draw(catalog)
    names = {one.id: one.label for one in again.clusters}
    stayed = 0
    for one in before.clusters:
        members = before.chunk_ids[before.cluster_ids == one.id]
        now_in = again.cluster_ids[np.isin(again.chunk_ids, members)]
        largest = np.bincount(now_in[now_in >= 0]).argmax()
        if (now_in == largest).mean() >= 0.6:
            stayed += 1
            assert (largest, names[one.id]) == (one.id, one.label)
    assert stayed >= 3
    assert np.median(moved(before, again)) < 0.15, "and what is drawn anew looks like what was there"


def test_a_name_that_a_person_gave_stays_when_the_map_is_drawn_anew(catalog: Catalog) -> None:
    fill(catalog, 0, 40)
    before = drawing.draw(catalog)
    maps = Maps(catalog, NoWorker())
    one = before.clusters[0]
    assert maps.rename(one.id, "  My\nsubject\u202e ").label == "My subject"
    fill(catalog, 40, 48)
    with pytest.raises(ExplorerError, match="needs a letter or a digit"):
        maps.rename(one.id, " -- ")
    assert len(maps.rename(before.clusters[1].id, "x" * 200).label) == 80
    given: list[str] = []

    def meanwhile(done: int) -> None:
        if done > 50 and not given:
            given.append(maps.rename(before.clusters[2].id, "Given meanwhile").own)

    again = drawing.draw(catalog, on_progress=meanwhile)
    assert given == [before.clusters[2].label]
    assert {"My subject", "Given meanwhile"} <= {each.label for each in again.clusters}
    stored = maps.stored()
    assert stored is not None
    assert stored.atlas.clusters == again.clusters
    renamed = next(each for each in again.clusters if each.label == "My subject")
    assert maps.rename(renamed.id, None).label == renamed.own != "My subject"


def test_what_is_new_stands_among_its_kind(catalog: Catalog) -> None:
    fill(catalog, 0, 40)
    before = drawing.draw(catalog)
    new = catalog.chunks.of_document(fill(catalog, 41, 42)[0])
    after = now(catalog)
    kind = [WORDS[1] in chunk.text for chunk in catalog.chunks.by_ids(before.chunk_ids.tolist())]
    (middle, others) = (np.median(before.xy[np.array(kind) == side], axis=0) for side in (True, False))
    at = after.xy[np.isin(after.chunk_ids, [chunk.id for chunk in new])]
    assert (np.linalg.norm(at - middle, axis=1) < np.linalg.norm(at - others, axis=1)).all()
    assert len(np.unique(after.xy, axis=0)) == len(after.xy), "none hides another"
    sizes = {one.id: one.size for one in after.clusters}
    assert sizes == {number: int((after.cluster_ids == number).sum()) for number in sizes}


def test_it_keeps_its_place_when_it_is_looked_at_again(catalog: Catalog) -> None:
    ids = fill(catalog, 0, 8)
    drawing.draw(catalog)
    fill(catalog, 8, 10)
    first = now(catalog)
    catalog.documents.remove(ids[:4])
    fill(catalog, 10, 11)
    assert moved(first, now(catalog)).max() == 0


def test_without_room_to_keep_it_the_map_is_shown(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(catalog, 0, 8)
    drawing.draw(catalog)
    fill(catalog, 8, 10)

    def full(*_: object) -> bool:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(catalog.layouts, "extend", full)
    stored = Maps(catalog, NoWorker()).stored()
    assert stored is not None
    assert stored.placed == 2 * CHUNKS
    assert stored.atlas.chunk_ids.tolist() == catalog.chunks.ids().tolist()
