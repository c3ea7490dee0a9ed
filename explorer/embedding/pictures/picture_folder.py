"""Folders with a picture model that sentence-transformers loads: CLIP, which reads words too, or a ResNet.

Radford and others: Learning Transferable Visual Models From Natural Language Supervision (2021). The folder
is as Hugging Face's packages save one, or has the older layout of sentence-transformers (`0_CLIPModel`).
torchvision, which needs a build of torch of its own, is not needed.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.embedding import folder as folders
from explorer.embedding.base import computing, finite
from explorer.embedding.pictures.base import PictureModelFacts
from explorer.embedding.pictures.thin_resnet import no_words
from explorer.embedding.places import find_checked
from explorer.embedding.tokens import encodable
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Pixels, Vectors

_PREPARING = ("preprocessor_config.json", "processor_config.json")
"""What says how pictures are made ready for a model: none is without it."""
_PRECISION = "float32"


class PictureFolderEmbedder:
    """Loads whatever reads pictures and can be loaded by the sentence-transformers package."""

    def takes(self, name: str) -> bool:  # noqa: ARG002
        """True: any name may be that of a folder."""
        return True

    def examine(self, name: str) -> PictureModelFacts:
        """Raises ModelError where the folder is missing, damaged, could run code, or reads no pictures."""
        folder = _found(name)
        knows_words = any("text_config" in _entries(file) for file in folder.rglob("config.json"))
        return PictureModelFacts(folders.fingerprint(folder, _PRECISION), knows_words)

    def load(self, name: str) -> PictureFolderModel:
        """The model, loaded (seconds). Raises ModelError."""
        return PictureFolderModel(name, _found(name))


class PictureFolderModel:
    """A `PictureModel` on `sentence_transformers.SentenceTransformer`. One thread at a time computes."""

    def __init__(self, name: str, folder: Path) -> None:
        """Loads it (seconds). Raises ModelError."""
        self.name = name
        self.fingerprint = folders.fingerprint(folder, _PRECISION)
        self._folder = folder
        self._turn = threading.Lock()
        from sentence_transformers import SentenceTransformer

        try:
            self._model: Any = SentenceTransformer(
                str(folder),
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
            reads = set(self._model.modalities)
        except Exception as error:  # a foreign folder can fail in any way there is
            raise ModelError(f"The picture model {name} cannot be loaded: {error}") from error
        if "image" not in reads:
            raise _reads_none(name)
        self.reads_text = "text" in reads

    def has_changed(self) -> bool:
        """Whether the folder holds other files now."""
        return folders.fingerprint(self._folder, _PRECISION) != self.fingerprint

    def encode(self, pictures: Sequence[Pixels]) -> Vectors:
        """(n, dimension) float32, each row of length 1, in the order of `pictures`. Raises ModelError."""
        from PIL import Image

        return self._computed([Image.fromarray(each) for each in pictures])

    def encode_text(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1. Raises ModelError, also where the model reads no words."""
        if not self.reads_text:
            raise ModelError(no_words(self.name))
        first: Vectors = self._computed([encodable(text)])[0]
        return first

    def _computed(self, given: Sequence[object]) -> Vectors:
        import numpy as np

        if not given:
            return np.empty((0, int(self._model.get_embedding_dimension() or 0)), np.float32)
        what = f"picture model {self.name}"
        with self._turn, computing(what):
            found = self._model.encode(list(given), show_progress_bar=False, batch_size=len(given))
        rows: Vectors = finite(np.asarray(found, np.float32), what)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        return rows


def _found(name: str) -> Path:
    """The checked folder of a model that reads pictures. Raises ModelError."""
    folder = find_checked(name)
    if not any(file.name in _PREPARING for file in folder.rglob("*.json")):
        raise _reads_none(name)
    return folder


def _entries(file: Path) -> dict[str, object]:
    content = folders.read_json(file)
    return content if isinstance(content, dict) else {}


def _reads_none(name: str) -> ModelError:
    return ModelError(
        f"The model {name} reads no pictures. Name a folder with a CLIP or ResNet model as Hugging Face's "
        "packages save it, with its preprocessor_config.json."
    )
