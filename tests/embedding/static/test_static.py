"""Static models: explorer.embedding.static.model, explorer.embedding.static.distilling and
explorer.cli.distill."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from explorer import Library, embedding
from explorer.cli import commands
from explorer.embedding import folder as folders
from explorer.embedding import registry
from explorer.embedding.static import model as static_model
from explorer.embedding.static.distilling import distil, place_in
from explorer.embedding.static.model import StaticEmbedder
from explorer.embedding.tuned import STATIC
from explorer.errors import ModelError
from tests.embedding.static.written import write_static
from tests.tuning.two_tongues import tiny_model

TEXTS = ["whales eat krill", "the tenant pays rent", "krill", "zebras 🙂 and 日本語"]


def by_their_package(folder: Path) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    return np.asarray(model.encode(TEXTS, normalize_embeddings=True))


def test_a_folder_that_was_written_elsewhere_is_read_as_its_package_reads_it(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "model", TEXTS)
    model = embedding.load(str(folder))
    assert (model.precision, model.dimension) == ("float32", 32)
    np.testing.assert_allclose(model.encode(TEXTS), by_their_package(folder), atol=1e-5)
    cut = embedding.load(f"{folder} | dimensions=16")
    assert cut.dimension == 16
    assert cut.fingerprint != model.fingerprint


def test_weights_and_a_mapping_beside_the_table_count(tmp_path: Path) -> None:
    """As model2vec keeps them; the same model has the same vectors, however it is kept."""
    folder = write_static(tmp_path / "model", TEXTS)
    plain = embedding.load(str(folder)).encode(TEXTS)
    table = load_file(folder / "model.safetensors")["embedding.weight"]
    weights = np.linspace(0.5, 2, len(table)).astype(np.float32)
    order = np.arange(len(table))[::-1].astype(np.int64)
    kept = {
        "embeddings": np.ascontiguousarray((table / weights[:, None])[::-1]),
        "weights": weights,
        "mapping": np.ascontiguousarray(order),
    }
    save_file(kept, folder / "model.safetensors")
    np.testing.assert_allclose(embedding.load(str(folder)).encode(TEXTS), plain, atol=1e-5)
    np.testing.assert_allclose(by_their_package(folder), plain, atol=1e-5)


def test_what_is_damaged_is_said(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "model", TEXTS)
    table = load_file(folder / "model.safetensors")["embedding.weight"]
    save_file({"embedding.weight": np.ascontiguousarray(table[:-1])}, folder / "model.safetensors")
    with pytest.raises(ModelError, match="do not belong together"):
        embedding.load(str(folder))
    save_file({"other": table}, folder / "model.safetensors")
    with pytest.raises(ModelError, match="holds no table of vectors"):
        embedding.load(str(folder))
    (folder / "model.safetensors").write_bytes(b"none")
    with pytest.raises(ModelError, match="cannot be loaded"):
        embedding.load(str(folder))


def test_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """Files without content here, which take no room: whoever reads one notices."""
    folder = write_static(tmp_path / "model", TEXTS)
    for name, most in (
        ("model.safetensors", static_model.WEIGHTS_MB),
        ("tokenizer.json", static_model.TOKENIZER_MB),
        ("config_sentence_transformers.json", folders.JSON_MB),
    ):
        kept = (folder / name).read_bytes()
        os.truncate(folder / name, (most << 20) + 1)
        for asked in (embedding.examine, embedding.identify, embedding.load):
            with pytest.raises(ModelError, match=f"{name} takes more than"):
                asked(str(folder))
        (folder / name).write_bytes(kept)
    assert embedding.load(str(folder)).dimension == 32


def test_a_small_file_that_makes_a_huge_table_is_refused(tmp_path: Path) -> None:
    """The one row of the file for 20 million tokens would take 25 GB."""
    folder = write_static(tmp_path / "model", TEXTS)
    many = {"embeddings": np.ones((1, 320), np.float32), "mapping": np.zeros(20_000_000, np.int8)}
    save_file(many, folder / "model.safetensors")
    tracemalloc.start()
    try:
        with pytest.raises(ModelError, match="more than 600,000,000 numbers"):
            embedding.load(str(folder))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_only_what_it_can_is_asked_of_it(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "model", TEXTS)
    embedder = StaticEmbedder()
    assert embedder.takes(STATIC) and embedder.takes(str(folder))
    assert not embedder.takes("all-MiniLM-L6-v2") and not embedder.takes(str(tmp_path))
    assert not embedder.takes(f'{folder} | query="ask: "'), "the package that knows prompts reads it"
    with pytest.raises(ModelError, match="only adds up vectors"):
        embedding.examine(f"{folder} | precision=int8")
    with pytest.raises(ModelError, match="gives 32 numbers"):
        embedding.load(f"{folder} | dimensions=64")
    with pytest.raises(ModelError, match="cannot be trained further"):
        registry.folder_of(str(folder))
    with pytest.raises(ModelError, match="python -m explorer distill"):
        embedding.examine(STATIC, tmp_path)


def test_the_library_s_own_finds_and_is_remembered(tmp_path: Path) -> None:
    """Its folder is in the library; a library that moves takes it along."""
    (tmp_path / "text.md").write_text("whales eat krill", encoding="utf-8")
    with Library(tmp_path / "library") as library:
        write_static(place_in(library.folder), TEXTS)
        library.change_settings(model=STATIC)
        assert library.add([tmp_path / "text.md"])[0].status == "added"
        (hit,) = library.search("krill", 1, "semantic")
        assert hit.document.name == "text.md"
        live = library.models.live()
        assert live is not None and live.model.name == STATIC
        offered = {one.model.name: one for one in library.models.offered()}
        assert offered[STATIC].is_here


def test_without_the_extra_the_command_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from explorer import extras

    monkeypatch.setattr(extras.Extra, "is_installed", property(lambda _self: False))
    with Library(tmp_path / "library"):
        pass
    assert commands.main(["distill", "--library", str(tmp_path / "library")]) == 1
    assert "python start.py --with static" in capsys.readouterr().err
    with Library(tmp_path / "library") as library:
        offered = {one.model.name: one for one in library.models.offered()}[STATIC]
    assert not offered.is_here and not offered.is_made_next
    assert offered.command == "python start.py --with static"


@pytest.mark.extras("static")
def test_one_is_made_of_the_library_s_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ours, sentence-transformers' and model2vec's vectors of it are the same, after saving too."""
    tiny = tiny_model(tmp_path)
    with Library(tmp_path / "library") as library:
        library.change_settings(model=str(tiny))
    arguments = ["distill", "--library", str(tmp_path / "library"), "--dimensions", "32", "--json"]
    assert commands.main(arguments) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["model"], said["from"]) == (STATIC, str(tiny))
    folder = place_in(tmp_path / "library")
    assert said["folder"] == str(folder)

    from model2vec import StaticModel as DistilledModel

    ours = embedding.load(STATIC, library=tmp_path / "library")
    vectors = ours.encode(TEXTS)
    assert ours.dimension == 32
    for theirs in (by_their_package(folder), DistilledModel.from_pretrained(folder).encode(TEXTS)):
        assert ((vectors * theirs).sum(axis=1) > 0.999).all(), "they add up in half precision"
    words = ["water", "bread", "house", "river", "music", "winter", "garden", "doctor", "paper", "engine"]
    single = embedding.load(str(tiny)).encode(words)
    single -= single.mean(axis=0)  # as principal components are of what differs
    single /= np.linalg.norm(single, axis=1, keepdims=True)
    made, pairs = ours.encode(words), np.triu_indices(len(words), 1)
    agreement = np.corrcoef((made @ made.T)[pairs], (single @ single.T)[pairs])[0, 1]
    assert agreement > 0.5, "a table that was saved scrambled has nothing of the model"

    # Made once more it takes the place of the first; what isn't one is left alone.
    assert commands.main(arguments) == 0
    assert sorted(path.name for path in folder.parent.iterdir()) == ["static"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(ModelError, match="holds something else"):
        distil(str(tiny), tmp_path / "mine")
    with pytest.raises(ModelError, match="no folder"):
        distil("word2vec:library", tmp_path / "other", library=tmp_path / "library")
