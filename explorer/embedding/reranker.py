"""An optional second look: a CrossEncoder reads question and passage together, one pair after the other."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.embedding import folder as folders
from explorer.embedding import registry
from explorer.embedding.precision import choose
from explorer.embedding.tokens import encodable
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.embedding.base import Vectors

FAMILY = "cross-encoder"
"""Whose such models are on the hub where a name does not say: https://huggingface.co/cross-encoder."""
_BATCH = 16
_READS = 512


class Reranker:
    """Scores passages for a question. Load it with `load`; safe to use from one thread at a time."""

    def __init__(self, name: str, folder: Path) -> None:
        """Loads it (seconds). Raises ModelError."""
        self.name = name
        self.precision = choose().precision
        self.fingerprint = folders.fingerprint(folder, self.precision)
        self.seconds_a_text: float | None = None
        """What the last call took for each text; None before the first."""
        self._folder = folder
        import torch
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(
                str(folder),
                local_files_only=True,
                trust_remote_code=False,
                activation_fn=torch.nn.Identity(),
                model_kwargs={"use_safetensors": True, "dtype": getattr(torch, self.precision)},
            )
            self._model.max_seq_length = min(self._model.max_seq_length or _READS, _READS)
        except Exception as error:  # a foreign folder can fail in any way there is
            raise ModelError(f"The reranker {name} cannot be loaded: {error}") from error
        if self._model.num_labels != 1:
            raise ModelError(
                f"The reranker {name} gives {self._model.num_labels} numbers for a passage instead of one. "
                "Choose a CrossEncoder for ranking."
            )

    def has_changed(self) -> bool:
        """Whether the folder holds other files now."""
        return folders.fingerprint(self._folder, self.precision) != self.fingerprint

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        """(n,) float32: how well each text answers the query, higher is better, on the model's own scale."""
        import numpy as np

        if not texts:
            return np.empty(0, np.float32)
        begun = time.perf_counter()
        pairs = [(encodable(query), encodable(text)) for text in texts]
        found = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False, convert_to_tensor=True)
        scores: Vectors = found.float().cpu().numpy().reshape(-1)
        self.seconds_a_text = (time.perf_counter() - begun) / len(texts)
        if not np.isfinite(scores).all():
            raise ModelError(
                f"The reranker {self.name} gave numbers that are none. Its files may be damaged."
            )
        return scores


def load(name: str) -> Reranker:
    """The reranker of that name: a local folder, or one in the Hugging Face cache; safetensors only.

    Raises ModelError when there is none of that name, its files are damaged, or it could run code.
    """
    os.environ.update(registry.OFFLINE)
    return Reranker(name, find(name))


def find(name: str) -> Path:
    """The folder of the reranker of that name, looked at and not loaded. Raises ModelError as `load`."""
    try:
        folder = registry.find(name, FAMILY)
        folders.check(folder, name)
    except ModelError as error:
        raise ModelError(
            f"The reranker cannot be used. {error} Name another one in Settings, or leave the reranker empty."
        ) from error
    return folder
