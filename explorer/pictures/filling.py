"""The worker's part: looks at pictures that have no vector yet, a few at once, when nothing else waits."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from explorer.background import WaitingWork
from explorer.embedding.pictures import embedders
from explorer.errors import ModelError, NotFound, PasswordNeeded, ReadError
from explorer.readers.limits import from_settings
from explorer.readers.pictures.sizes import THUMBNAIL
from explorer.readers.process.pool import ReaderPool
from explorer.settings import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.arrays import Pixels
    from explorer.catalog import Catalog
    from explorer.catalog.picture_vectors import WaitingPicture
    from explorer.embedding.pictures.loaded import LoadedPictureModel
    from explorer.readers.limits import Limits

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Pictures between two looks at whether to go on; a query waits for no more of them."""
_LOOK_SECONDS = 2.0
"""How soon pictures are seen that another process added and nobody told of."""


class PictureFiller(WaitingWork):
    """A thread that looks at pictures by the model of the settings, and keeps their vectors.

    What is done is kept at once, so that a killed worker goes on where it was. While files are added, their
    text comes first. A model that cannot be used is tried again when something changes.
    """

    def __init__(self, catalog: Catalog, model: LoadedPictureModel) -> None:
        super().__init__("pictures", _LOOK_SECONDS, "pictures wait")
        self._catalog = catalog
        self._model = model
        self._pool = ReaderPool(size=1)
        self._settled: object = None
        """The state of the library in which there was nothing to do, or nothing that could be done."""

    def stop(self, seconds: float = 5.0) -> None:
        """End after the pictures at hand."""
        self._stop.set()
        self._pool.close()
        super().stop(seconds)

    def _work(self) -> bool:
        """Look at the next few pictures. False where none waits, or none may be looked at now."""
        vectors = self._catalog.picture_vectors
        if vectors.is_stopped or self._catalog.jobs.has_work(("add", "redo")):
            return False
        now = (self._catalog.documents.revision(), self._model.name)
        if now == self._settled:
            return False
        try:
            fingerprint = embedders.examine(self._model.name).fingerprint
            waiting = vectors.waiting(fingerprint, AT_ONCE)
            model = self._model.get() if waiting else None
        except ModelError:
            self._settled = now
            raise
        if model is None:
            vectors.gc()
            self._settled = now
            return False
        limits = from_settings(resolve(self._catalog.settings.all()))
        pictures = self._opened(waiting, limits)
        found = iter(model.encode([each for each in pictures if each is not None]))
        vectors.put(fingerprint, waiting, [None if each is None else next(found) for each in pictures])
        return True

    def _opened(self, waiting: Sequence[WaitingPicture], limits: Limits) -> list[Pixels | None]:
        """The pixels of these pictures; None for what cannot be opened."""
        files = [each.thumbnail or self._drawn(each, limits) for each in waiting]
        try:
            opened = iter(self._pool.pixels([file for file in files if file], limits))
        except ReadError:  # one of them ended the process that opens them
            return [self._alone(file, limits) if file else None for file in files]
        return [next(opened) if file else None for file in files]

    def _alone(self, file: bytes, limits: Limits) -> Pixels | None:
        try:
            return self._pool.pixels([file], limits)[0]
        except ReadError:
            return None

    def _drawn(self, waiting: WaitingPicture, limits: Limits) -> bytes:
        """A page of a picture file, small; b"" where it cannot be drawn."""
        try:
            document = self._catalog.documents.get(waiting.document_id)
            path = self._catalog.originals.path(self._catalog.documents.sha256(document.id))
            drawn = self._pool.render(path, document.name, waiting.page, (), THUMBNAIL, None, limits)
        except (NotFound, PasswordNeeded, ReadError):
            return b""
        return drawn.png
