"""Options behind a model's name: explorer.embedding.options, and what sentence-transformers does with them.

The three mistakes that are made with `AutoModel` by hand: padding is averaged in, more tokens are read than
the model was trained for, the first token is taken where the mean is meant.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from explorer import embedding
from explorer.embedding import folder_embedder
from explorer.embedding.options import ModelOptions, join_options, split_options
from explorer.embedding.places import DEFAULT_MODEL, find
from explorer.errors import ModelError

LONG = "Whales eat krill in cold water, and rivers carry sand to the sea. " * 30
TEXTS = ["Whales.", "The tenant pays the rent on the first of each month.", LONG]


def plain_folder(folder: Path) -> Path:
    """The bundled model as Hugging Face's own classes save one: nothing says how it is pooled."""
    source = find(DEFAULT_MODEL)
    folder.mkdir()
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        shutil.copy(source / name, folder)
    return folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plain_folder(tmp_path_factory.mktemp("models") / "plain")


def by_hand(folder: Path, pooling: str, reads: int) -> np.ndarray:
    """Each text by itself, so that there is no padding: (n, dimension), each row of length 1."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    model = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()
    rows = []
    for text in TEXTS:
        given = tokenizer(text, truncation=True, max_length=reads, return_tensors="pt", padding=False)
        with torch.no_grad():
            tokens = model(**given).last_hidden_state[0]
        pooled = {"mean": tokens.mean(0), "cls": tokens[0], "max": tokens.max(0).values}[pooling]
        rows.append(torch.nn.functional.normalize(pooled, dim=0).numpy())
    return np.stack(rows)


@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
def test_a_plain_folder_is_pooled_as_was_set_and_padding_has_no_part(pooling: str, plain: Path) -> None:
    """In one batch the short texts are padded to the length of the long one."""
    model = embedding.load(f"{plain} | pooling={pooling} | tokens=256", "float32")
    vectors = model.encode(TEXTS)
    np.testing.assert_allclose(vectors, by_hand(plain, pooling, 256), atol=2e-4)
    assert model.max_tokens == 254


def test_without_options_a_plain_folder_is_pooled_by_mean(plain: Path) -> None:
    reads = embedding.load(str(plain), "float32").max_tokens + 2
    vectors = embedding.load(str(plain), "float32").encode(TEXTS)
    np.testing.assert_allclose(vectors, by_hand(plain, "mean", reads), atol=2e-4)


def test_each_of_the_three_mistakes_would_be_seen(plain: Path) -> None:
    """By the cosine to the model as it is meant: as bundled, mean of at most 256 tokens."""
    meant = embedding.load(DEFAULT_MODEL, "float32").encode(TEXTS)

    def cosines(options: str) -> np.ndarray:
        vectors = embedding.load(f"{plain} | {options}", "float32").encode(TEXTS)
        cosine: np.ndarray = (vectors * meant).sum(1)
        return cosine

    assert cosines("pooling=mean | tokens=256").min() > 0.9999
    assert cosines("pooling=mean | tokens=512")[2] < 0.9999
    assert cosines("pooling=cls | tokens=256").max() < 0.9


def test_prompts_go_before_questions_and_before_passages(plain: Path) -> None:
    bare = embedding.load(f"{plain} | tokens=256", "float32")
    prompted = embedding.load(f'{plain} | tokens=256 | query="query: " | passage="passage: "', "float32")
    np.testing.assert_allclose(prompted.encode_query("rent"), bare.encode_query("query: rent"), atol=1e-4)
    np.testing.assert_allclose(prompted.encode(["rent"]), bare.encode(["passage: rent"]), atol=1e-4)
    assert prompted.max_tokens < bare.max_tokens, "the prompt takes room"


def test_prompts_are_found_in_the_models_own_configuration(tmp_path: Path) -> None:
    folder = plain_folder(tmp_path / "prompted")
    shutil.copytree(find(DEFAULT_MODEL), folder, dirs_exist_ok=True)
    prompts = {"query": "query: ", "document": "passage: "}
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    own, bare = embedding.load(str(folder), "float32"), embedding.load(DEFAULT_MODEL, "float32")
    np.testing.assert_allclose(own.encode_query("rent"), bare.encode_query("query: rent"), atol=1e-4)
    np.testing.assert_allclose(own.encode(["rent"]), bare.encode(["passage: rent"]), atol=1e-4)


def test_vectors_are_cut_and_have_length_one_again() -> None:
    whole = embedding.load(DEFAULT_MODEL, "float32").encode(TEXTS)[:, :64]
    cut = embedding.load(f"{DEFAULT_MODEL} | dimensions=64", "float32")
    assert cut.dimension == 64
    np.testing.assert_allclose(
        cut.encode(TEXTS), whole / np.linalg.norm(whole, axis=1, keepdims=True), atol=2e-4
    )
    with pytest.raises(ModelError, match="384"):
        embedding.load(f"{DEFAULT_MODEL} | dimensions=385")


def test_each_choice_has_a_fingerprint_of_its_own(plain: Path) -> None:
    names = [str(plain), *(f"{plain} | {one}" for one in ("pooling=mean", "pooling=cls", "tokens=256"))]
    names += [f'{plain} | query="q: "', f"{plain} | dimensions=64"]
    found = [embedding.identify(name, "float32")[1] for name in names]
    assert len(set(found)) == len(names)
    model = embedding.load(names[2], "float32")
    assert (model.name, model.fingerprint) == (names[2], found[2])
    assert not model.has_changed()


@pytest.mark.parametrize("precision", ["int8", "bfloat16", "float32"])
def test_the_same_model_in_a_precision_that_was_set(precision: str) -> None:
    """The bundled model stays in our own BERT, and its vectors those of float32 but for little."""
    name = f"{DEFAULT_MODEL} | precision={precision}"
    assert embedding.choose_for(name).precision == precision
    assert embedding.identify(name) == embedding.identify(DEFAULT_MODEL, precision)
    model = embedding.load(name)
    assert (type(model).__name__, model.name, model.precision) == ("FastModel", name, precision)
    whole = embedding.load(DEFAULT_MODEL, "float32").encode(TEXTS)
    assert (model.encode(TEXTS) * whole).sum(1).min() > 0.99


def test_int8_is_refused_where_it_cannot_be_computed(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="does not compute in int8"):
        embedding.load(f"{plain} | pooling=cls | precision=int8")
    monkeypatch.setattr(folder_embedder, "openvino_problem", lambda: "is not installed")
    with pytest.raises(ModelError, match="OpenVINO, by which int8 is computed, is not installed"):
        embedding.examine(f"{DEFAULT_MODEL} | precision=int8")


def test_options_are_written_as_they_are_read() -> None:
    options = ModelOptions("max", 256, 64, "query: ", "passage: ", "bfloat16")
    assert split_options(join_options("a/b", options)) == ("a/b", options)
    assert join_options("a/b", ModelOptions()) == "a/b"
    with pytest.raises(ModelError, match="quotation mark"):
        join_options("a/b", ModelOptions(query='say "this": '))


def test_options_are_read_to_the_letter() -> None:
    assert split_options("a/b | pooling=max | passage=passage:") == (
        "a/b",
        ModelOptions(pooling="max", passage="passage:"),
    )
    assert split_options('x | query="query: "')[1].query == "query: "
    assert split_options("folder|with|lines") == ("folder|with|lines", ModelOptions())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("pooling=sum", "mean, cls, max"),
        ("polling=mean", "no option 'polling'"),
        ("cls", "no option 'cls'"),
        ("tokens=all", "no number"),
        ("dimensions=0", "no number"),
        ("precision=int4", "int8, bfloat16, float32"),
    ],
)
def test_options_that_are_none_are_said(given: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        embedding.examine(f"{DEFAULT_MODEL} | {given}")
