"""explorer.worker.chosen_store: what the settings name now, by whom, and whose key goes where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.addresses import Keys
from explorer.catalog import Catalog
from explorer.errors import SettingError
from explorer.stores import StoreChoice
from explorer.worker.chosen_store import ChosenStore

HERE = "http://127.0.0.1:6333"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "library") as catalog:
        yield catalog


def test_the_environment_goes_before_a_page_and_that_before_the_default(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = ChosenStore(catalog, Keys())
    assert chosen.now() == StoreChoice("chroma")
    catalog.settings.change({"store": "qdrant_server", "store_url": HERE})
    assert chosen.now() == StoreChoice("qdrant_server", HERE)
    monkeypatch.setenv("EXPLORER_STORE", "none")
    assert chosen.now() == StoreChoice("none")


def test_what_a_page_chose_that_is_no_more_is_passed_over(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = ChosenStore(catalog, Keys())
    catalog.settings.change({"store": "gone"})
    assert chosen.now() == StoreChoice("chroma")
    monkeypatch.setenv("EXPLORER_STORE_URL", "nonsense")
    with pytest.raises(SettingError, match="store_url"):
        chosen.now()


def test_a_key_goes_to_the_address_that_it_is_for(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Keys()
    chosen = ChosenStore(catalog, keys)
    monkeypatch.setenv("EXPLORER_STORE_KEY", "of the environment")
    catalog.settings.change({"store": "qdrant_server", "store_url": HERE})
    assert chosen.key_of(HERE) is None, "the environment does not name this address"
    keys.set(HERE, "typed")
    assert chosen.key_of(HERE) == "typed"
    monkeypatch.setenv("EXPLORER_STORE_URL", "https://store.example")
    assert chosen.key_of("https://store.example") == "of the environment"
    assert chosen.key_of("https://elsewhere.example") is None
