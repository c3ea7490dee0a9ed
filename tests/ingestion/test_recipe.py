"""When the settings ask for another index than the one that is searched."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.catalog import Catalog, Generation
from explorer.embedding import identify
from explorer.ingestion import recipe
from explorer.settings import Settings


def live(catalog: Catalog, settings: Settings, **other: Any) -> Generation:
    """The index that was made with these settings, but for what is given by name."""
    precision, fingerprint = identify(settings.embedder)
    made = {**recipe.wanted(settings), **other}
    return catalog.generations.ensure_live(made, settings.embedder, 384, precision, fingerprint)


def test_an_index_made_by_these_settings_needs_no_redo(catalog: Catalog) -> None:
    assert recipe.differences(None, Settings()) == ()
    assert recipe.differences(live(catalog, Settings()), Settings()) == ()


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"reader": recipe.READER - 1}, "reader"),
        ({"chunker": recipe.CHUNKER - 1}, "chunking"),
        ({"chunk_tokens": 17}, "chunking"),
    ],
)
def test_what_was_made_otherwise_is_named(catalog: Catalog, other: dict[str, int], named: str) -> None:
    assert recipe.differences(live(catalog, Settings(), **other), Settings()) == (named,)


def test_a_server_that_reads_fewer_tokens_than_before_is_listened_to_at_once(catalog: Catalog) -> None:
    then = live(catalog, Settings(), embed_tokens=512)
    assert recipe.tokens_read(then, Settings(embed_tokens=256)) == 256
    assert recipe.tokens_read(then, Settings(embed_tokens=1024)) == 512
