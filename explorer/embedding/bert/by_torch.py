"""BERT with mean pooling in plain torch: what all-MiniLM-L6-v2 and most small sentence models are.

Importing `transformers` and `sentence_transformers` takes 7 to 10 seconds on a small machine, longer than a
person waits for a first search, and their batches spend time on padding. This module needs torch only and
pads next to nothing. The tokens of a batch lie one text after the other, shortest texts first: every layer
but attention works on all of them at once, and attention on each run of equally long texts. No text sees
another or its padding. Its vector differs with the batch by rounding only, which shows in the third decimal
of its numbers where bfloat16 is multiplied in tiles (AMX). A test compares it with SentenceTransformer.
Architecture: Devlin et al. 2019, https://arxiv.org/abs/1810.04805.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import torch

Tensor = TypeVar("Tensor")

_PREFIX = "bert."
LAYER = "encoder.layer.{}."
ROWS = 32
"""Batches are filled up to a multiple of 32 tokens. A product of a new shape costs .5 to 1 MB for good, since
oneDNN keeps 1,024 of them: 800 chunks, eight at a time, grew a process by 565 MB, and filled up by 20 MB.
Attention is torch's own for the same reason: plain products would be a little faster and keep a shape for
each length."""


@dataclass(frozen=True)
class BertConfig:
    """The parts of a Hugging Face `config.json` that decide the computation."""

    dimension: int
    layers: int
    heads: int
    epsilon: float
    inner: int
    """Numbers between the two products of a layer's second half."""
    positions: int
    """How many tokens it can read."""


