"""Which model stands behind a server's name for it: told by the embedding that it makes of one fixed text.

A server shows a name and no files, so its fingerprint alone would stay the same when somebody puts another
model there. The library keeps the embedding of `PROBE_TEXT` by each fingerprint that its indexes were made
with, among its own values in the table of settings. Among the embeddings it would be dropped as waste, since
no chunk needs it.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from typing import TYPE_CHECKING, Any

from explorer.catalog.chosen_settings import SERVED
from explorer.embedding import identify
from explorer.errors import StorageError

if TYPE_CHECKING:
    from explorer.arrays import Vectors
    from explorer.catalog import Catalog

log = logging.getLogger(__name__)

SAME = 0.99
"""The least cosine between two embeddings of `PROBE_TEXT` by one model. A server that batches or rounds
otherwise stays above .999; two models come nowhere near it."""


def identify_server_model(catalog: Catalog, name: str, probe: Vectors) -> str:
    """The fingerprint, 40 hex digits, of the model that makes `probe` of `PROBE_TEXT`.

    `probe` is (dimension,), of length 1.

    A model that was met earlier, however long ago, has the fingerprint that it had then, so that an index
    made with it serves again once the model is back. A library of an earlier version, which kept no embedding
    of the text, takes the model that it finds for the one that it was made with. The fingerprint is kept for
    `last`; on a full disk it is only returned, so that searching goes on.
    """
    entry: dict[str, Any] = catalog.settings.get(SERVED, {}).get(name, {"now": None, "probes": {}})
    known: dict[str, str] = entry["probes"]
    made_with = [one.model.fingerprint for one in catalog.generations.all() if one.model.name == name]
    unseen = [fingerprint for fingerprint in made_with if fingerprint and fingerprint not in known]
    same = [fingerprint for fingerprint, kept in known.items() if _is_same(probe, kept)]
    if same or unseen:
        found = (same or unseen)[0]
    elif known:
        found = _another(name, probe)
    else:
        _, found = identify(name)
    if found != entry["now"]:
        needed = {fingerprint: kept for fingerprint, kept in known.items() if fingerprint in made_with}
        kept = {**needed, found: known.get(found) or base64.b64encode(probe.astype("<f4").tobytes()).decode()}
        _keep(catalog, name, {"now": found, "probes": kept})
    return found


def last(catalog: Catalog, name: str) -> str | None:
    """The fingerprint of what was behind a server's name when it was last asked; None where it never was."""
    now: str | None = catalog.settings.get(SERVED, {}).get(name, {}).get("now")
    return now


def _keep(catalog: Catalog, name: str, entry: dict[str, Any]) -> None:
    try:
        with catalog.write():
            catalog.settings.change({SERVED: {**catalog.settings.get(SERVED, {}), name: entry}})
    except StorageError as error:
        log.warning("what %s is now cannot be written down: %s", name, error)


def _is_same(probe: Vectors, kept: str) -> bool:
    import numpy as np

    then = np.frombuffer(base64.b64decode(kept), "<f4")
    return then.shape == probe.shape and float(then @ probe) >= SAME


def _another(name: str, probe: Vectors) -> str:
    _, by_name = identify(name)
    digest = hashlib.sha256(by_name.encode() + probe.astype("<f4").tobytes())
    return digest.hexdigest()[:40]
