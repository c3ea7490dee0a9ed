"""Picture models: what each row of the table gives, what is refused, and when a model is loaded anew.

Of explorer.embedding.pictures: embedders, and explorer.embedding.pictures.base,
explorer.embedding.pictures.picture_folder, explorer.embedding.pictures.thin_resnet,
explorer.embedding.pictures.loaded.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from explorer import extras
from explorer.embedding import DEFAULT_MODEL
from explorer.embedding.pictures import embedders, thin_resnet
from explorer.embedding.pictures.loaded import LoadedPictureModel
from explorer.errors import ModelError
from explorer.settings import Settings
from tests.embedding.pictures import tiny


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.clip(tmp_path_factory.mktemp("models") / "clip")


@pytest.fixture(scope="module")
def folders(clip: Path) -> dict[str, Path]:
    return {
        "plain": clip,
        "older": tiny.older(clip, clip.parent / "older"),
        "resnet": tiny.resnet(clip.parent / "resnet"),
    }


@pytest.mark.parametrize("name", ["plain", "older"])
def test_a_clip_folder_tells_drawn_shapes_apart_by_their_names(folders: dict[str, Path], name: str) -> None:
    model = embedders.load(str(folders[name]))
    assert model.reads_text
    shapes = [shape for shape in tiny.SHAPES for _ in range(10)]
    found = model.encode([tiny.pixels(shape, 1000 + seed) for seed, shape in enumerate(shapes)])
    named = np.stack([model.encode_text(shape) for shape in tiny.SHAPES])
    told = (found @ named.T).argmax(1)
    right = sum(tiny.SHAPES[one] == shape for one, shape in zip(told, shapes, strict=True))
    assert right >= 36, f"{right} of 40 new drawings"
    assert np.allclose(np.linalg.norm(named, axis=1), 1, atol=1e-5)


def test_many_words_are_cut_and_not_refused(clip: Path) -> None:
    model = embedders.load(str(clip))
    assert model.encode_text("circle " * 400).shape == (16,)


def test_a_resnet_folder_sees_and_does_not_read(folders: dict[str, Path]) -> None:
    model = embedders.load(str(folders["resnet"]))
    pictures = [tiny.pixels(shape, seed) for shape in tiny.SHAPES for seed in range(3)]
    found = model.encode(pictures)
    assert found.shape == (12, 32)
    again = model.encode([pictures[5]])
    assert int((found @ again[0]).argmax()) == 5
    assert not model.reads_text
    assert not embedders.examine(str(folders["resnet"])).reads_text
    with pytest.raises(ModelError, match="knows no words"):
        model.encode_text("circle")


def test_what_is_known_beforehand_is_what_is_loaded(folders: dict[str, Path]) -> None:
    facts = {name: embedders.examine(str(folder)) for name, folder in folders.items()}
    for name, folder in folders.items():
        model = embedders.load(str(folder))
        assert (model.fingerprint, model.reads_text) == (facts[name].fingerprint, facts[name].reads_text)
    assert len({each.fingerprint for each in facts.values()}) == 3


def test_a_text_model_is_said_to_read_no_pictures() -> None:
    for ask in (embedders.examine, embedders.load):
        with pytest.raises(ModelError, match="reads no pictures"):
            ask(DEFAULT_MODEL)


def test_a_folder_that_could_run_code_is_refused(clip: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clip"
    shutil.copytree(clip, folder)
    (folder / "preprocessor_config.json").write_text('{"auto_map": {"AutoImageProcessor": "code.Mine"}}')
    with pytest.raises(ModelError, match="auto_map"):
        embedders.load(str(folder))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="pickle"):
        embedders.examine(str(folder))


def test_a_damaged_folder_is_said(clip: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clip"
    shutil.copytree(clip, folder)
    (folder / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(ModelError, match="cannot be loaded"):
        embedders.load(str(folder))


def test_a_model_is_loaded_anew_when_its_files_or_its_name_change(clip: Path, tmp_path: Path) -> None:
    named = [str(tmp_path / "one")]
    shutil.copytree(clip, named[0])
    loaded = LoadedPictureModel(lambda: Settings(picture_model=named[0]))
    first = loaded.get()
    assert loaded.get() is first
    file = Path(named[0], "preprocessor_config.json")
    file.write_text(file.read_text().replace("0.5", "0.4"))
    second = loaded.get()
    assert second.fingerprint != first.fingerprint
    named[0] = str(clip)
    assert loaded.get().fingerprint == first.fingerprint


def test_without_the_extra_its_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    for ask in (embedders.examine, embedders.load):
        with pytest.raises(ModelError, match=r"python start\.py --with images"):
            ask(thin_resnet.NAME)


def test_another_file_than_the_known_one_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / extras.EXTRAS["images"].package
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('it was imported')\n")
    (package / "open-nsfw.onnx").write_bytes(b"another network")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelError, match="was not opened"):
        embedders.load(thin_resnet.NAME)


@pytest.mark.extras("images")
def test_the_thin_resnet_finds_an_altered_picture() -> None:
    model = embedders.load(thin_resnet.NAME)
    pictures = [np.asarray(tiny.drawn(shape, seed, 200)) for shape in tiny.SHAPES for seed in range(4)]
    found = model.encode(pictures)
    assert found.shape == (16, 1024)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    altered = [(each[10:-6, 4:-12] * 0.8).astype(np.uint8) for each in pictures]
    nearest = (model.encode(altered) @ found.T).argmax(1)
    assert (nearest == np.arange(16)).mean() >= 0.8
    assert embedders.examine(thin_resnet.NAME).fingerprint == model.fingerprint
    with pytest.raises(ModelError, match="knows no words"):
        model.encode_text("a circle")
