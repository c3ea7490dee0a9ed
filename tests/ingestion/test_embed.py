"""Embedding what a document lacks: nothing twice, and a kill costs one batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from explorer.catalog import Catalog, Model
from explorer.embedding.loaded import LoadedModels
from explorer.ingestion.embed import embed_missing
from tests.catalog.making import DIMENSION, generation

NUMBER = 200


class Counting:
    """Stands for the models: gives a vector for each text and counts them."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def model(self, _wanted: Any) -> Any:
        return SimpleNamespace(texts_at_once=16)

    def passages(self, _model: Any, texts: Sequence[str], *, check: Callable[[], None]) -> Any:
        check()
        self.texts += texts
        return np.full((len(texts), DIMENSION), 0.5, np.float32)


class Killed(BaseException):
    pass


def texts() -> dict[bytes, tuple[str, ...]]:
    made = [f"text {number}" for number in range(NUMBER)]
    return {hashlib.sha256(text.encode()).digest(): (text,) for text in made}


def embed(catalog: Catalog, counting: Counting, model: Model, show: Callable[[int], None]) -> None:
    wanted = texts()
    embed_missing(
        catalog, cast("LoadedModels", counting), model, wanted, list(wanted), show=show, check=lambda: None
    )


def test_after_a_kill_at_most_one_batch_is_embedded_again(catalog: Catalog) -> None:
    model, counting = generation(catalog).model, Counting()

    def kill(left: int) -> None:
        if left < 50:
            raise Killed

    with pytest.raises(Killed):
        embed(catalog, counting, model, kill)
    before = len(counting.texts)
    left: list[int] = []
    embed(catalog, counting, model, left.append)
    assert before + len(counting.texts[before:]) <= NUMBER + 64
    assert left[0] == len(counting.texts) - before
    assert left[-1] == 0
    again = Counting()
    embed(catalog, again, model, left.append)
    assert again.texts == []
