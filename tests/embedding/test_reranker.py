"""The optional reranker: a CrossEncoder from a folder of safetensors, or nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from explorer import Library
from explorer.embedding import places, reranker
from explorer.errors import ModelError
from tests.folders import RENT, WHALES, prose, write

TEXTS = ["Whales eat krill.", "The tenant pays rent.", "", "x" * 5000, "A\ud800lone surrogate."]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A CrossEncoder of one layer with random weights: what it says means nothing, but it says it always."""
    yield make(tmp_path_factory.mktemp("reranker"), 1)


def make(folder: Path, labels: int) -> Path:
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=30522, hidden_size=48, num_hidden_layers=1, num_attention_heads=4, intermediate_size=96,
        num_labels=labels, initializer_range=0.5,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(places.find(places.DEFAULT_MODEL)).save_pretrained(folder)
    return folder


def test_every_text_gets_a_number(folder: Path) -> None:
    ours = reranker.load(str(folder))
    scores = ours.scores("What do whales eat?", TEXTS)
    assert scores.shape == (len(TEXTS),)
    assert scores.dtype == np.float32
    assert len(set(scores.tolist())) > 1
    assert ours.scores("What?", []).shape == (0,)


def test_it_equals_the_package(folder: Path) -> None:
    import torch
    from sentence_transformers import CrossEncoder

    theirs = CrossEncoder(str(folder), local_files_only=True, activation_fn=torch.nn.Identity())
    expected = theirs.predict([("What do whales eat?", text) for text in TEXTS[:3]])
    ours = reranker.load(str(folder)).scores("What do whales eat?", TEXTS[:3])
    np.testing.assert_allclose(ours, expected, atol=0.05 * float(np.abs(expected).max()))


def test_a_pickle_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04N.")
    with pytest.raises(ModelError, match="is a pickle"):
        reranker.load(str(tmp_path))


def test_code_of_its_own_is_refused(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModel": "code.Model"}}))
    with pytest.raises(ModelError, match="auto_map"):
        reranker.load(str(tmp_path))


def test_a_name_that_is_not_here_is_not_fetched() -> None:
    with pytest.raises(ModelError, match="cross-encoder/ms-marco-nowhere"):
        reranker.load("ms-marco-nowhere")


def test_a_classifier_is_no_reranker(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gives 3 numbers"):
        reranker.load(str(make(tmp_path, 3)))


def test_a_model_that_does_not_rank_is_no_reranker() -> None:
    with pytest.raises(ModelError, match=r"no reranker: its files lack classifier\.weight.*in Settings"):
        reranker.load(places.DEFAULT_MODEL)


def copied(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target)
    return target


def test_one_without_its_tokenizer_is_said(folder: Path, tmp_path: Path) -> None:
    lacking = copied(folder, tmp_path / "lacking")
    for name in ("tokenizer.json", "vocab.txt"):
        (lacking / name).unlink(missing_ok=True)
    with pytest.raises(ModelError, match="tokenizer knows no words"):
        reranker.load(str(lacking))


@pytest.mark.parametrize(
    ("words", "value", "message"),
    [(30522, np.nan, "gave numbers that are none"), (500, 0.1, "could not compute: .*index")],
)
def test_damaged_weights_give_no_order(
    folder: Path, tmp_path: Path, words: int, value: float, message: str
) -> None:
    damaged = copied(folder, tmp_path / "damaged")
    tensors = load_file(damaged / "model.safetensors")
    tensors["bert.embeddings.word_embeddings.weight"] = np.full((words, 48), value, np.float32)
    save_file(tensors, damaged / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((damaged / "config.json").read_text())
    (damaged / "config.json").write_text(json.dumps(config | {"vocab_size": words}))
    ours = reranker.load(str(damaged))
    with pytest.raises(ModelError, match=f"The reranker .* {message}"):
        ours.scores("What do whales eat?", TEXTS)


def test_the_worker_reranks_where_the_settings_name_one(folder: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path, whales_md=WHALES, rent_txt=RENT))
        assert library.settings.reranker is None
        assert library._client.rerank("whales", TEXTS) is None
        library.change_settings(reranker=str(folder))
        scores = library._client.rerank("What do whales eat?", TEXTS)
        assert scores is not None
        np.testing.assert_allclose(
            scores, reranker.load(str(folder)).scores("What do whales eat?", TEXTS), atol=0.05
        )
        seconds = library.models.reranker_seconds()
        assert seconds is not None
        assert 0 < seconds < 60
        library.change_settings(reranker="/nowhere")
        with pytest.raises(ModelError, match="does not exist"):
            library._client.rerank("whales", TEXTS)


def test_it_orders_anew_but_what_matches_exactly_stays_first(folder: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path, whales_md=WHALES, rent_txt=RENT, long_txt=prose(5, 30)))
        plain = library.search("what is due each month", k=20)
        quoted = library.search('what is due each month, "950 crowns"', k=20)
        assert [hit.is_exact for hit in quoted].count(True) == 1
        assert quoted[0].is_exact
        library.change_settings(reranker=str(folder))
        reranked = library.search("what is due each month", k=20)
        assert [hit.chunk.id for hit in reranked] != [hit.chunk.id for hit in plain]
        assert {hit.chunk.id for hit in reranked} == {hit.chunk.id for hit in plain}
        # on the scale by which chat tells that nothing fits
        assert [hit.score for hit in reranked] == pytest.approx([hit.score for hit in plain])
        assert [hit.rank for hit in reranked] == list(range(1, len(plain) + 1))
        again = library.search('what is due each month, "950 crowns"', k=20)
        assert again[0].chunk == quoted[0].chunk
