"""Folders of Hugging Face's `AutoModel`, of many architectures: pooled as transformers itself would have it.

Tiny models with chance weights, saved by transformers' own classes, so that nothing but the architecture and
the tokenizer says how they are used. Runs explorer.embedding.sentence_transformers and
explorer.embedding.options.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from explorer import embedding
from explorer.embedding.places import DEFAULT_MODEL, find

READS = 64
LONG = "Whales eat krill in cold water, and rivers carry sand to the sea. " * 30
TEXTS = ["Whales.", "The tenant pays the rent on the first of each month.", LONG]
SIZES = {
    "vocab_size": 30522, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
    "intermediate_size": 64, "pad_token_id": 0, "initializer_range": 0.4,
}  # fmt: skip
ARCHITECTURES = {
    "bert": {"max_position_embeddings": READS},
    "distilbert": {
        "vocab_size": 30522, "dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64, "pad_token_id": 0,
        "max_position_embeddings": READS, "initializer_range": 0.4,
    },
    "roberta": {"max_position_embeddings": READS + 1},  # positions are counted from after the padding's
    "xlm-roberta": {"max_position_embeddings": READS + 1},
    "mpnet": {"max_position_embeddings": READS + 2},  # its padding is always 1
    "electra": {"max_position_embeddings": READS, "embedding_size": 32},
    "modernbert": {"max_position_embeddings": READS, "global_attn_every_n_layers": 1},
}  # fmt: skip


def save(folder: Path, architecture: str) -> Path:
    import torch
    from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

    torch.manual_seed(1)
    given = ARCHITECTURES[architecture]
    config = AutoConfig.for_model(architecture, **(given if "dim" in given else {**SIZES, **given}))
    AutoModel.from_config(config).save_pretrained(folder)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(find(DEFAULT_MODEL) / "tokenizer.json"),
        pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]", mask_token="[MASK]",
        model_max_length=READS,
    )  # fmt: skip
    tokenizer.save_pretrained(folder)
    return folder


def by_transformers(folder: Path, pooling: str) -> np.ndarray:
    """Each text by itself, so that there is no padding: (n, 32), each row of length 1."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    model = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()
    rows = []
    for text in TEXTS:
        given = tokenizer(text, truncation=True, max_length=READS, padding=False, return_tensors="pt")
        inputs = {name: given[name] for name in ("input_ids", "attention_mask")}
        with torch.no_grad():
            tokens = model(**inputs).last_hidden_state[0]
        pooled = {"mean": tokens.mean(0), "cls": tokens[0], "max": tokens.max(0).values}[pooling]
        rows.append(torch.nn.functional.normalize(pooled, dim=0).numpy())
    return np.stack(rows)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_it_is_pooled_as_transformers_would_and_padding_has_no_part(
    architecture: str, tmp_path: Path
) -> None:
    """All texts in one batch, the short ones padded to the length of the long one, which is cut."""
    folder = save(tmp_path / architecture, architecture)
    for pooling in ("mean", "cls", "max"):
        model = embedding.load(f"{folder} | pooling={pooling}", "float32")
        np.testing.assert_allclose(model.encode(TEXTS), by_transformers(folder, pooling), atol=2e-4)
        assert model.max_tokens == READS - 2
    plain = embedding.load(str(folder), "float32")
    np.testing.assert_allclose(plain.encode(TEXTS), by_transformers(folder, "mean"), atol=2e-4)
    np.testing.assert_allclose(plain.encode_query(TEXTS[1]), by_transformers(folder, "mean")[1], atol=2e-4)


@pytest.mark.parametrize("pooling", ["cls", "max", "mean"])
def test_a_folder_that_says_its_pooling_prompts_and_dimension_is_used_so(
    pooling: str, tmp_path: Path
) -> None:
    """As sentence-transformers saves one that was trained for cut vectors (Matryoshka)."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    base = save(tmp_path / "base", "distilbert")
    theirs = SentenceTransformer(
        modules=[Transformer(str(base)), Pooling(32, pooling)],
        prompts={"query": "query: ", "document": "passage: "},
        device="cpu",
    )
    theirs.save_pretrained(str(tmp_path / "saved"))
    ours = embedding.load(f"{tmp_path / 'saved'} | dimensions=8", "float32")
    for found, expected in (
        (ours.encode(TEXTS), theirs.encode_document(TEXTS, truncate_dim=8, normalize_embeddings=True)),
        (ours.encode_query("rent"), theirs.encode_query("rent", truncate_dim=8, normalize_embeddings=True)),
    ):
        np.testing.assert_allclose(found, expected, atol=2e-4)
    assert ours.dimension == 8


def test_a_name_is_looked_for_in_the_cache_of_the_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `hf download` leaves: a snapshot under the repository's name, and a reference to it."""
    from huggingface_hub import constants

    place = tmp_path / "models--somebody--tiny-bert"
    save(place / "snapshots" / ("0" * 40), "bert")
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text("0" * 40)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    model = embedding.load("somebody/tiny-bert | pooling=cls", "float32")
    snapshot = place / "snapshots" / ("0" * 40)
    np.testing.assert_allclose(model.encode(TEXTS), by_transformers(snapshot, "cls"), atol=2e-4)


def test_prompts_by_the_names_that_older_folders_give_them(tmp_path: Path) -> None:
    """E5 and others say "passage" where sentence-transformers says "document"."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    base = save(tmp_path / "base", "bert")
    SentenceTransformer(modules=[Transformer(str(base)), Pooling(32, "mean")], device="cpu").save_pretrained(
        str(tmp_path / "saved")
    )
    file = tmp_path / "saved" / "config_sentence_transformers.json"
    config = json.loads(file.read_text())
    file.write_text(json.dumps({**config, "prompts": {"query": "query: ", "passage": "passage: "}}))
    prompted = embedding.load(str(tmp_path / "saved"), "float32")
    bare = embedding.load(str(base), "float32")
    np.testing.assert_allclose(prompted.encode(["rent"]), bare.encode(["passage: rent"]), atol=2e-4)
    np.testing.assert_allclose(prompted.encode_query("rent"), bare.encode_query("query: rent"), atol=2e-4)
