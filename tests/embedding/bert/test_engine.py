"""Texts of like length are embedded together: it spares padding, and our BERT asks for the shortest first."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from explorer.embedding.bert.engine import TOKENS_AT_LEAST, TOKENS_AT_ONCE, batches
from explorer.embedding.bert.model import FastModel
from tests.embedding.test_cache import working
from tests.folders import eventually, prose, write


@pytest.mark.parametrize("threads", [1, 2, 16])
@pytest.mark.parametrize("texts", [1, 8, 500])
def test_a_pass_holds_texts_of_like_length(threads: int, texts: int) -> None:
    draw = random.Random(texts)
    lengths = [draw.randint(3, 256) for _ in range(texts)]
    found = batches(lengths, threads)
    order = [i for batch in found for i in batch]
    assert sorted(order) == list(range(texts))
    assert [lengths[i] for i in order] == sorted(lengths)
    tokens = [sum(lengths[i] for i in batch) for batch in found]
    assert max(tokens) <= TOKENS_AT_ONCE + 256
    if sum(lengths) >= threads * TOKENS_AT_LEAST:
        assert len(found) >= threads


def test_passages_of_a_document_are_embedded_shortest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sections = [f"# Part {n}\n\n{' '.join(prose(n, 9).split()[: 10 + 37 * n % 80])}." for n in range(30)]
    calls: list[list[int]] = []
    really = FastModel.encode

    def encode(self: FastModel, texts: Sequence[str], *check: object) -> np.ndarray:
        calls.append([len(text) for text in texts])
        return really(self, texts)

    monkeypatch.setattr(FastModel, "encode", encode)
    with working(tmp_path / "library") as (catalog, _):
        (path,) = write(tmp_path, parts_md="\n\n".join(sections))
        catalog.jobs.enqueue("add", "parts.md", source=str(path))
        eventually(lambda: catalog.documents.counts().documents == 1)
    lengths = [length for call in calls for length in call]
    assert len(calls) > 2
    assert len(set(lengths)) > 10
    assert lengths == sorted(lengths)
