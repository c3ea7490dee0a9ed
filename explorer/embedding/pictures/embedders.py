"""The table of picture embedders: each loads one kind of models that turn pictures into vectors.

To add one, write a module with a class that does what `explorer.embedding.pictures.base.PictureEmbedder`
says, a factory below that imports it, and a row above those that would take its models otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.embedding.registry import OFFLINE
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.embedding.pictures.base import PictureEmbedder, PictureModel, PictureModelFacts


def _thin_resnet() -> PictureEmbedder:
    from explorer.embedding.pictures.thin_resnet import ThinResnetEmbedder

    return ThinResnetEmbedder()


def _folder() -> PictureEmbedder:
    from explorer.embedding.pictures.picture_folder import PictureFolderEmbedder

    return PictureFolderEmbedder()


PICTURE_EMBEDDERS: dict[str, Callable[[], PictureEmbedder]] = {
    "thin-resnet": _thin_resnet,
    "folder": _folder,
}
"""By name, a factory that imports the embedder's module only when it is asked. They are asked in this order:
the first one that takes a model's name answers for it."""


def load(name: str) -> PictureModel:
    """The picture model of that name: "thin-resnet-50", a folder, or a name in the Hugging Face cache.

    Raises ModelError when there is none of that name, its files are damaged, it could run code, or it reads
    no pictures.
    """
    os.environ.update(OFFLINE)  # before anything imports huggingface_hub, which reads them once
    return _embedder_of(name).load(name)


def examine(name: str) -> PictureModelFacts:
    """What the model of that name is, without loading it. Raises ModelError where it could not be loaded."""
    return _embedder_of(name).examine(name)


def _embedder_of(name: str) -> PictureEmbedder:
    for make in PICTURE_EMBEDDERS.values():
        embedder = make()
        if embedder.takes(name):
            return embedder
    known = ", ".join(PICTURE_EMBEDDERS)
    raise ModelError(f"No picture embedder takes {name}; there are: {known}. Name another in Settings.")
