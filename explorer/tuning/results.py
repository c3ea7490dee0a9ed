"""What a training is asked for, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FEWEST_DOCUMENTS = 10
"""With fewer there is not enough to train on and to judge by."""

USUAL_RATE = 2e-5
"""Models that were trained well already want this little."""


@dataclass(frozen=True, slots=True)
class TuningPlan:
    """How a model is trained. The same plan, library and machine give the same model."""

    questions: Path | None = None
    """A file of questions with their places, as `evaluate` takes; None makes pairs from the documents."""
    steps: int = 60
    """At most so many steps of 16 pairs."""
    seed: int = 1
    rate: float = USUAL_RATE
    """How far a step goes."""


@dataclass(frozen=True, slots=True)
class TuningProgress:
    """How far a training is."""

    step: str
    """What is being done, as words."""
    done: int
    all: int
    share: float
    """Of the whole, about; 0 to 1."""
    seconds_left: float | None = None
    """None until enough is done to tell."""


OnTuned = Callable[[TuningProgress], None]
"""What it raises stops the training."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How well two models find the right passage, over the questions of one kind from held-out documents."""

    kind: str
    """"all", or where the questions came from: "title", "heading", "neighbour", "question"."""
    before: float
    """The mean over documents of the mean reciprocal rank among the first ten, 0 to 1."""
    after: float
    low: float
    """The bounds of the interval of `after - before`."""
    high: float
    questions: int
    documents: int

    @property
    def difference(self) -> float:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Trial:
    """A training that was judged."""

    number: int
    """Counts from 1 in each library."""
    base: str
    """The model that was trained further, as Settings name it."""
    made_at: str
    """The moment, in ISO 8601."""
    seed: int
    rate: float
    pairs: int
    """How many pairs it was trained on."""
    documents: int
    """How many documents these came from; none of them is among those it was judged by."""
    steps: int
    confidence: float
    """Of the intervals, 0 to 1. Each further trial on a library has a higher one (`judging.confidence`)."""
    compared: tuple[Compared, ...]
    """The one of all kinds first, which decides."""
    seconds: float
    memory: int
    """The most bytes that its process held."""
    name: str | None
    """By which the new model can be asked for; None where it was not kept."""

    @property
    def is_better(self) -> bool:
        """Whether the whole interval is above 0."""
        return self.compared[0].low > 0

    def lines(self) -> tuple[str, ...]:
        """What came of it, in words."""
        whole = self.compared[0]
        verdict = "Better" if self.is_better else "Not better, so nothing was changed; here is the proof"
        return (
            f"{verdict}: on {_counted(whole.documents, 'document')} that it was not trained on, the right "
            f"passage stands at a mean reciprocal rank of {whole.after:.3f} instead of {whole.before:.3f}, a "
            f"difference of {whole.difference:+.3f} ({self.confidence:.1%} interval: {whole.low:+.3f} to "
            f"{whole.high:+.3f}; {_counted(whole.questions, 'question')}).",
            *(
                f"{one.kind}: {one.before:.3f} to {one.after:.3f} ({one.low:+.3f} to {one.high:+.3f}; "
                f"{_counted(one.questions, 'question')})"
                for one in self.compared[1:]
            ),
            f"Trained on {_counted(self.pairs, 'pair')} of {_counted(self.documents, 'document')} in "
            f"{_counted(self.steps, 'step')}, {self.seconds / 60:.1f} minutes and "
            f"{self.memory / 1e6:,.0f} MB.",
        )


def trial_of(row: Mapping[str, Any]) -> Trial:
    """The trial that `asdict` made a row of. Raises KeyError and TypeError where it is none."""
    compared = tuple(Compared(**one) for one in row["compared"])
    return Trial(**{**row, "compared": compared})


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
