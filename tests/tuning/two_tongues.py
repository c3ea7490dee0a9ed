"""A model that knows nothing, and documents that teach it something: headings in words that no passage has.

Each word of a heading stands for one word of the passages, always the same. Whoever learns the pairs on some
documents finds the passages of others by their headings.
"""

from __future__ import annotations

import random
from pathlib import Path

from explorer.embedding import places

ASKED = ["tide", "coal", "bank", "oath", "sand", "drum", "mill", "wolf", "flag", "rope"]
MEANT = ["piano", "lemon", "tiger", "engine", "winter", "copper", "doctor", "garden", "mirror", "bottle"]
DOCUMENTS = 28
_SECTIONS = 5


def tiny_model(folder: Path) -> Path:
    """A BERT of one layer with random weights, saved by sentence-transformers itself."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=30522, hidden_size=48, num_hidden_layers=1, num_attention_heads=4, intermediate_size=96,
        max_position_embeddings=128, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    base = folder / "base"
    BertModel(config).save_pretrained(base)
    AutoTokenizer.from_pretrained(places.find(places.DEFAULT_MODEL)).save_pretrained(base)
    modules = [Transformer(str(base), max_seq_length=96), Pooling(48, "mean"), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder / "tiny"))
    return folder / "tiny"


def documents(folder: Path, count: int = DOCUMENTS) -> Path:
    """Markdown files of five sections each; no two headings of one file are the same."""
    folder.mkdir(exist_ok=True)
    chance = random.Random(1)
    for number in range(count):
        lines = []
        for _ in range(_SECTIONS):
            words = chance.sample(range(len(ASKED)), 2)
            heading = " ".join(ASKED[word] for word in words)
            body = [MEANT[word] for word in words] * 60
            chance.shuffle(body)
            lines += [f"## {heading}", "", f"{' '.join(body)} number {chance.randrange(10_000)}.", ""]
        (folder / f"{number}.md").write_text("\n".join(lines), encoding="utf-8")
    return folder
