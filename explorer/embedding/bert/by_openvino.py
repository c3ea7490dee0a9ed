"""BERT with mean pooling in OpenVINO, in bfloat16 or mostly in int8.

The graph is put together here from the same safetensors that `by_torch.py` reads, so that nothing is
converted by another program, kept on disk or fetched. No text sees another. The architecture is that of
`by_torch.py`.

In int8, weights have a scale for each group of numbers in a row. Activations are quantised when they are
computed, with a scale for each group of a token's numbers, so that nothing is calibrated. What feeds
attention's softmax (queries, keys, values) and what is no product of matrices stays in bfloat16 or float32:
with those in int8 a lone word or a line of dots came out with a cosine of .989.
"""

from __future__ import annotations

import queue
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.embedding.bert.by_torch import LAYER, ROWS, BertConfig, without_prefix
from explorer.processor import quiet_openvino

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from explorer.arrays import Vectors

_GROUP = 64
"""How many numbers in a row share a scale: docs/embedding.md has what other widths do."""
_WIDTHS = 16
"""The places of a text in attention are filled up to a multiple of this: see `by_torch.ROWS`."""
_HIDDEN = np.float32(-1e4)
"""Added before the softmax where there is no text."""


class OpenVinoBert:
    """A compiled BERT encoder for `threads` callers at a time, each on one processor.

    Not for a forked child of the process that made it: OpenVINO's threads stay behind.
    """

    def __init__(
        self, weights: Path, config: BertConfig, threads: int, *, in_int8: bool, in_bfloat16: bool
    ) -> None:
        """Loads `weights` (safetensors). `in_int8`: whether most products of matrices are computed in it;
        `in_bfloat16`: whether the rest is computed in bfloat16 rather than float32.

        Raises ImportError or OSError where OpenVINO cannot be loaded, RuntimeError where it cannot compute,
        and what `by_torch.Bert` raises where the weights do not fit.
        """
        openvino = quiet_openvino()
        options = {
            "INFERENCE_PRECISION_HINT": "bf16" if in_bfloat16 else "f32",
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": _GROUP if in_int8 else 0,
            "NUM_STREAMS": threads,
            "INFERENCE_NUM_THREADS": threads,
            "ENABLE_CPU_PINNING": False,
        }
        model = _Graph(openvino, weights, config, in_int8=in_int8).model()
        compiled = openvino.Core().compile_model(model, "CPU", options)
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(threads):
            self._requests.put(compiled.create_infer_request())

    def encode(self, ids: Sequence[Sequence[int]]) -> Vectors:
        """(n, dimension) float32: the mean of each text's token vectors, scaled to length 1.

        `ids` holds each text's token ids with special tokens, at least one each.
        """
        inputs = _laid_out(ids)
        request = self._requests.get()
        try:
            request.infer(inputs, share_inputs=True)
            states = request.get_output_tensor(0).data
            starts = np.cumsum([0, *map(len, ids)])
            sums = np.stack([states[a:b].sum(0) for a, b in pairwise(starts)])
        finally:
            self._requests.put(request)
        vectors: Vectors = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
        return vectors


def _laid_out(ids: Sequence[Sequence[int]]) -> dict[str, Any]:
    """The inputs of the graph: tokens one text after the other, and how attention sees them, text by text."""
    lengths = [len(text) for text in ids]
    total = sum(lengths)
    width = max(lengths) + -max(lengths) % _WIDTHS
    flat, place, back = np.zeros((3, total + -total % ROWS), np.int32)
    at = np.zeros((len(ids), width), np.int32)
    hidden = np.full((len(ids), 1, 1, width), _HIDDEN, np.float32)
    start = 0
    for row, text in enumerate(ids):
        own = np.arange(len(text))
        tokens = slice(start, start + len(text))
        flat[tokens], place[tokens], back[tokens] = text, own, row * width + own
        at[row, : len(text)] = start + own
        hidden[row, ..., : len(text)] = 0
        start += len(text)
    return {"ids": flat, "place": place, "at": at, "back": back, "hidden": hidden}


