"""explorer.embedding.saved_model.names: such a folder is a program, which a person has to let run."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer import Library, embedding
from explorer.embedding.saved_model.names import confirmed, trusted
from explorer.errors import ModelError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model" / "variables").mkdir(parents=True)
    (tmp_path / "model" / "saved_model.pb").write_bytes(b"graph")
    (tmp_path / "model" / "variables" / "variables.index").write_bytes(b"numbers")
    return tmp_path / "model"


def test_without_a_confirmation_it_is_said_what_it_is_and_how_to_confirm(folder: Path) -> None:
    with pytest.raises(ModelError, match="which is a program") as found:
        embedding.examine(f"savedmodel:{folder}")
    asked = str(found.value).partition("name it ")[2]
    assert asked == confirmed(f"savedmodel:{folder}")
    assert trusted(asked).path == folder


@pytest.mark.parametrize("file", ["saved_model.pb", "variables/variables.index", "assets/words.txt"])
def test_a_confirmation_holds_for_these_files_and_no_others(folder: Path, file: str) -> None:
    name = confirmed(f"savedmodel:{folder}")
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_bytes(b"something else, longer")
    with pytest.raises(ModelError, match="are others than those that you said you trust"):
        embedding.examine(name)
    assert confirmed(name) != name
    assert trusted(confirmed(name)).path == folder


def test_another_folder_is_none(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no SavedModel"):
        embedding.examine(f"savedmodel:{tmp_path}")


def test_settings_say_it_too(folder: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.change_settings(model=f"savedmodel:{folder}")
        assert "which is a program" in " ".join(library.models.explain())
