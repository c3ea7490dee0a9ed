"""`explorer.catalog.embeddings`: computed once for all who need them."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.catalog import Catalog
from tests.catalog.making import document, embed, generation


def test_embeddings_are_shared_and_counted(catalog: Catalog) -> None:
    live = generation(catalog)
    new = document(["repeat me. " * 40], step=11)
    embed(catalog, live.model.id, new)
    assert catalog.embeddings.known(live.model.id, [new.chunks[0].embedded, b"x" * 32]) == {
        new.chunks[0].embedded
    }
    catalog.arrivals.store(new, live.id)
    assert catalog.embeddings.count_of_generation(live.id) == 40
    assert catalog.check().counts["embeddings"] == 1
    batches = list(catalog.embeddings.of_generation(live.id, 16))
    assert [len(ids) for ids, _ in batches] == [16, 16, 8]
    assert [ids.tolist() for ids, _ in catalog.embeddings.of_range(3, 5)] == [[3, 4, 5]]
    catalog.embeddings.put(live.model.id, [b"y" * 32], np.zeros((1, 4), np.float32))
    assert catalog.embeddings.gc() == 1
    with pytest.raises(ValueError, match="4"):
        catalog.embeddings.put(live.model.id, [b"y" * 32], np.zeros((1, 5), np.float32))
