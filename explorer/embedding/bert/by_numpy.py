"""One text at a time through BERT in plain numpy: what a question needs, without torch.

Importing torch and loading a model into it takes two to three seconds of processor time on a small machine,
which is most of what a person waits for a first search. A question has some ten tokens: numpy in float32
takes as long for it as torch does (about 10 ms). The architecture is that of `by_torch.py`; a test
compares it with SentenceTransformer too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from explorer.embedding.bert.by_torch import LAYER, BertConfig, prefix_of

if TYPE_CHECKING:
    from explorer.arrays import Vectors

_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
"""Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: off by 1.5e-7 at most,
which is about what float32 resolves."""
_ERF_P = 0.3275911


class SingleBert:
    """The weights of a BERT encoder, for one text at a time. Safe to use from several threads."""

    def __init__(self, weights: Path, config: BertConfig) -> None:
        """Opens `weights` (safetensors). The table of words stays on disk: a text needs a few of its rows.

        Raises SafetensorError for a damaged file. `weights.Header` tells whether it is this model's.
        """
        from safetensors import safe_open

        self._file = cast("Any", safe_open(weights, framework="numpy"))
        self._prefix = prefix_of(self._file.keys())
        self._config = config
        self._words = self._file.get_slice(f"{self._prefix}embeddings.word_embeddings.weight")
        self._places = self._take("embeddings.position_embeddings.weight")
        self._places = self._places + self._take("embeddings.token_type_embeddings.weight")[0]
        self._norm = self._pair("embeddings.LayerNorm")
        self._layers = [self._layer(LAYER.format(i)) for i in range(config.layers)]

    def encode(self, ids: Sequence[int]) -> Vectors:
        """(dimension,) float32 of length 1: the mean of the token vectors. `ids` with special tokens."""
        words = np.concatenate([self._words[token : token + 1] for token in ids]).astype(np.float32)
        x = self._normed(words + self._places[: len(ids)], self._norm)
        for layer in self._layers:
            mixed = self._attend(x, layer)
            x = self._normed(x + _linear(mixed, layer["attended"]), layer["attended_norm"])
            grown = _gelu(_linear(x, layer["up"]))
            x = self._normed(x + _linear(grown, layer["down"]), layer["norm"])
        mean = x.mean(0)
        vector: Vectors = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return vector

    def _attend(self, x: Vectors, layer: dict[str, tuple[Vectors, Vectors]]) -> Vectors:
        heads = self._config.heads
        size = self._config.dimension // heads
        query, key, value = (
            _linear(x, layer[part]).reshape(len(x), heads, size).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        weights = query @ key.transpose(0, 2, 1) / np.float32(size**0.5)
        weights = np.exp(weights - weights.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        mixed: Vectors = (weights @ value).transpose(1, 0, 2).reshape(len(x), -1)
        return mixed

    def _normed(self, x: Vectors, norm: tuple[Vectors, Vectors]) -> Vectors:
        deviation = x - x.mean(1, keepdims=True)
        scale = np.sqrt((deviation * deviation).mean(1, keepdims=True) + np.float32(self._config.epsilon))
        normed: Vectors = deviation / scale * norm[0] + norm[1]
        return normed

    def _layer(self, name: str) -> dict[str, tuple[Vectors, Vectors]]:
        parts = {part: f"attention.self.{part}" for part in ("query", "key", "value")}
        parts |= {"attended": "attention.output.dense", "attended_norm": "attention.output.LayerNorm"}
        parts |= {"up": "intermediate.dense", "down": "output.dense", "norm": "output.LayerNorm"}
        return {part: self._pair(name + place) for part, place in parts.items()}

    def _pair(self, name: str) -> tuple[Vectors, Vectors]:
        return self._take(f"{name}.weight"), self._take(f"{name}.bias")

    def _take(self, name: str) -> Vectors:
        tensor: Vectors = self._file.get_tensor(self._prefix + name).astype(np.float32, copy=False)
        return tensor


def _linear(x: Vectors, layer: tuple[Vectors, Vectors]) -> Vectors:
    product: Vectors = x @ layer[0].T + layer[1]
    return product


def _gelu(x: Vectors) -> Vectors:
    gelu: Vectors = x * np.float32(0.5) * (1 + _erf(x * np.float32(2**-0.5)))
    return gelu


def _erf(x: Vectors) -> Vectors:
    t = 1 / (1 + np.float32(_ERF_P) * np.abs(x))
    series = np.zeros_like(t)
    for factor in reversed(_ERF):
        series = (series + np.float32(factor)) * t
    erf: Vectors = np.sign(x) * (1 - series * np.exp(-x * x))
    return erf
