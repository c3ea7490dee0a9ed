"""`explorer.catalog.drawn_maps`: a map is kept until documents come or go."""

from __future__ import annotations

import numpy as np

from explorer.catalog import Catalog
from explorer.types import Atlas, Cluster
from tests.catalog.making import add


def test_a_map_is_kept_until_documents_come_or_go(catalog: Catalog) -> None:
    add(catalog, "a" * 80)
    live = catalog.generations.live()
    assert live is not None
    atlas = Atlas(
        np.array([1, 2], np.int64),
        np.array([[0.5, 1], [2, 3]], np.float32),
        np.array([0, -1], np.int64),
        (Cluster(0, "first & only", 1),),
    )
    assert catalog.layouts.get() is None
    assert catalog.layouts.put(live.id, 2, catalog.layouts.sequence(), atlas)
    stored = catalog.layouts.get()
    assert stored is not None
    np.testing.assert_array_equal(stored.chunk_ids, atlas.chunk_ids)
    np.testing.assert_array_equal(stored.xy, atlas.xy)
    np.testing.assert_array_equal(stored.cluster_ids, atlas.cluster_ids)
    assert stored.clusters == atlas.clusters
    assert stored.is_current
    assert catalog.layouts.get(3) is None
    add(catalog, "b" * 80)
    later = catalog.layouts.get()
    assert later is not None
    assert not later.is_current
    catalog.layouts.drop()
    assert catalog.layouts.get() is None
