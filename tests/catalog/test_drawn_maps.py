"""`explorer.catalog.drawn_maps` and `explorer.catalog.map_names`: maps are kept, without what is gone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.catalog.map_names import said_in
from explorer.catalog.records import StoredLayout
from explorer.errors import NotFound
from explorer.types import Atlas, Cluster
from tests.catalog.making import add, files_with


def kept(catalog: Catalog) -> StoredLayout:
    found = catalog.layouts.get()
    assert found is not None
    return found


def keep(catalog: Catalog, atlas: Atlas) -> None:
    live = catalog.generations.live()
    assert live is not None
    assert catalog.layouts.put(live.id, 2, catalog.layouts.sequence(), atlas)


def atlas_of(catalog: Catalog, *clusters: Cluster, of: list[int] | None = None) -> Atlas:
    ids = catalog.chunks.ids()
    groups = np.array(of or [0] * len(ids), np.int64)
    return Atlas(ids, np.arange(2 * len(ids), dtype=np.float32).reshape(-1, 2), groups, clusters)


def test_a_map_is_kept_and_says_what_it_lacks(catalog: Catalog) -> None:
    add(catalog, "a" * 80)
    assert catalog.layouts.get() is None
    atlas = atlas_of(catalog, Cluster(0, "first & only", 1), of=[0, -1])
    keep(catalog, atlas)
    stored = kept(catalog).atlas
    np.testing.assert_array_equal(stored.chunk_ids, atlas.chunk_ids)
    np.testing.assert_array_equal(stored.xy, atlas.xy)
    np.testing.assert_array_equal(stored.cluster_ids, atlas.cluster_ids)
    assert stored.clusters == atlas.clusters
    assert stored.finer_ids is None
    assert not len(kept(catalog).missing)
    assert catalog.layouts.get(3) is None
    add(catalog, "b" * 80)
    assert kept(catalog).missing.tolist() == [3, 4]
    catalog.layouts.drop()
    assert catalog.layouts.get() is None


def test_two_levels_are_kept(catalog: Catalog) -> None:
    add(catalog, "a" * 120)
    one = Cluster(0, "coarse", 3)
    finer = (Cluster(0, "fine", 2, parent=0), Cluster(1, "my name", 1, parent=0, is_renamed=True))
    keep(catalog, replace(atlas_of(catalog, one), finer_ids=np.array([0, 1, 0]), finer=finer))
    stored = kept(catalog).atlas
    assert stored.finer_ids is not None
    assert stored.finer_ids.tolist() == [0, 1, 0]
    assert stored.finer == finer


def test_what_was_placed_is_kept_unless_the_map_is_another_by_now(catalog: Catalog) -> None:
    add(catalog, "a" * 80)
    keep(catalog, atlas_of(catalog, Cluster(0, "first", 2)))
    new = add(catalog, "b" * 40)
    before = kept(catalog)
    points = (np.array([3]), np.array([[7, 7]], np.float32), np.array([[0, 0]]))
    assert catalog.layouts.extend(before, *points)
    assert not catalog.layouts.extend(before, *points), "it is there already"
    after = kept(catalog)
    assert (after.placed, after.rows, len(after.missing)) == (1, 3, 0)
    assert after.atlas.xy[2].tolist() == [7, 7]
    assert after.atlas.clusters == (Cluster(0, "first", 3),)
    catalog.documents.remove([new])
    assert (kept(catalog).placed, kept(catalog).rows) == (0, 2)
    assert not catalog.layouts.extend(before, *points), "its chunk is gone"


@pytest.mark.parametrize("is_renamed", [False, True])
def test_a_name_loses_the_words_that_only_a_removed_document_said(catalog: Catalog, is_renamed: bool) -> None:
    stays = "The lease  of the\nhouse ends in May, says the landlord. "
    add(catalog, stays, "stays.txt", step=80)
    gone = add(catalog, "The quizzacious lease of a barn. ", "gone.txt", step=80)
    label = "quizzacious, House ends, lease of a"
    keep(catalog, atlas_of(catalog, Cluster(0, label, 2, is_renamed=is_renamed)))
    catalog.documents.remove([gone])
    (cluster,) = kept(catalog).atlas.clusters
    assert cluster.label == (label if is_renamed else "House ends")
    assert bool(files_with(catalog.folder, "quizzacious")) == is_renamed


def test_a_subject_is_called_otherwise_and_by_its_own_name_again(catalog: Catalog) -> None:
    add(catalog, "a" * 120)
    one, fine = Cluster(0, "coarse", 3), Cluster(4, "fine", 3, parent=0)
    keep(catalog, replace(atlas_of(catalog, one), finer_ids=np.array([4, 4, 4]), finer=(fine,)))
    drawn_at = kept(catalog).created_at
    named = catalog.layouts.rename(2, 0, "Mine")
    assert named == replace(one, label="Mine", is_renamed=True, own="coarse")
    assert catalog.layouts.rename(2, 0, "Mine, again").own == "coarse"
    assert catalog.layouts.rename(2, 4, "Part", is_finer=True).label == "Part"
    with Catalog(catalog.folder) as reopened:
        atlas = kept(reopened).atlas
        assert ([one.label for one in atlas.clusters], atlas.finer[0].label) == (["Mine, again"], "Part")
        assert kept(reopened).created_at == drawn_at, "it is the same map"
    assert catalog.layouts.rename(2, 0, None) == one
    assert catalog.layouts.rename(2, 0, None) == one, "it has its own name already"
    assert kept(catalog).atlas.finer[0].label == "Part"


def test_only_a_subject_of_the_map_is_renamed(catalog: Catalog) -> None:
    with pytest.raises(NotFound, match="no map yet"):
        catalog.layouts.rename(2, 0, "Mine")
    add(catalog, "a" * 40)
    keep(catalog, atlas_of(catalog, Cluster(0, "one", 1)))
    for number, is_finer in ((1, False), (-1, False), (0, True)):
        with pytest.raises(NotFound, match=f"no subject {number} on the map"):
            catalog.layouts.rename(2, number, "Mine", is_finer=is_finer)


def test_no_word_of_a_removed_document_hides_in_the_own_name_of_a_renamed_subject(catalog: Catalog) -> None:
    add(catalog, "The lease of the house ends in May, says the landlord. ", "stays.txt", step=80)
    gone = add(catalog, "The quizzacious lease of a barn. ", "gone.txt", step=80)
    keep(catalog, atlas_of(catalog, Cluster(0, "quizzacious, lease", 2)))
    catalog.layouts.rename(2, 0, "Mine")
    catalog.documents.remove([gone])
    (cluster,) = kept(catalog).atlas.clusters
    assert (cluster.label, cluster.own) == ("Mine", "lease")
    assert not files_with(catalog.folder, "quizzacious")
    assert catalog.layouts.rename(2, 0, None).label == "lease"
    keep(catalog, atlas_of(catalog, Cluster(0, "Mine", 1, is_renamed=True)))
    assert catalog.layouts.rename(2, 0, None).label == "Subject 1", "where no word is left"


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        ("The current account, and the rental.", "rent, account", "account"),
        ("The rent is due.", "rent", "rent"),
        (
            "\u6771\u4eac\u90fd\u306f\u5927\u304d\u3044",
            "\u6771\u4eac, \u4eac\u90fd, \u5927\u962a",
            "\u6771\u4eac, \u4eac\u90fd",
        ),
    ],
)
def test_a_word_inside_another_is_not_said(text: str, name: str, left: str) -> None:
    assert said_in(name, [text]) == left


def test_a_subject_that_lost_nothing_keeps_its_name_and_an_empty_one_goes(catalog: Catalog) -> None:
    add(catalog, "one", "a.txt")
    gone = add(catalog, "two", "b.txt")
    keep(catalog, atlas_of(catalog, Cluster(0, "not in any text", 1), Cluster(1, "two", 1), of=[0, 1]))
    catalog.documents.remove([gone])
    assert kept(catalog).atlas.clusters == (Cluster(0, "not in any text", 1),)
    catalog.documents.remove([document.id for document in catalog.documents.list()])
    assert catalog.layouts.get() is None