class _Graph:
    """Puts the model together, tensor by tensor."""

    def __init__(self, openvino: Any, weights: Path, config: BertConfig, *, in_int8: bool) -> None:
        from safetensors.numpy import load_file

        self._openvino = openvino
        self._op = openvino.opset13
        self._tensors: dict[str, NDArray[Any]] = without_prefix(load_file(weights))
        self._config = config
        self._product = self._in_int8 if in_int8 else self._plain

    def model(self) -> Any:
        """The model: from what `_laid_out` gives to (tokens, dimension), each token's vector."""
        op = self._op
        parameters = {
            "ids": op.parameter([-1], np.int32),
            "place": op.parameter([-1], np.int32),
            "at": op.parameter([-1, -1], np.int32),
            "back": op.parameter([-1], np.int32),
            "hidden": op.parameter([-1, 1, 1, -1], np.float32),
        }
        for name, parameter in parameters.items():
            parameter.output(0).set_names({name})
        ids, place, *seen = parameters.values()
        x = self._embedded(ids, place)
        for i in range(self._config.layers):
            x = self._through(LAYER.format(i), x, *seen)
        return self._openvino.Model([op.result(x)], list(parameters.values()), "bert")

    def _embedded(self, ids: Any, place: Any) -> Any:
        op = self._op
        zero = op.constant(np.int32(0))
        places = self._take("embeddings.position_embeddings.weight")
        places = places + self._take("embeddings.token_type_embeddings.weight")[0]
        words = self._take("embeddings.word_embeddings.weight")
        word = op.gather(op.constant(words), ids, zero)
        return self._normed(op.add(word, op.gather(op.constant(places), place, zero)), "embeddings.LayerNorm")

    def _through(self, name: str, x: Any, *seen: Any) -> Any:
        op = self._op
        attended = self._attend(name + "attention.self.", x, *seen)
        mixed = self._product(attended, name + "attention.output.dense")
        x = self._normed(op.add(x, mixed), name + "attention.output.LayerNorm")
        grown = op.gelu(self._product(x, name + "intermediate.dense"), "erf")
        return self._normed(op.add(x, self._product(grown, name + "output.dense")), name + "output.LayerNorm")

    def _attend(self, name: str, x: Any, at: Any, back: Any, hidden: Any) -> Any:
        op, config = self._op, self._config
        heads = op.constant(np.array([0, 0, config.heads, config.dimension // config.heads], np.int64))
        joined = op.constant(np.array([-1, config.dimension], np.int64))
        zero = op.constant(np.int32(0))
        swapped = op.constant(np.array([0, 2, 1, 3], np.int64))
        query, key, value = (
            op.transpose(op.reshape(op.gather(self._plain(x, name + part), at, zero), heads, True), swapped)
            for part in ("query", "key", "value")
        )
        mixed = op.scaled_dot_product_attention(query, key, value, hidden)
        return op.gather(op.reshape(op.transpose(mixed, swapped), joined, False), back, zero)

    def _plain(self, x: Any, name: str) -> Any:
        op = self._op
        product = op.matmul(x, op.constant(self._take(name + ".weight")), False, True)
        return op.add(product, op.constant(self._take(name + ".bias")))

    def _in_int8(self, x: Any, name: str) -> Any:
        op = self._op
        weight = self._take(name + ".weight")
        groups = weight.reshape(len(weight), -1, _group(weight.shape[1]))
        scale = np.maximum(np.abs(groups).max(2, keepdims=True) / np.float32(127), np.float32(1e-12))
        whole = op.constant(np.rint(groups / scale).astype(np.int8))
        shape = op.constant(np.array(weight.shape, np.int64))
        grouped = op.multiply(op.convert(whole, "f32"), op.constant(scale))
        product = op.matmul(x, op.reshape(grouped, shape, False), False, True)
        return op.add(product, op.constant(self._take(name + ".bias")))

    def _normed(self, x: Any, name: str) -> Any:
        op = self._op
        last = op.constant(np.array([-1], np.int64))
        normed = op.mvn(x, last, True, self._config.epsilon, "INSIDE_SQRT")
        scaled = op.multiply(normed, op.constant(self._take(name + ".weight")))
        return op.add(scaled, op.constant(self._take(name + ".bias")))

    def _take(self, name: str) -> Vectors:
        tensor: Vectors = self._tensors.pop(name).astype(np.float32, copy=False)
        return tensor


def _group(columns: int) -> int:
    """How many weights of a row share a scale: all of them where they cannot be parted into whole groups."""
    return columns if columns % _GROUP else _GROUP
