"""Training an embedding model on pairs: a plain loop around the loss of sentence-transformers.

MultipleNegativesRankingLoss (Henderson and others: Efficient Natural Language Response Suggestion, 2017): of
all passages of a batch each question has to find its own. The package's trainer would want two more packages
(accelerate, datasets) for what these few lines do.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explorer.errors import ModelError
from explorer.tuning.pairs import Pair, plain
from explorer.tuning.results import USUAL_RATE

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 16
_WARM_UP = 10
"""One step of ten is taken while the rate still grows."""
_MOST_EPOCHS = 3
_TOKENS = 128
"""Longer texts are cut while training, which costs memory by the square of their length."""
_CLIP = 1.0
_DECAY = 0.01


@dataclass(frozen=True, slots=True)
class Example:
    """A pair, and a passage that is not meant."""

    pair: Pair
    negative: str | None = None


def steps_for(examples: int, most: int) -> int:
    """How many steps are taken: no example is seen more than three times."""
    return max(1, min(most, _MOST_EPOCHS * math.ceil(examples / BATCH)))


def batches(examples: Sequence[Example], steps: int, seed: int) -> Iterator[list[Example]]:
    """So many batches of at most 16, in none of which a question or a passage stands twice: it would be a
    wrong answer to itself. In a batch either all examples have a negative or none has."""
    chance = random.Random(seed)  # noqa: S311
    waiting: list[Example] = []
    for _ in range(steps):
        batch: list[Example] = []
        taken: set[str] = set()
        left: list[Example] = []
        for drawn in range(2):  # what is left of one epoch goes before the next one
            for example in waiting:
                texts = {plain(example.pair.query), plain(example.pair.passage)}
                is_alike = not batch or (batch[0].negative is None) == (example.negative is None)
                if len(batch) < BATCH and is_alike and not texts & taken:
                    batch.append(example)
                    taken |= texts
                else:
                    left.append(example)
            waiting = []
            if len(batch) < BATCH and not drawn:
                waiting = chance.sample(list(examples), len(examples))
        waiting = left
        yield batch


def train(
    model: SentenceTransformer,
    examples: Sequence[Example],
    steps: int,
    seed: int,
    *,
    rate: float = USUAL_RATE,
    in_bfloat16: bool = False,
    on_done: Callable[[int, int], None] = lambda _d, _a: None,
) -> None:
    """Train the model, which computes in float32, in place. `on_done` is told how many steps are done, and
    all. Raises ModelError: the numbers left all bounds.

    `in_bfloat16`: whether products are computed in it, for processors that do so more quickly.
    """
    import torch
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    torch.manual_seed(seed)
    loss = MultipleNegativesRankingLoss(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    reads = model.max_seq_length
    model.max_seq_length = min(reads or _TOKENS, _TOKENS)
    model.train()
    for number, batch in enumerate(batches(examples, steps, seed), 1):
        with torch.autocast("cpu", torch.bfloat16, enabled=in_bfloat16):
            value = loss([model.preprocess(texts) for texts in _columns(model, batch)], None)
        if not torch.isfinite(value):
            raise ModelError("The training left all bounds, so nothing was kept of it. Try another seed.")
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), _CLIP)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        on_done(number, steps)
    model.eval()
    model.max_seq_length = reads


def _columns(model: SentenceTransformer, batch: Sequence[Example]) -> list[list[str]]:
    """Questions, passages and, where they have one, negatives, each with the model's prompt before it."""
    asked, given = _prompts(model.prompts)
    columns = [
        [asked + one.pair.query for one in batch],
        [given + one.pair.passage for one in batch],
    ]
    negatives = [given + one.negative for one in batch if one.negative is not None]
    return [*columns, negatives] if negatives else columns


def _prompts(prompts: dict[str, Any]) -> tuple[str, str]:
    """What goes before questions and passages."""
    return str(prompts.get("query") or ""), str(prompts.get("document") or "")


def _rate(step: int, steps: int) -> float:
    """The share of the full rate at a step: up in a tenth of all steps, then down to nothing."""
    warm = max(1, steps // _WARM_UP)
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))
