"""explorer.tuning.training: batches, the loop and what it leaves alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from explorer.embedding.options import ModelOptions
from explorer.embedding.sentence_transformers import opened
from explorer.errors import ModelError
from explorer.tuning import training
from explorer.tuning.pairs import Pair
from explorer.tuning.training import BATCH, Example, batches, steps_for
from tests.tuning.two_tongues import ASKED, MEANT, tiny_model

EXAMPLES = [
    Example(Pair("d", "heading", f"{a} {b}", f"{c} {d} " * 3), f"{d} {a}")
    for (a, c), (b, d) in [
        (one, other)
        for one in zip(ASKED, MEANT, strict=True)
        for other in zip(ASKED, MEANT, strict=True)
        if one != other
    ]
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("tiny"))


def weights(model: Any) -> float:
    return float(sum(parameter.detach().double().sum() for parameter in model.parameters()))


def test_no_batch_holds_a_text_twice_and_every_example_has_its_turn() -> None:
    twins = [
        *EXAMPLES[:40],
        *(Example(Pair("e", "heading", one.pair.query, "other")) for one in EXAMPLES[:20]),
    ]
    seen: Counter[int] = Counter()
    for batch in batches(twins, 12, seed=1):
        assert 0 < len(batch) <= BATCH
        queries = [one.pair.query for one in batch]
        assert len(set(queries)) == len(queries)
        seen.update(id(one) for one in batch)
    assert len(seen) >= 40
    assert list(batches(twins, 3, seed=1)) == list(batches(twins, 3, seed=1))


def test_few_examples_are_not_seen_more_than_three_times() -> None:
    assert steps_for(16, most=60) == 3
    assert steps_for(2000, most=60) == 60


def test_the_same_seed_makes_the_same_model(tiny: Path) -> None:
    found = []
    for seed in (1, 1, 2):
        model = opened(tiny, ModelOptions(), "float32", "cpu")
        told: list[tuple[int, int]] = []
        training.train(
            model,
            EXAMPLES,
            3,
            seed,
            rate=1e-3,
            on_done=lambda done, whole, told=told: told.append((done, whole)),
        )
        assert told == [(1, 3), (2, 3), (3, 3)]
        assert model.max_seq_length == 96, "texts are cut while training only"
        found.append(weights(model))
    assert found[0] == found[1] != found[2]


def test_a_training_that_leaves_all_bounds_ends(tiny: Path) -> None:
    model = opened(tiny, ModelOptions(), "float32", "cpu")
    with pytest.raises(ModelError, match="left all bounds"):
        training.train(model, EXAMPLES, 30, 1, rate=float("inf"))


def test_prompts_go_before_questions_and_passages(tiny: Path) -> None:
    model = opened(tiny, ModelOptions(query="ask: ", passage="text: "), "float32", "cpu")
    assert training._columns(model, EXAMPLES[:1]) == [
        [f"ask: {EXAMPLES[0].pair.query}"],
        [f"text: {EXAMPLES[0].pair.passage}"],
        [f"text: {EXAMPLES[0].negative}"],
    ]
    bare = [Example(EXAMPLES[1].pair)]
    assert len(training._columns(model, bare)) == 2
    mixed = [*EXAMPLES[:20], *(Example(one.pair) for one in EXAMPLES[20:40])]
    for batch in batches(mixed, 6, seed=1):
        assert len({one.negative is None for one in batch}) == 1
