"""explorer.embedding.saved_model: opened apart, without network, and only once a person said so.

Runs explorer.embedding.saved_model.model, explorer.embedding.saved_model.process and
explorer.embedding.saved_model.__main__, with tiny models that TensorFlow makes here.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from explorer import Library, embedding
from explorer.embedding.saved_model import model as models
from explorer.embedding.saved_model.names import confirmed
from explorer.embedding.saved_model.process import SavedModelProcess
from explorer.errors import ModelError
from tests.embedding.saved_model.tiny import DIMENSION, save_encoder, save_signature_only

pytestmark = pytest.mark.extras("savedmodel")

TEXTS = ["whales eat krill", "the rent is due", "whales dive"]


def loaded(folder: Path) -> embedding.EmbeddingModel:
    return embedding.load(confirmed(f"savedmodel:{folder}"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_encoder(tmp_path_factory.mktemp("models") / "encoder")


def test_vectors_are_what_tensorflow_gives(folder: Path) -> None:
    import tensorflow as tf

    ours = loaded(folder)
    theirs = tf.saved_model.load(str(folder))(tf.constant(TEXTS)).numpy()
    assert ours.dimension == DIMENSION
    np.testing.assert_allclose(
        ours.encode(TEXTS), theirs / np.linalg.norm(theirs, axis=1, keepdims=True), atol=1e-5
    )
    assert (
        ours.encode_query(TEXTS[0]) @ ours.encode(TEXTS)[2]
        > ours.encode_query(TEXTS[0]) @ ours.encode(TEXTS)[1]
    )


def test_an_empty_text_gives_zeros(folder: Path) -> None:
    vectors = loaded(folder).encode(["", " \n", "whales"])
    assert not vectors[:2].any()
    assert np.isclose(np.linalg.norm(vectors[2]), 1)


@pytest.mark.parametrize("gives", ["outputs", "two", "tokens"])
def test_what_it_gives_is_found_or_the_fault_is_said(gives: str, folder: Path, tmp_path: Path) -> None:
    other = save_encoder(tmp_path / gives, gives=gives)
    if gives == "outputs":
        np.testing.assert_allclose(loaded(other).encode(TEXTS), loaded(folder).encode(TEXTS), atol=1e-5)
        return
    said = "gives a, b" if gives == "two" else "3 dimensions"
    with pytest.raises(ModelError, match=said):
        loaded(other)


def test_a_signature_for_serving_will_do(tmp_path: Path) -> None:
    assert loaded(save_signature_only(tmp_path / "served")).dimension == 2


def test_nothing_runs_before_a_person_said_so(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    folder = save_encoder(tmp_path / "model", canary=canary)
    canary.unlink(missing_ok=True)
    with pytest.raises(ModelError, match="which is a program"):
        embedding.load(f"savedmodel:{folder}")
    assert not canary.exists()
    loaded(folder)
    assert canary.read_text() == "it ran", "such a folder is a program indeed"


def test_where_the_network_cannot_be_left_nothing_is_opened(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import ctypes\n"
        "real = ctypes.CDLL\n"
        "class Without(real):\n"
        "    def unshare(self, flags):\n"
        "        return -1\n"
        "ctypes.CDLL = Without\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ModelError, match="cannot keep a process off the network"):
        loaded(folder)


def test_its_process_sees_no_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_CHAT_KEY", "canary-key")
    process = SavedModelProcess(folder)
    try:
        process.rows(["x"])
        environment = Path(f"/proc/{process._process.pid}/environ").read_bytes()
        assert b"canary-key" not in environment and b"HOME=" not in environment
        own, its = (Path(f"/proc/{pid}/ns/net").readlink() for pid in (os.getpid(), process._process.pid))
        assert own != its
    finally:
        process.end()


def test_a_process_that_ends_is_said_and_the_model_is_loaded_anew(folder: Path) -> None:
    model = loaded(folder)
    assert isinstance(model, models.SavedModel)
    assert not model.has_changed()
    os.kill(model._process._process.pid, signal.SIGKILL)
    with pytest.raises(ModelError, match="could not compute: its process ended"):
        model.encode(TEXTS)
    assert model.has_changed()


def test_it_serves_a_library(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "whales.txt").write_text("Whales eat krill in cold water.")
    (tmp_path / "rent.txt").write_text("The rent is due on the first of each month.")
    with Library(tmp_path / "library") as library:
        library.change_settings(model=confirmed(f"savedmodel:{folder}"))
        outcomes = library.add([tmp_path / "whales.txt", tmp_path / "rent.txt"])
        assert [one.status for one in outcomes] == ["added", "added"]
        assert library.search("krill", 1, "semantic")[0].document.name == "whales.txt"
