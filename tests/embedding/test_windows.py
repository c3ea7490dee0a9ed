"""Passages longer than a model reads are embedded whole, by windows."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import pytest

from explorer import embedding
from explorer.embedding import EmbeddingModel, chunk_room, longest_chunk
from explorer.embedding.cache_key import embedding_key
from explorer.embedding.windows import mean_of_windows, texts_to_embed
from tests.folders import prose


@functools.cache
def model() -> EmbeddingModel:
    return embedding.load()


def vectors(*chunks: Sequence[str]) -> np.ndarray:
    return mean_of_windows(chunks, model().encode)


def test_a_passage_that_fits_is_one_text() -> None:
    assert texts_to_embed("Manual", ("Power",), "Plug it in.", model()) == ("Manual: Power: Plug it in.",)
    (text,) = texts_to_embed("n", (), "word " * chunk_room(model()), model())
    assert text == "n: " + "word " * chunk_room(model())


@pytest.mark.parametrize(
    "text", [prose(1, 60), "税务公告" * 300, "x" * 3000, "🙂" * 900, f"short {'y' * 2000} end", "a\n\n" * 900]
)
@pytest.mark.parametrize("name", ["", "Annual report", "n" * 400])
def test_windows_hold_every_letter_and_are_read_whole(text: str, name: str) -> None:
    found = texts_to_embed(name, (), text, model())
    assert max(model().count_tokens(found)) <= model().max_tokens
    prefix = f"{name}: " if name else ""
    if name != "n" * 400:  # whose prefix is cut
        joined = "".join(part.removeprefix(prefix) for part in found)
        assert "".join(joined.split()) == "".join(text.split())


def test_windows_are_about_equally_long() -> None:
    counts = model().count_tokens(texts_to_embed("Report", (), prose(2, 80), model()))
    assert len(counts) > 3
    assert max(counts) - min(counts) <= 20


def test_the_end_of_a_long_passage_is_found() -> None:
    end = "".join(
        f"In spring the keeper of lighthouse {n} paints every door of the fishing village blue. "
        for n in range(15)
    )
    text = prose(3, 45) + end
    assert model().count_tokens([text])[0] > 2.5 * model().max_tokens
    (whole,) = vectors(texts_to_embed("", (), text, model()))
    cut = model().encode([text])[0]
    question = model().encode_query("Who paints the doors blue?")
    assert np.isclose(np.linalg.norm(whole), 1, atol=1e-5)
    assert question @ whole > question @ cut + 0.05


def test_many_passages_at_once_are_as_each_by_itself() -> None:
    chunks = [texts_to_embed("d", (), text, model()) for text in ("one", prose(4, 40), "three", prose(5, 60))]
    together = vectors(*chunks)
    alone = np.concatenate([vectors(chunk) for chunk in chunks])
    assert together.shape == (4, 384)
    assert together.dtype == np.float32
    assert np.sum(together * alone, axis=1).min() > 0.9999


def test_the_key_follows_the_windows() -> None:
    assert embedding_key(["a", "b"]) != embedding_key(["a b"]) != embedding_key(["ab"])
    assert embedding_key(["a\ud800"]) == embedding_key(["a\ud800"])


def test_only_who_asks_for_long_passages_gets_them() -> None:
    room = chunk_room(model())
    assert longest_chunk(model(), 115) == longest_chunk(model(), room) == room
    assert longest_chunk(model(), 800) >= 1.4 * 800
