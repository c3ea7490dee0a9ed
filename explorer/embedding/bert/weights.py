"""Whether a file of weights fits the model's other files, as its header tells before it is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from explorer.embedding.bert.by_torch import LAYER, BertConfig, without_prefix

_OPTIONAL = ("pooler.", "embeddings.position_ids")
"""Tensors that a plain BERT may have and mean pooling does not use."""
_READABLE = frozenset({"F64", "F32", "F16"})
"""Types of numbers that NumPy has too."""


@dataclass(frozen=True, slots=True)
class Header:
    """Shape and type of each tensor in a safetensors file, by name and without "bert." before it."""

    shapes: Mapping[str, tuple[int, ...]]
    types: Mapping[str, str]

    @classmethod
    def read(cls, weights: Path) -> Header:
        """The header of a file. Raises OSError or SafetensorError for a file that is not safetensors."""
        from safetensors import safe_open

        with cast("Any", safe_open(weights, framework="numpy")) as file:
            slices = without_prefix({name: file.get_slice(name) for name in file.keys()})  # noqa: SIM118
            return cls(
                {name: tuple(one.get_shape()) for name, one in slices.items()},
                {name: str(one.get_dtype()) for name, one in slices.items()},
            )

    @property
    def is_readable(self) -> bool:
        """Whether all tensors that are used are of a type that we read; sentence-transformers reads more."""
        return all(kind in _READABLE for name, kind in self.types.items() if not name.startswith(_OPTIONAL))

    def check(self, config: BertConfig, words: int) -> None:
        """Raises ValueError unless these are that BERT's tensors, with a row for each of `words` tokens."""
        shapes = dict(self.shapes)
        for name, expected in _expected(config, words):
            found = shapes.pop(name, None)
            if found is None:
                raise ValueError(f"it has no {name}")
            # the three tables may have rows that are never used
            fits = len(found) == len(expected) and found[1:] == expected[1:] and found[0] >= expected[0]
            if not fits or (found != expected and not name.startswith("embeddings.")):
                raise ValueError(f"its {name} is {_shown(found)} instead of {_shown(expected)}")
        left = [name for name in shapes if not name.startswith(_OPTIONAL)]
        if left:
            raise ValueError(f"a plain BERT of {config.layers} layers has no {left[0]}")


def _expected(config: BertConfig, words: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(name, shape) of all tensors that are used. A table's shape has the rows that are needed at least."""
    wide, inner = config.dimension, config.inner
    yield "embeddings.word_embeddings.weight", (words, wide)
    yield "embeddings.position_embeddings.weight", (config.positions, wide)
    yield "embeddings.token_type_embeddings.weight", (1, wide)
    yield from _pair("embeddings.LayerNorm", wide)
    for layer in map(LAYER.format, range(config.layers)):
        for part in ("query", "key", "value"):
            yield from _pair(f"{layer}attention.self.{part}", wide, wide)
        yield from _pair(f"{layer}attention.output.dense", wide, wide)
        yield from _pair(f"{layer}attention.output.LayerNorm", wide)
        yield from _pair(f"{layer}intermediate.dense", inner, wide)
        yield from _pair(f"{layer}output.dense", wide, inner)
        yield from _pair(f"{layer}output.LayerNorm", wide)


def _pair(name: str, *shape: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", shape
    yield f"{name}.bias", shape[:1]


def _shown(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
