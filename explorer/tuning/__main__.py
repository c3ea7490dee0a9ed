"""The training process: `python -m explorer.tuning FOLDER PLAN`, with the plan as JSON, trains and judges.

It prints a line of JSON for its progress, one for an error or the number of the trial; `process` reads them.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import processes
from explorer.embedding import OFFLINE, choose_for, load
from explorer.embedding.options import ModelOptions, join_options, split_options
from explorer.embedding.registry import folder_of
from explorer.embedding.tuned import name_of
from explorer.errors import ExplorerError, ModelError
from explorer.tuning import judging, kept, negatives, training
from explorer.tuning.card import card
from explorer.tuning.pairs import Pair, pairs_of, split
from explorer.tuning.results import Trial, TuningPlan

if TYPE_CHECKING:
    from explorer.library import Library

_PAUSE = 0.25
_PASSES = 9
"""What training on an example costs beside embedding one text: three texts, forth and twice back."""
_READING, _SEARCHING = 0.03, 0.07
"""The shares of the whole that making pairs and looking for negatives are shown as."""


def main(arguments: Sequence[str]) -> int:
    """Train and judge: 0 when it is done, 1 when it failed, which was said."""
    given = json.loads(arguments[1])
    questions = Path(given["questions"]) if given["questions"] else None
    plan = TuningPlan(questions, int(given["steps"]), int(given["seed"]), float(given["rate"]))
    processes.leave_with_parent()
    os.environ.update(OFFLINE)
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)  # pages and questions come first; Windows has no nice
    try:
        from explorer.library import Library

        with Library(arguments[0]) as library, kept.training(library.folder):
            _say(trial=_run(library, plan).number)
    except MemoryError:
        _say(error="The model could not be trained: this machine has too little free memory for it.")
        return 1
    except ExplorerError as error:
        _say(error=str(error))
        return 1
    return 0


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be done."""

    base: str
    examples: tuple[training.Example, ...]
    held_out: tuple[Pair, ...]
    steps: int
    plan: TuningPlan

    @property
    def judging_share(self) -> float:
        """Of training and judging together, what judging once takes."""
        judged = 2 * len(self.held_out)
        return judged / (_PASSES * training.BATCH * self.steps + 2 * judged)


def _run(library: Library, plan: TuningPlan) -> Trial:
    """The trial, written down; its model is kept where it is better."""
    begun = time.monotonic()
    tell = _Teller(begun)
    work = _prepared(library, plan, tell)
    before, after = _train_and_judge(library, work, tell)
    if not library.documents():  # the library was erased: nothing of its words may come back
        raise ModelError("All documents were removed meanwhile, so nothing was kept of them.")
    number = len(kept.trials(library.folder)) + 1
    level = judging.confidence(number)
    compared = judging.compare(work.held_out, before, after, level)
    trial = Trial(
        number=number,
        base=work.base,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=plan.seed,
        rate=plan.rate,
        pairs=len(work.examples),
        documents=len({one.pair.document_id for one in work.examples}),
        steps=work.steps,
        confidence=level,
        compared=compared,
        seconds=time.monotonic() - begun,
        memory=_peak(),
        name=_as_set(name_of(number), work.base) if compared[0].low > 0 else None,
    )
    if trial.name is not None:
        kept.place_of_new(library.folder).joinpath("README.md").write_text(card(trial), encoding="utf-8")
        kept.take_over(library.folder, number)
    kept.add(library.folder, trial)
    return trial


def _prepared(library: Library, plan: TuningPlan, tell: _Teller) -> _Work:
    base = library.settings.embedder
    folder_of(base, library.folder)  # says at once where this model cannot be trained
    tell.phase("Making pairs", _READING)
    parts = split(pairs_of(library, plan, tell.done), plan.seed)
    tell.phase("Looking for passages that are not meant", _SEARCHING)
    most = training.BATCH * plan.steps
    train = parts.train[:: -(-len(parts.train) // most)]  # of all documents alike
    found = negatives.find(library, train, plan.seed, tell.done)
    found = negatives.without_answers(load(base, library=library.folder), train, found)
    examples = tuple(training.Example(pair, text) for pair, text in zip(train, found, strict=True))
    steps = training.steps_for(len(examples), plan.steps)
    return _Work(base, examples, parts.held_out, steps, plan)


def _train_and_judge(library: Library, work: _Work, tell: _Teller) -> tuple[list[float], list[float]]:
    """The reciprocal ranks before and after. The trained model stands in its place for new ones then."""
    from explorer.embedding.sentence_transformers import opened

    new = str(kept.place_of_new(library.folder))
    precision = choose_for(
        _as_set(new, work.base)
    ).precision  # in which it would serve; the former one is judged in the same
    judging_share = work.judging_share * (1 - _READING - _SEARCHING)
    tell.phase("Judging the model as it is", judging_share)
    before = judging.reciprocal_ranks(
        load(work.base, precision, library=library.folder), work.held_out, tell.done
    )
    tell.phase("Training", 1 - _READING - _SEARCHING - 2 * judging_share)
    options = split_options(work.base)[1]
    with _failing():
        model = opened(folder_of(work.base, library.folder), options, "float32", "cpu")
        training.train(
            model,
            work.examples,
            work.steps,
            work.plan.seed,
            rate=work.plan.rate,
            in_bfloat16=precision == "bfloat16",
            on_done=tell.done,
        )
        model.save_pretrained(new, create_model_card=False)
    tell.phase("Judging the trained model", judging_share)
    trained = load(_as_set(new, work.base), precision)
    return before, judging.reciprocal_ranks(trained, work.held_out, tell.done)


def _as_set(name: str, base: str) -> str:
    """A model's name with the options that its files cannot say: how much of a vector is kept, and in what it
    computes."""
    options = split_options(base)[1]
    return join_options(name, ModelOptions(dimensions=options.dimensions, precision=options.precision))


@contextlib.contextmanager
def _failing() -> Iterator[None]:
    """Says it in our words when a foreign model fails in a way of its own."""
    try:
        yield
    except (ExplorerError, MemoryError):
        raise
    except Exception as error:
        raise ModelError(f"The model could not be trained: {error or type(error).__name__}") from error


def _peak() -> int:
    """The most bytes that this process held; 0 where the system doesn't tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


class _Teller:
    """Says how far all of it is, a few times a second at most."""

    def __init__(self, begun: float) -> None:
        self._begun = begun
        self._before = 0.0
        self._share = 0.0
        self._step = ""
        self._said = 0.0

    def phase(self, step: str, share: float) -> None:
        """What comes now, and its share of the whole."""
        self._before += self._share
        self._step, self._share = step, share
        self._said = 0.0
        self.done(0, 1)

    def done(self, done: int, whole: int) -> None:
        """How far it is."""
        now = time.monotonic()
        if now - self._said < _PAUSE and done < whole:
            return
        self._said = now
        share = self._before + self._share * done / max(whole, 1)
        spent = now - self._begun
        left = spent / share * (1 - share) if share > _READING + _SEARCHING else None
        _say(step=self._step, done=done, all=whole, share=share, left=left)


def _say(**said: Any) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
