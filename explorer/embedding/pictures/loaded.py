"""The worker's picture model: loaded when it is first needed, and anew when the settings name another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.embedding.pictures import embedders
from explorer.settings import Settings, resolve

if TYPE_CHECKING:
    from explorer.embedding.pictures.base import PictureModel


class LoadedPictureModel:
    """The picture model that the settings of a library name. Safe to use from many threads."""

    def __init__(self, settings: Callable[[], Settings] = resolve) -> None:
        self._settings = settings
        self._model: PictureModel | None = None
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """What the settings name now."""
        return self._settings().picture_model

    def get(self) -> PictureModel:
        """The model, loaded if need be (seconds). Raises ModelError."""
        name = self.name
        with self._loading:
            if self._model is None or self._model.name != name or self._model.has_changed():
                self._model = embedders.load(name)
            return self._model
