"""`explorer.maps.subjects`: two levels of subjects, the finer within the coarser, both known again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.maps import subjects
from explorer.types import Atlas
from tests.catalog import making

WORDS = ("gravel rivers", "salmon rivers", "pawn endgames", "rook endgames")


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "library") as opened:
        for number, words in enumerate(WORDS):
            text = "".join(f"About {words}, {number} {i}.".ljust(60) for i in range(40))
            making.add(opened, text, f"{number}.txt", step=60)
        yield opened


def drawn(catalog: Catalog, earlier: Atlas | None = None) -> Atlas:
    """Two groups far from each other, each of two that lie beside each other."""
    ids = catalog.chunks.ids()
    middles = np.array([[0, 0], [0, 2], [20, 0], [20, 2]])
    random = np.random.default_rng(1)
    xy = np.repeat(middles, 40, axis=0) + random.normal(0, 0.2, (160, 2))
    return subjects.found(catalog, ids, xy.astype(np.float32), np.arange(160), earlier)


def test_there_are_two_levels_and_each_has_its_words(catalog: Catalog) -> None:
    atlas = drawn(catalog)
    assert atlas.finer_ids is not None
    assert len(atlas.clusters) >= 2
    assert len(atlas.finer) >= 4
    for one in atlas.finer:
        above = np.unique(atlas.cluster_ids[atlas.finer_ids == one.id])
        assert above.tolist() == [one.parent]
        assert one.size == (atlas.finer_ids == one.id).sum()
    assert sum(one.size for one in atlas.finer) == (atlas.cluster_ids >= 0).sum()
    said = " ".join(one.label for one in atlas.finer).lower()
    assert "salmon" in said
    assert "rook" in said


def test_both_are_known_again(catalog: Catalog) -> None:
    first = drawn(catalog)
    again = drawn(catalog, first)
    assert again.clusters == first.clusters
    assert again.finer == first.finer
    assert (again.finer_ids == first.finer_ids).all()


def test_a_name_whose_words_stand_in_no_text_is_made_anew_unless_a_person_chose_it(catalog: Catalog) -> None:
    first = drawn(catalog)
    old = replace(first.clusters[0], label="quizzacious, gravel rivers")
    chosen = replace(first.clusters[1], label="My quizzacious ones", is_renamed=True)
    again = drawn(catalog, replace(first, clusters=(old, chosen, *first.clusters[2:])))
    assert again.clusters[0].label == first.clusters[0].label
    kept = again.clusters[1]
    assert (kept.label, kept.is_renamed) == (chosen.label, True)
    assert kept.own == first.clusters[1].label, "and what it would be called is known"


def test_a_renamed_subject_keeps_its_own_name_while_its_words_stand(catalog: Catalog) -> None:
    first = drawn(catalog)
    own = first.clusters[0].label
    mine = replace(first.clusters[0], label="Mine", is_renamed=True, own=own)
    assert drawn(catalog, replace(first, clusters=(mine, *first.clusters[1:]))).clusters[0] == mine
    gone = replace(mine, own="quizzacious, gravel rivers")
    again = drawn(catalog, replace(first, clusters=(gone, *first.clusters[1:]))).clusters[0]
    assert (again.label, again.own) == ("Mine", own)


def test_a_name_that_is_given_or_taken_back_during_a_drawing_holds(catalog: Catalog) -> None:
    first = drawn(catalog)
    assert subjects.as_called(first, first).clusters == first.clusters
    assert first.finer_ids is not None
    mine = replace(first.clusters[0], label="Mine", is_renamed=True, own=first.clusters[0].label)
    part = replace(first.finer[1], label="A part", is_renamed=True, own=first.finer[1].label)
    now = replace(first, clusters=(mine, *first.clusters[1:]), finer=(first.finer[0], part, *first.finer[2:]))
    called = subjects.as_called(first, now)
    assert called.clusters == now.clusters
    assert called.finer == now.finer
    assert subjects.as_called(now, first).clusters == first.clusters
    assert subjects.as_called(replace(first, finer_ids=None, finer=()), now).clusters == now.clusters


def test_a_word_that_was_not_among_the_texts_read_for_a_label_is_looked_for(catalog: Catalog) -> None:
    """Another 60 texts may be read than last time: a name is no other for that."""
    first = drawn(catalog)
    rare = replace(first.clusters[0], label="rivers, 0 39")
    again = drawn(catalog, replace(first, clusters=(rare, *first.clusters[1:])))
    assert again.clusters[0].label == "rivers, 0 39"
