"""The command `finetune`: the embedding model is trained further on the library, and kept if that helps."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from explorer.cli import output
from explorer.cli.arguments import library_of
from explorer.cli.terminal import TuningBar, plain
from explorer.tuning import Tuning, TuningPlan

_REDO = "The documents have to be redone for it to be searched with: Settings offer that."


def finetune(options: argparse.Namespace) -> int:
    """Train, judge and say what came of it; or return to the former model, or list what was tried."""
    with library_of(options) as library:
        tuning = Tuning(library)
        if options.back:
            _back(tuning.back(), library.needs_redo, is_json=options.json)
        elif options.list:
            _print([asdict(one) for one in tuning.trials()], tuning, is_json=options.json)
        else:
            plan = TuningPlan(options.questions, options.steps, options.seed)
            with TuningBar(not options.json) as bar:
                trial = tuning.run(plan, bar.show)
            if options.json:
                output.as_json(asdict(trial))
                return 0
            for line in trial.lines():
                print(plain(line))
            if trial.name is not None:
                print(f"The library's model is {plain(trial.name)} now. {_REDO}")
    return 0


def _back(former: str, needs_redo: tuple[str, ...], *, is_json: bool) -> None:
    if is_json:
        output.as_json({"model": former, "needs_redo": needs_redo})
        return
    print(f"The library's model is {plain(former)} again.")
    if needs_redo:
        print(_REDO)


def _print(rows: list[dict[str, object]], tuning: Tuning, *, is_json: bool) -> None:
    if is_json:
        output.as_json(rows)
        return
    for trial in tuning.trials():
        print(f"{trial.number}. {trial.made_at}, from {plain(trial.base)}: {plain(trial.lines()[0])}")
    if not rows:
        print("No model was trained on this library yet. Train one: python -m explorer finetune")
