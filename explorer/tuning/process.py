"""Training in a process of its own: its memory comes back, and it can be stopped at any moment."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from explorer import processes
from explorer.errors import ModelError
from explorer.tuning.results import OnTuned, TuningPlan, TuningProgress


def train_in_child(library: Path, plan: TuningPlan, on_progress: OnTuned) -> int:
    """Train and judge; returns the number of the trial, which is written down by then.

    What `on_progress` raises stops it. Raises ModelError: it failed, and the message says why.
    """
    errors: list[str] = []
    numbers: list[int] = []

    def hear(said: dict[str, Any]) -> None:
        if "error" in said:
            errors.append(str(said["error"]))
        elif "trial" in said:
            numbers.append(int(said["trial"]))
        else:
            on_progress(TuningProgress(said["step"], said["done"], said["all"], said["share"], said["left"]))

    questions = str(plan.questions.expanduser().absolute()) if plan.questions else None
    given = json.dumps({"questions": questions, "steps": plan.steps, "seed": plan.seed, "rate": plan.rate})
    process = processes.start(
        processes.module_command("explorer.tuning", str(library), given),
        environment=dict([*os.environ.items(), processes.ONE_THREAD]),
        # The leash: when this process dies in any way, the child reads the end of it and leaves.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    code = processes.follow(process, hear)
    if errors:
        raise ModelError(errors[-1])
    if numbers:
        return numbers[-1]
    if code in (-9, 137):
        raise ModelError(
            "The model could not be trained: most likely the memory of this machine did not suffice. Close "
            "other programs and try again."
        )
    raise ModelError(f"The model could not be trained: the process ended early (code {code}).")
