"""The table of embedders: who is asked for which name, and what it takes to add one."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer import embedding
from explorer.embedding import embedders, registry
from explorer.embedding.loaded import LoadedModels
from explorer.errors import ModelError
from explorer.settings import Settings
from tests.embedding.word_vectors import WordVectors, WordVectorsEmbedder, write_word_vectors


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A model of word vectors, for which there is a row at the head of the table."""
    rows = {"word-vectors": WordVectorsEmbedder, **embedders.EMBEDDERS}
    monkeypatch.setattr(embedders, "EMBEDDERS", rows)
    return str(write_word_vectors(tmp_path / "words", ["whale", "krill", "rent"]))


def test_a_row_is_all_that_a_new_embedder_takes(own: str) -> None:
    assert isinstance(embedding.load(own), WordVectors)
    assert embedding.identify(own) == ("float32", embedding.load(own).fingerprint)
    assert embedding.choose_for(own).reason == "its rows are stored in it"
    embedding.examine(own)
    assert not embedding.is_remote(own)


def test_the_worker_embeds_with_it(own: str) -> None:
    loaded = LoadedModels(lambda: Settings(model=own))
    passages = loaded.passages(own, ["a whale", "the rent"])
    assert (passages @ loaded.queries(own, ["whale"])[0]).argmax() == 0


def test_other_names_go_on_to_the_rows_below(own: str) -> None:
    assert embedding.load().name == embedding.DEFAULT_MODEL
    assert embedding.is_remote("tiny at http://127.0.0.1:9/v1")
    assert embedding.identify("tiny at http://127.0.0.1:9/v1")[0] == "server"


def test_a_folder_of_another_format_is_refused_without_its_row(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no weights as \.safetensors"):
        embedding.load(str(write_word_vectors(tmp_path, ["whale"])))


def test_a_name_that_no_row_takes_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "EMBEDDERS", {"word-vectors": WordVectorsEmbedder})
    for ask in (registry.load, registry.examine, registry.identify):
        with pytest.raises(ModelError, match="No embedder takes the model x; there are: word-vectors"):
            ask("x")
