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
    assert again.clusters[1] == chosen


def test_a_word_that_was_not_among_the_texts_read_for_a_label_is_looked_for(catalog: Catalog) -> None:
    """Another 60 texts may be read than last time: a name is no other for that."""
    first = drawn(catalog)
    rare = replace(first.clusters[0], label="rivers, 0 39")
    again = drawn(catalog, replace(first, clusters=(rare, *first.clusters[1:])))
    assert again.clusters[0].label == "rivers, 0 39"
