"""Embeds what a document lacks, batch by batch, so that a kill costs one batch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from explorer import embedding
from explorer.ingestion.waiting import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from explorer.arrays import Vectors
    from explorer.catalog import Catalog
    from explorer.catalog.records import Model
    from explorer.embedding.loaded import LoadedModels

_COMMIT = 64
"""How many embeddings are kept in one transaction: a kill loses no more than these."""


def lacks_embeddings(catalog: Catalog, prepared: Prepared) -> bool:
    """Whether a model is still needed for a document."""
    known = catalog.embeddings.known(prepared.generation.model.id, prepared.texts)
    return len(known) < len(prepared.texts)


def embed_missing(
    catalog: Catalog,
    models: LoadedModels,
    model: Model,
    texts: Mapping[bytes, tuple[str, ...]],
    wanted: Sequence[bytes],
    *,
    show: Callable[[int], None],
    check: Callable[[], None],
    between: Callable[[int], None] = lambda _left: None,
) -> None:
    """Embed those of `texts` that are `wanted` and have no embedding yet, and keep them batch by batch.

    `show` is told how many are left, and so is `between` from one batch to the next, when others may use the
    model. What any of them raises ends the work.

    Raises:
        ModelError: the model cannot be loaded, or a server gives no embeddings.
    """
    import numpy as np

    known = catalog.embeddings.known(model.id, wanted)
    # Texts of similar length stand together, which spares a model most of its padding.
    missing = sorted((sha for sha in wanted if sha not in known), key=lambda sha: sum(map(len, texts[sha])))
    if not missing:
        return
    left = len(missing)
    show(left)
    encode = partial(models.passages, model, check=check)
    at_once = models.model(model).texts_at_once
    commit = max(_COMMIT, at_once)
    for start in range(0, len(missing), commit):
        batch = missing[start : start + commit]
        vectors: list[Vectors] = []
        for first in range(0, len(batch), at_once):
            part = [texts[sha] for sha in batch[first : first + at_once]]
            vectors.append(embedding.mean_of_windows(part, encode))
            left -= len(part)
            show(left)
        catalog.embeddings.put(model.id, batch, np.concatenate(vectors))
        if left:
            between(left)
