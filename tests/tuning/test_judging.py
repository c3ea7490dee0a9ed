"""explorer.tuning.judging: ranks, intervals over documents, and what many trials cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from explorer import embedding
from explorer.evaluation import bootstrap
from explorer.tuning import judging
from explorer.tuning.pairs import Pair

PAIRS = [
    Pair("a", "heading", "food of whales", "Whales eat krill in cold water."),
    Pair("a", "heading", "when the rent is due", "The tenant pays on the first of each month."),
    Pair("b", "title", "baking", "Bread rises slowly in a cold kitchen."),
    Pair("b", "title", "baking", "Sourdough is baked at 240 degrees."),
    Pair("c", "neighbour", "Whales eat krill in cold water.", "They dive for many minutes."),
]


def test_the_right_passage_is_looked_for_among_all() -> None:
    found = judging.reciprocal_ranks(embedding.load(precision="float32"), PAIRS)
    assert found[:4] == [1, 1, 1, 1]
    assert 0 < found[4] <= 1, "a passage that asks is not its own answer"


def test_a_model_that_finds_nothing_gets_nothing() -> None:
    class Turned:
        """Questions stand opposite to what they ask for."""

        def encode(self, texts: Sequence[str]) -> np.ndarray:
            right = {pair.passage for pair in PAIRS[:1]}
            return np.array([[1, 0] if text in right else [0, 1] for text in texts], np.float32)

        def encode_query(self, text: str) -> np.ndarray:
            return np.array([-1, 0], np.float32)

    many = [*PAIRS[:1], *(Pair("x", "heading", f"q{n}", f"p{n}") for n in range(12))]
    assert judging.reciprocal_ranks(Turned(), many)[0] == 0  # type: ignore[arg-type]


def test_every_kind_has_a_line_behind_that_of_all() -> None:
    before, after = [0.0] * 5, [0.5, 0.5, 1.0, 1.0, 0.0]
    whole, *kinds = judging.compare(PAIRS, before, after, 0.95)
    assert (whole.kind, whole.questions, whole.documents) == ("all", 5, 3)
    assert whole.after == pytest.approx((0.5 + 1 + 0) / 3), "documents count alike, however many questions"
    assert [one.kind for one in kinds] == ["heading", "neighbour", "title"]
    assert kinds[0].low == -np.inf, "one document alone says nothing"


def test_the_interval_of_few_documents_holds_the_true_mean_as_often_as_it_says() -> None:
    """That of plain percentiles does not: of six values it holds it 86 times of 100."""
    chance = np.random.default_rng(5)
    ours = plain = 0
    for _ in range(300):
        values = chance.normal(size=6)
        low, high = judging.interval(values.tolist(), 0.95)
        ours += low <= 0 <= high
        low, high = bootstrap(values.tolist())
        plain += low <= 0 <= high
    assert plain / 300 < 0.91
    assert ours / 300 > 0.93


def test_no_change_is_not_better() -> None:
    assert judging.interval([0.0] * 20, 0.95) == (0, 0)


def test_the_risks_of_all_trials_stay_below_five_percent() -> None:
    risks = [1 - judging.confidence(number) for number in range(1, 2000)]
    assert risks == sorted(risks, reverse=True)
    assert risks[0] == pytest.approx(0.025)
    assert 0.049 < sum(risks) < 0.05
