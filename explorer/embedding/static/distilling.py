"""A static model made from another one: each token is embedded by itself, once.

The extra `static` (model2vec) does that: the model's vectors of its tokens, of which the principal components
are kept, weighted by how often a token is to be expected. What is saved is a folder that this program,
sentence-transformers and model2vec read alike.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import extras
from explorer.embedding import tuned
from explorer.embedding.options import split_options
from explorer.embedding.registry import OFFLINE, folder_of
from explorer.errors import ExplorerError, ModelError

if TYPE_CHECKING:
    from model2vec import StaticModel as DistilledModel

DIMENSIONS = 256
"""How many numbers of a vector are kept."""


def distil(name: str, folder: Path, dimensions: int = DIMENSIONS, *, library: Path | None = None) -> Path:
    """Make a static model of the model of that name, in `folder`: that folder, after a minute or two.

    `library` as in `explorer.embedding.load`. A static model that stands there already is replaced, all of
    it or not at all. Raises ModelError: the extra is missing, the model is none in a folder, as a server's or
    word vectors, something else stands in the folder, or it failed.
    """
    extras.require("static")
    folder = folder.expanduser().absolute()
    source = folder_of(name, library)
    if folder.exists() and not (folder / "modules.json").is_file() and any(folder.iterdir()):
        raise ModelError(f"The folder {folder} holds something else. Name a new or an empty one.")
    os.environ.update(OFFLINE)
    with _failing(name):
        made = _distilled(source, _pooling(name, source), dimensions)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".static-", dir=folder.parent) as beside:
            new, old = Path(beside) / "new", Path(beside) / "old"
            made.save_pretrained(new)
            new.joinpath("README.md").write_text(_card(name, dimensions), encoding="utf-8")
            if folder.exists():
                folder.rename(old)
            new.rename(folder)
    return folder


def place_in(library: Path) -> Path:
    """Where a library keeps its own static model."""
    return tuned.static_folder(library)


def _distilled(source: Path, pooling: str, dimensions: int) -> DistilledModel:
    import numpy as np
    from model2vec import StaticModel as DistilledModel
    from model2vec.distill import distill_from_model
    from transformers import AutoModel, AutoTokenizer

    made = distill_from_model(
        AutoModel.from_pretrained(source, local_files_only=True, use_safetensors=True),
        AutoTokenizer.from_pretrained(source, local_files_only=True),
        device="cpu",
        pca_dims=dimensions,
        pooling=pooling,
    )
    # Weights go into the table, and an unknown token counts nothing: all three readers do the same then.
    table = np.asarray(made.embedding, np.float32) * np.asarray(made.weights, np.float32)[:, None]
    if made.unk_token_id is not None:
        table[made.unk_token_id] = 0.0
    # safetensors writes an array in Fortran's order as if it were in C's, without an error.
    vectors = np.ascontiguousarray(table, np.float16)
    return DistilledModel(vectors=vectors, tokenizer=made.tokenizer, config=made.config, normalize=True)


def _pooling(name: str, source: Path) -> str:
    """How the model makes a vector of those of its tokens, as model2vec calls it."""
    from explorer.embedding.folder import read_json

    set_by_hand = split_options(name)[1].pooling
    if set_by_hand is not None:
        return "first" if set_by_hand == "cls" else "mean"
    for file in sorted(source.glob("*_Pooling/config.json")):
        said: dict[str, Any] = read_json(file)
        is_first = said.get("pooling_mode") == "cls" or said.get("pooling_mode_cls_token")
        return "first" if is_first else "mean"
    return "mean"


@contextlib.contextmanager
def _failing(name: str) -> Iterator[None]:
    """Says it in our words when a foreign package fails in a way of its own."""
    try:
        yield
    except (ExplorerError, MemoryError):
        raise
    except Exception as error:
        raise ModelError(
            f"No static model could be made of {tuned.shown(name)}: {error or type(error).__name__}"
        ) from error


def _card(name: str, dimensions: int) -> str:
    shown = tuned.shown(name).replace("`", "'")
    return f"""---
library_name: model2vec
tags:
- sentence-transformers
- static-embeddings
---

# A static model of {shown}

Made by Document Explorer with model2vec: one vector of {dimensions} numbers for each token, which are added
up. The licence of `{shown}` holds for this model too.

```python
from sentence_transformers import SentenceTransformer

vectors = SentenceTransformer("this folder").encode(["a text"])
```
"""
