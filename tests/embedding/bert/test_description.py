"""What a folder says it holds: a plain BERT with mean pooling, or something for sentence-transformers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from explorer.embedding.bert.by_numpy import SingleBert
from explorer.embedding.bert.by_torch import Bert, BertConfig
from explorer.embedding.bert.description import WEIGHTS, describe
from explorer.embedding.bert.weights import Header
from explorer.embedding.places import DEFAULT_MODEL, find

BUNDLED = BertConfig(dimension=384, layers=6, heads=12, epsilon=1e-12, inner=1536, positions=512)


def test_the_bundled_model_is_described() -> None:
    assert describe(find(DEFAULT_MODEL)) == (BUNDLED, 256)


def test_a_folder_that_pools_otherwise_is_none_of_ours(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(find(DEFAULT_MODEL), folder, ignore=shutil.ignore_patterns(WEIGHTS))
    assert describe(folder) is None, "its weights are missing"
    (folder / WEIGHTS).touch()
    assert describe(folder) == (BUNDLED, 256)
    (pooling,) = folder.glob("1_*/config.json")
    pooling.write_text(json.dumps({"word_embedding_dimension": 384, "pooling_mode_cls_token": True}))
    assert describe(folder) is None


def test_the_header_tells_whether_the_weights_fit() -> None:
    header = Header.read(find(DEFAULT_MODEL) / WEIGHTS)
    assert header.is_readable
    header.check(BUNDLED, 30522)
    with pytest.raises(ValueError, match="30522 x 384 instead of 40000 x 384"):
        header.check(BUNDLED, 40_000)


def test_numpy_and_torch_give_the_same_vector() -> None:
    weights = find(DEFAULT_MODEL) / WEIGHTS
    ids = [101, 2054, 2079, 17967, 4521, 1029, 102]
    by_torch = Bert(weights, BUNDLED, "float32").encode([ids]).numpy()[0]
    np.testing.assert_allclose(SingleBert(weights, BUNDLED).encode(ids), by_torch, atol=1e-5)
