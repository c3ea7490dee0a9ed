"""Our BERT beside sentence-transformers, on the bundled model and on others made here."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from explorer import embedding
from explorer.embedding import chunk_room, places, texts_to_embed
from explorer.embedding.bert.model import FastModel
from explorer.embedding.bert.precision import choose, openvino_problem
from explorer.embedding.sentence_transformers import SentenceTransformersModel

TEXTS = [
    "A single sentence about foxes.",
    "Word",
    "",
    "  \n ",
    "Die Größe der Straße: 3,5 km — 日本語の文 и русский текст, עברית, العربية.",
    "Net sales rose 4.5 % to $ 34,229 (2021: 35,355); see Note 12. " * 3,
    "| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |",
    "x" * 300,
    "tokens beyond the end of what the model reads " * 80,
    "A\ud800lone surrogate and a \x00 zero.",
    *(f"Sentence number {n} is about {'very ' * n}different lengths." for n in range(1, 30)),
]


@functools.cache
def fast(precision: str) -> FastModel:
    model = FastModel.from_folder("default", places.find(embedding.DEFAULT_MODEL), precision)
    assert model
    return model


@functools.cache
def reference() -> np.ndarray:
    """float32 vectors of TEXTS by the sentence-transformers package itself."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(places.find(embedding.DEFAULT_MODEL)), local_files_only=True)
    texts = [text.encode("utf-8", "replace").decode() for text in TEXTS]
    return np.asarray(model.encode(texts, normalize_embeddings=True))


