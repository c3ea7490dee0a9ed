"""A static model as sentence-transformers saves one, with a word for each token."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np


def write_static(folder: Path, texts: Sequence[str], dimension: int = 32) -> Path:
    """A model in `folder` that knows the words of these texts."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Whitespace

    words = sorted({word for text in texts for word in re.findall(r"\w+", text.lower())})
    tokenizer = Tokenizer(
        WordLevel({word: at for at, word in enumerate(["[UNK]", *words])}, unk_token="[UNK]")
    )
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    table = np.random.default_rng(1).normal(size=(len(words) + 1, dimension)).astype(np.float32)
    table[0] = 0
    static = StaticEmbedding(tokenizer, embedding_weights=torch.from_numpy(table))
    SentenceTransformer(modules=[static, Normalize()], device="cpu").save(
        str(folder), create_model_card=False
    )
    return folder
