"""Finding pictures: like a picture, or by words where the model knows both; and a plane of all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from explorer.embedding.pictures import embedders
from explorer.errors import ModelError, NotFound, ReadError
from explorer.pictures.found import PictureHit, PictureState, PlacedPicture

if TYPE_CHECKING:
    from explorer.arrays import Mask, Pixels, Vectors
    from explorer.catalog import Catalog
    from explorer.catalog.picture_vectors import PictureKey
    from explorer.settings import Settings
    from explorer.types import Picture, Scope

MOST_BYTES = 64 * 2**20
"""Of a picture that is searched with."""


class PictureWorker(Protocol):
    """What finding pictures needs of the worker (`explorer.worker.client.WorkerClient`)."""

    def look(self, picture: Pixels | None, text: str) -> tuple[str, Vectors]: ...

    def start(self) -> None: ...

    def attend(self) -> None: ...


class PictureSearch:
    """The pictures of one library, those in documents and picture files, by what they look like.

    A worker looks at them in the background, by the model that the settings name (`picture_model`). Safe to
    share between threads.
    """

    def __init__(
        self,
        catalog: Catalog,
        worker: PictureWorker,
        settings: Callable[[], Settings],
        pixels: Callable[[bytes], Pixels | None],
    ) -> None:
        """`pixels`: opens a picture in a process of its own; None where it cannot be opened."""
        self._catalog = catalog
        self._worker = worker
        self._settings = settings
        self._pixels = pixels
        self._guard = threading.Lock()
        self._kept: tuple[object, list[PictureKey], Vectors] | None = None

    def state(self) -> PictureState:
        """How far the pictures can be searched, cheap enough for pages that look every second."""
        name = self._settings().picture_model
        problem, reads_text, fingerprint = None, False, None
        try:
            facts = embedders.examine(name)
        except ModelError as error:
            problem = str(error)
        else:
            fingerprint, reads_text = facts.fingerprint, facts.reads_text
        done, total = self._catalog.picture_vectors.counts(fingerprint)
        state = PictureState(name, problem, reads_text, done, total, self._catalog.picture_vectors.is_stopped)
        if state.is_working:
            self._worker.attend()
        return state

    def stop(self) -> None:
        """Look at no more pictures; what was done stays and can be searched."""
        self._catalog.picture_vectors.stop(is_stopped=True)

    def go_on(self) -> None:
        """Look at the pictures that wait, in the background."""
        self._catalog.picture_vectors.stop(is_stopped=False)
        self._worker.start()

    def search(
        self,
        image: bytes | Path | None = None,
        text: str | None = None,
        k: int = 10,
        scope: Scope | None = None,
    ) -> list[PictureHit]:
        """The k pictures inside the scope that look most like `image`, the bytes or the path of a picture
        file, or that show most what `text` says; best first.

        Only pictures that were looked at are found: see `state`. Raises ValueError: neither or both are
        given; ReadError: the picture cannot be opened; ModelError: the model cannot be used or knows no
        words; and WorkerError.
        """
        if (image is None) == (text is None):
            raise ValueError("give a picture or words")
        embedders.examine(self._settings().picture_model)  # its problem is said before anything is opened
        opened = None if image is None else self._opened(image)
        fingerprint, vector = self._worker.look(opened, text or "")
        return self._nearest(fingerprint, vector, k, scope)

    def like(
        self, document_id: str, page: int, number: int = 0, k: int = 10, scope: Scope | None = None
    ) -> list[PictureHit]:
        """The k pictures that look most like a picture of the library (`Picture.number`, or 0 for a page of a
        picture file), itself left out. Raises NotFound where it was not looked at yet, ModelError."""
        fingerprint = embedders.examine(self._settings().picture_model).fingerprint
        keys, vectors = self._matrix(fingerprint)
        own = self._row(keys, document_id, page, number)
        hits = self._nearest(fingerprint, vectors[own], k + 1, scope)
        others = [hit for hit in hits if not _is(hit, keys[own])][:k]
        return [
            PictureHit(rank, hit.document, hit.page, hit.picture, hit.score)
            for rank, hit in enumerate(others, 1)
        ]

    def places(self, scope: Scope | None = None) -> list[PlacedPicture]:
        """A place on a plane for each picture inside the scope that was looked at: its vector along the two
        directions in which they differ most (principal components). Raises ModelError."""
        import numpy as np

        everything, vectors = self._matrix(embedders.examine(self._settings().picture_model).fingerprint)
        inside = self._inside(everything, scope)
        keys = [key for key, is_in in zip(everything, inside, strict=True) if is_in]
        vectors = vectors[inside]
        if not keys:
            return []
        rows = vectors.astype(np.float64) - vectors.mean(0)
        _, directions = np.linalg.eigh(rows.T @ rows)
        at = np.zeros((len(rows), 2))
        found = rows @ directions[:, ::-1][:, :2]
        at[:, : found.shape[1]] = found
        return [
            PlacedPicture(key.document_id, key.page, key.number, float(x), float(y))
            for key, (x, y) in zip(keys, at, strict=True)
        ]

    def _opened(self, image: bytes | Path) -> Pixels:
        if isinstance(image, Path):
            try:
                with image.open("rb") as file:
                    data = file.read(MOST_BYTES + 1)
            except OSError as error:
                raise ReadError(f"The picture {image} could not be opened: {error.strerror}.") from error
        else:
            data = image
        if len(data) > MOST_BYTES:
            raise ReadError(f"A picture to search with may have {MOST_BYTES >> 20} MB. Make it smaller.")
        opened = self._pixels(data)
        if opened is None:
            raise ReadError(
                "This picture could not be opened: it is damaged, has too many pixels, or is none of PNG, "
                "JPEG, TIFF, WebP, GIF and BMP."
            )
        return opened

    def _nearest(self, fingerprint: str, vector: Vectors, k: int, scope: Scope | None) -> list[PictureHit]:
        import numpy as np

        keys, vectors = self._matrix(fingerprint)
        if not keys or vectors.shape[1] != len(vector):
            return []
        scores = vectors @ vector
        scores[~self._inside(keys, scope)] = -np.inf
        order = [int(row) for row in np.argsort(-scores, kind="stable")[: max(k, 0)] if scores[row] > -np.inf]
        documents = {
            one.id: one
            for one in self._catalog.documents.list(dict.fromkeys(keys[row].document_id for row in order))
        }
        hits: list[PictureHit] = []
        for row in order:
            key = keys[row]
            document = documents.get(key.document_id)
            if document is not None:  # else it was removed just now
                hits.append(
                    PictureHit(len(hits) + 1, document, key.page, self._picture(key), float(scores[row]))
                )
        return hits

    def _picture(self, key: PictureKey) -> Picture | None:
        if not key.number:
            return None
        try:
            pictures = self._catalog.pictures.of_document(key.document_id)
        except NotFound:
            return None
        return next((one for one in pictures if one.number == key.number), None)

    def _inside(self, keys: list[PictureKey], scope: Scope | None) -> Mask:
        import numpy as np

        if scope is None or scope.is_everything:
            return np.ones(len(keys), np.bool_)
        inside = self._catalog.documents.in_scope(scope)
        return np.array([key.document_id in inside for key in keys], np.bool_)

    def _matrix(self, fingerprint: str) -> tuple[list[PictureKey], Vectors]:
        """All that were looked at; read anew when there are more, or documents have changed."""
        vectors = self._catalog.picture_vectors
        now = (fingerprint, self._catalog.documents.revision(), vectors.counts(fingerprint))
        with self._guard:
            if self._kept is None or self._kept[0] != now:
                self._kept = (now, *vectors.matrix(fingerprint))
            return self._kept[1], self._kept[2]

    @staticmethod
    def _row(keys: list[PictureKey], document_id: str, page: int, number: int) -> int:
        for row, key in enumerate(keys):
            if key.document_id == document_id and key.number == number and (number or key.page == page):
                return row
        raise NotFound("This picture was not looked at yet. Try again once all pictures are.")


def _is(hit: PictureHit, key: PictureKey) -> bool:
    number = hit.picture.number if hit.picture else 0
    return (hit.document.id, number, hit.page) == (key.document_id, key.number, key.page)