def cosines(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return np.sum(ours * theirs, axis=1)


def test_float32_equals_sentence_transformers() -> None:
    assert cosines(fast("float32").encode(TEXTS), reference()).min() > 0.99999


def test_questions_equal_sentence_transformers() -> None:
    questions = np.stack([fast("bfloat16").encode_query(text) for text in TEXTS])
    assert questions.dtype == np.float32
    assert cosines(questions, reference()).min() > 0.99999


def test_bfloat16_is_faithful() -> None:
    similar = cosines(fast("bfloat16").encode(TEXTS), reference())
    assert similar.mean() >= 0.999
    assert similar.min() >= 0.995


def test_the_default_is_ours_and_its_vectors_have_length_one() -> None:
    model = embedding.load()
    vectors = model.encode(TEXTS)
    assert isinstance(model, FastModel)
    assert (model.name, model.dimension, model.max_tokens) == ("all-MiniLM-L6-v2", 384, 254)
    assert model.precision == embedding.choose_for("all-MiniLM-L6-v2").precision
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_a_vector_does_not_depend_on_its_batch(precision: str) -> None:
    model = fast(precision)
    together = model.encode(TEXTS)
    alone = np.concatenate([model.encode([text]) for text in TEXTS])
    backwards = model.encode(TEXTS[::-1])[::-1]
    assert cosines(together, alone).min() > 0.9999
    assert cosines(together, backwards).min() > 0.9999


def test_many_threads_may_encode_at_once() -> None:
    model = fast(choose().precision)
    expected = model.encode(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: model.encode(TEXTS), range(4)):
            assert np.allclose(vectors, expected, atol=1e-3)


def test_no_texts_give_no_vectors() -> None:
    assert fast("float32").encode([]).shape == (0, 384)
    assert fast("float32").count_tokens([]) == []


def test_questions_need_no_torch() -> None:
    script = (
        "import sys\nfrom explorer import embedding\nprint(embedding.load().encode_query('why?').shape)\n"
        "assert 'torch' not in sys.modules\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "(384,)"


def test_tokens_are_counted_to_the_end_and_without_torch() -> None:
    script = (
        "import sys\nfrom explorer import embedding\nmodel = embedding.load()\n"
        "print(model.count_tokens(['hello world', 'word ' * 1000, '']), model.max_tokens)\n"
        "assert 'torch' not in sys.modules\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "[2, 1000, 0] 254"


def test_what_the_model_reads_ends_at_max_tokens() -> None:
    model = fast("float32")
    text = "word " * model.max_tokens
    assert np.allclose(model.encode_query(text), model.encode_query(f"{text} more"), atol=1e-6)
    assert not np.allclose(model.encode_query(text), model.encode_query("word " * 100), atol=1e-3)


@pytest.mark.parametrize(
    ("name", "headings"),
    [("report.pdf", ()), ("n" * 500, ("h" * 500,)), ("年度報告書" * 50, ("第一章" * 50,)), ("_-" * 200, ())],
)
def test_prefix_and_chunk_are_read_whole(name: str, headings: Sequence[str]) -> None:
    model = fast("float32")
    (text,) = texts_to_embed(name, headings, "word " * chunk_room(model), model)
    assert model.count_tokens([text])[0] <= model.max_tokens


def test_the_embedded_text_names_its_source_once() -> None:
    model = fast("float32")
    (text,) = texts_to_embed("Manual", ("Setup", "Power"), "Setup\nPlug it in.", model)
    assert text == "Manual: Power: Setup\nPlug it in."
    assert texts_to_embed("", (), "text", model) == ("text",)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("fpu avx512_bf16 sse", "bfloat16"), ("amx_bf16", "bfloat16"), ("fpu avx2", "float32"), ("", "float32")],
)
def test_precision_follows_the_processor(tmp_path: Path, flags: str, expected: str) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t: none avx512_bf16_bug\n")
    assert choose(file).precision == expected
    assert choose(tmp_path / "none").precision == "float32"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A BERT of two layers with random weights, saved by sentence-transformers itself."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    base = tmp_path_factory.mktemp("base")
    config = BertConfig(
        vocab_size=30522, hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=96,
        max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(base)
    AutoTokenizer.from_pretrained(places.find(embedding.DEFAULT_MODEL)).save_pretrained(base)
    transformer = Transformer(str(base), max_seq_length=40)
    folder = tmp_path_factory.mktemp("small")
    SentenceTransformer(modules=[transformer, Pooling(48, "mean"), Normalize()]).save(str(folder))
    yield folder


def variant(folder: Path, target: Path, change: str) -> Path:
    """The small model with one thing that our BERT does not do."""
    shutil.copytree(folder, target)
    if change == "prompts":
        edit(
            target / "config_sentence_transformers.json",
            prompts={"query": "question: ", "document": "passage: "},
        )
    elif change == "pooling":
        (pooling,) = target.glob("1_*/config.json")
        pooling.write_text(json.dumps({"word_embedding_dimension": 48, "pooling_mode_cls_token": True}))
    else:
        edit(target / "config.json", hidden_act="relu")
    return target


def edit(file: Path, **entries: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | entries))


def test_a_plain_bert_of_ones_own_is_loaded_fast_and_equal(small: Path) -> None:
    ours = embedding.load(str(small))
    assert isinstance(ours, FastModel)
    theirs = SentenceTransformersModel("small", small, "float32")
    assert (ours.dimension, ours.max_tokens) == (theirs.dimension, theirs.max_tokens) == (48, 38)
    exact = FastModel.from_folder("small", small, "float32")
    assert exact
    expected = theirs.encode(TEXTS)
    assert cosines(exact.encode(TEXTS), expected).min() > 0.99999
    assert cosines(np.stack([exact.encode_query(text) for text in TEXTS]), expected).min() > 0.99999


@pytest.mark.skipif(openvino_problem() is not None, reason=f"OpenVINO {openvino_problem()}")
def test_a_plain_bert_of_ones_own_is_faithful_in_bfloat16_by_openvino_too(small: Path) -> None:
    from explorer.embedding.bert.by_openvino import OpenVinoBert

    exact = FastModel.from_folder("small", small, "float32")
    assert exact
    bert = OpenVinoBert(exact._weights, exact._config, 2, in_int8=False, in_bfloat16=True)
    similar = cosines(bert.encode(exact._tokens.ids(TEXTS)), exact.encode(TEXTS))
    assert similar.mean() >= 0.999
    assert similar.min() >= 0.995


@pytest.mark.parametrize("change", ["prompts", "pooling", "activation"])
def test_everything_else_goes_to_sentence_transformers(small: Path, tmp_path: Path, change: str) -> None:
    folder = variant(small, tmp_path / change, change)
    model = embedding.load(str(folder))
    assert isinstance(model, SentenceTransformersModel)
    vectors = model.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 48)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert model.encode([]).shape == (0, 48)
    assert model.count_tokens(["hello world " * 100]) == [200]
    assert cosines(vectors, np.stack([model.encode([text])[0] for text in TEXTS])).min() > 0.99


def test_prompts_of_a_model_are_used_and_leave_less_room(small: Path, tmp_path: Path) -> None:
    model = embedding.load(str(variant(small, tmp_path / "prompts", "prompts")))
    assert model.max_tokens == 36
    question, passage = model.encode_query("foxes"), model.encode(["foxes"])[0]
    assert np.dot(question, passage) < 0.9999
    assert model.fingerprint != embedding.load(str(small)).fingerprint
