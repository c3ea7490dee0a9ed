"""explorer.worker.outgoing: which addresses are set up, by the settings and by the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.worker import outgoing


def test_settings_environment_and_index_each_set_some_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalog(tmp_path / "library") as catalog:
        assert outgoing.set_up(catalog) == {}
        catalog.generations.ensure_live({"test": 1}, "tiny at http://127.0.0.1:9/v1", 8, "server")
        catalog.settings.change({"embed_url": "https://new.example/v1/", "embed_model": "m"})
        monkeypatch.setenv("EXPLORER_CHAT_URL", "http://localhost:11434/v1")
        assert outgoing.set_up(catalog) == {
            ("chat", "http://localhost:11434/v1"): "environment",
            ("embed", "https://new.example/v1"): "page",
            ("embed", "http://127.0.0.1:9/v1"): "index",
        }
        outgoing.note(catalog)
        assert [one.since is not None for one in catalog.contacts.all()] == [True] * 3


def test_the_server_of_a_vector_store_is_one_where_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalog(tmp_path / "library") as catalog:
        monkeypatch.setenv("EXPLORER_STORE_URL", "postgresql://me@localhost/vectors")
        assert outgoing.set_up(catalog) == {}, "no store asks it"
        monkeypatch.setenv("EXPLORER_STORE", "pgvector")
        assert outgoing.set_up(catalog) == {("store", "postgresql://localhost/vectors"): "environment"}