def without_prefix(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A model's tensors by name, without the "bert." that stands before each of some models'."""
    prefix = prefix_of(tensors)
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}


def prefix_of(names: Iterable[str]) -> str:
    """What stands before each of a model's tensors: "bert." or nothing."""
    return _PREFIX if all(name.startswith(_PREFIX) for name in names) else ""


@dataclass(frozen=True)
class _Layer:
    qkv: tuple[torch.Tensor, torch.Tensor]
    attended: tuple[torch.Tensor, torch.Tensor]
    attended_norm: tuple[torch.Tensor, torch.Tensor]
    up: tuple[torch.Tensor, torch.Tensor]
    down: tuple[torch.Tensor, torch.Tensor]
    norm: tuple[torch.Tensor, torch.Tensor]


class Bert:
    """The weights of a BERT encoder, ready to turn token ids into sentence vectors."""

    def __init__(self, weights: Path, config: BertConfig, precision: str, device: str = "cpu") -> None:
        """Loads `weights` (safetensors). `precision` is "bfloat16" or "float32", `device` one of torch's.

        Raises SafetensorError for a damaged file. `weights.Header` tells whether it is this model's.
        """
        import torch
        from safetensors.torch import load_file

        take = _Taker(load_file(weights), getattr(torch, precision), device)
        self._config = config
        self._device = device
        self._words = take.one("embeddings.word_embeddings.weight")
        types = take.one("embeddings.token_type_embeddings.weight")
        self._places = take.one("embeddings.position_embeddings.weight") + types[0]
        self._norm = take.pair("embeddings.LayerNorm")
        scale = (config.dimension / config.heads) ** -0.5
        self._layers = [_take_layer(take, LAYER.format(i), scale) for i in range(config.layers)]

    def encode(self, ids: Sequence[Sequence[int]]) -> torch.Tensor:
        """(n, dimension) float32: the mean of each text's token vectors, scaled to length 1.

        `ids` holds each text's token ids with special tokens, at least one each, shortest text first.
        """
        import torch
        from torch.nn import functional

        with torch.inference_mode():
            lengths = [len(text) for text in ids]
            filling = -sum(lengths) % ROWS
            flat = torch.tensor(
                [token for text in ids for token in text] + [0] * filling, device=self._device
            )
            places = torch.cat([torch.arange(length) for length in [*lengths, filling]]).to(self._device)
            x = self._words[flat] + self._places[places]
            x = self._normed(x, self._norm)
            for layer in self._layers:
                x = self._through(layer, x, lengths)
            parts = [x[a:b].view(n, length, -1).float().mean(1) for a, b, n, length in _runs(lengths)]
            return functional.normalize(torch.cat(parts), dim=1).cpu()

    def _through(self, layer: _Layer, x: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
        from torch.nn.functional import gelu, linear

        mixed = self._attend(linear(x, *layer.qkv), lengths)
        x = self._normed(x + linear(mixed, *layer.attended), layer.attended_norm)
        return self._normed(x + linear(gelu(linear(x, *layer.up)), *layer.down), layer.norm)

    def _attend(self, qkv: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
        """Each token's mix of its text's values, (tokens, dimension)."""
        import torch
        from torch.nn.functional import scaled_dot_product_attention

        heads, dimension = self._config.heads, self._config.dimension
        mixed = torch.zeros(qkv.shape[0], dimension, dtype=qkv.dtype, device=qkv.device)
        for a, b, n, length in _runs(lengths):
            q, k, v = qkv[a:b].view(n, length, 3, heads, -1).permute(2, 0, 3, 1, 4)
            values = scaled_dot_product_attention(q, k, v, scale=1.0)
            mixed[a:b] = values.transpose(1, 2).reshape(b - a, dimension)
        return mixed

    def _normed(self, x: torch.Tensor, norm: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        from torch.nn.functional import layer_norm

        return layer_norm(x, (x.shape[1],), *norm, eps=self._config.epsilon)


class _Taker:
    """Hands out tensors by name, in one precision."""

    def __init__(self, tensors: dict[str, torch.Tensor], kind: torch.dtype, device: str) -> None:
        self._kind = kind
        self._device = device
        self._tensors = without_prefix(tensors)

    def one(self, name: str, scale: float = 1.0) -> torch.Tensor:
        return (self._tensors.pop(name) * scale).to(self._device, self._kind)

    def pair(self, name: str, scale: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
        return self.one(name + ".weight", scale), self.one(name + ".bias", scale)


def _take_layer(take: _Taker, name: str, scale: float) -> _Layer:
    """`scale` is attention's 1/√(size of a head), multiplied into the queries once and for all."""
    import torch

    scales = {"query": scale, "key": 1.0, "value": 1.0}
    parts = [take.pair(f"{name}attention.self.{part}", by) for part, by in scales.items()]
    return _Layer(
        qkv=(torch.cat([weight for weight, _ in parts]), torch.cat([bias for _, bias in parts])),
        attended=take.pair(name + "attention.output.dense"),
        attended_norm=take.pair(name + "attention.output.LayerNorm"),
        up=take.pair(name + "intermediate.dense"),
        down=take.pair(name + "output.dense"),
        norm=take.pair(name + "output.LayerNorm"),
    )


def _runs(lengths: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
    """(first token, token after the last, texts, their length) for each run of equally long texts."""
    start = 0
    for length, group in groupby(lengths):
        texts = sum(1 for _ in group)
        yield start, start + texts * length, texts, length
        start += texts * length


def plain_bert(config: dict[str, Any]) -> BertConfig | None:
    """What `config.json` says where it describes exactly the model of this module, else None.

    Raises KeyError, TypeError or ValueError for what is missing or cannot be.
    """
    is_plain = (
        config.get("model_type") == "bert"
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder")
        and not config.get("quantization_config")
    )
    if not is_plain:
        return None
    found = BertConfig(
        dimension=int(config["hidden_size"]),
        layers=int(config["num_hidden_layers"]),
        heads=int(config["num_attention_heads"]),
        epsilon=float(config["layer_norm_eps"]),
        inner=int(config["intermediate_size"]),
        positions=int(config["max_position_embeddings"]),
    )
    if min(found.dimension, found.layers, found.heads) < 1 or found.dimension % found.heads:
        raise ValueError(f"{found.dimension} numbers, {found.layers} layers and {found.heads} heads")
    return found
