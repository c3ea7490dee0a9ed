"""The optional reranker: a CrossEncoder reads question and passage together, one pair after the other."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from explorer.embedding import folder as folders
from explorer.embedding.base import computing, finite
from explorer.embedding.bert.precision import choose
from explorer.embedding.places import find_checked
from explorer.embedding.registry import OFFLINE
from explorer.embedding.tokens import check_words, encodable
from explorer.errors import ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from explorer.arrays import Vectors

FAMILY = "cross-encoder"
"""The account on the hub that a reranker belongs to where its name does not say."""
RERANKED = 50
"""A search gives a reranker this many of its first hits: each costs a pass of its whole model. Said here
because pages tell it too, which load nothing of a search for it."""
_BATCH = 16
_READS = 512


class Reranker:
    """Scores passages for a question. Load it with `load`; safe to use from one thread at a time."""

    def __init__(self, name: str, folder: Path) -> None:
        """Loads it (seconds). Raises ModelError."""
        self.name = name
        self.precision = choose().precision
        self.fingerprint = folders.fingerprint(folder, self.precision)
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
            _check_tokenizer(self._model.tokenizer)
        except Exception as error:  # a foreign folder can fail in any way there is
            raise ModelError(f"The reranker {name} cannot be loaded: {error}") from error
        if self._model.num_labels != 1:
            raise ModelError(
                f"The reranker {name} gives {self._model.num_labels} numbers for a passage instead of one. "
                "Choose a CrossEncoder for ranking."
            )
        missing = _without_weights(self._model.model, folder)
        if missing:
            raise ModelError(
                f"{name} is no reranker: its files lack {missing[0]}, which makes a number of what is read. "
                "Choose a CrossEncoder for ranking in Settings, such as ms-marco-MiniLM-L6-v2, or none."
            )

    def has_changed(self) -> bool:
        """Whether the folder holds other files now."""
        return folders.fingerprint(self._folder, self.precision) != self.fingerprint

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        """(n,) float32: how well each text answers the query, higher is better, on the model's own scale.

        Raises ModelError.
        """
        import numpy as np

        if not texts:
            return np.empty(0, np.float32)
        pairs = [(encodable(query), encodable(text)) for text in texts]
        with computing(f"reranker {self.name}"):
            found = self._model.predict(
                pairs, batch_size=_BATCH, show_progress_bar=False, convert_to_tensor=True
            )
            scores: Vectors = found.float().cpu().numpy().reshape(-1)
        return finite(scores, f"reranker {self.name}")


def load(name: str) -> Reranker:
    """The reranker of that name: a local folder, or one in the Hugging Face cache; safetensors only.

    Raises ModelError when there is none of that name, its files are damaged, or it could run code.
    """
    os.environ.update(OFFLINE)
    return Reranker(name, find(name))


def find(name: str) -> Path:
    """The folder of the reranker of that name, checked and not loaded. Raises ModelError as `load` does."""
    try:
        return find_checked(name, FAMILY)
    except ModelError as error:
        raise ModelError(
            f"The reranker cannot be used. {error} Name another one in Settings, or leave the reranker empty."
        ) from error


def _without_weights(model: PreTrainedModel, folder: Path) -> list[str]:
    """Names of parameters that rank and stand in none of the files: transformers makes up random ones."""
    from safetensors import safe_open

    stored: set[str] = set()
    for file in folder.rglob("*.safetensors"):
        with cast("Any", safe_open(file, framework="pt")) as opened:
            stored.update(opened.keys())
    base = f"{model.base_model_prefix}."
    tied = model.all_tied_weights_keys
    ranks = [name for name, _ in model.named_parameters() if not name.startswith(base) and name not in tied]
    return [name for name in ranks if name not in stored]


def _check_tokenizer(tokenizer: Any) -> None:
    """Raises ValueError for a tokenizer without words. One written in Python does not tell, and passes."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None:
        check_words(backend)
