"""What a library keeps of its trainings: the models that were better, and what came of every trial."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.embedding.tuned import FOLDER, own_folder
from explorer.errors import ModelError, StorageError
from explorer.tuning.results import Trial, trial_of

_TRIALS = "trials.json"
_LOCK = ".training.lock"
_NEW = ".new"
"""Where a model stands until it is known to be better."""


def trials(library: Path) -> list[Trial]:
    """Every trial that was judged, the first one first. Raises StorageError: the list of them is damaged."""
    file = library / FOLDER / _TRIALS
    try:
        return [trial_of(row) for row in json.loads(file.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"The list of trainings {file} cannot be read: {error}. Delete it to begin a new one; "
            "models that were trained stay."
        ) from error


def add(library: Path, trial: Trial) -> None:
    """Write a trial down behind the others; all or nothing of it is on disk. Raises StorageError."""
    file = library / FOLDER / _TRIALS
    rows = [asdict(one) for one in (*trials(library), trial)]
    beside = file.with_suffix(".part")
    try:
        with beside.open("w", encoding="utf-8") as stream:
            json.dump(rows, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except OSError as error:
        raise StorageError(f"The training could not be written down in {file}: {error}") from error


def take_over(library: Path, number: int) -> None:
    """Make the model in `place_of_new` the library's own of that number. Raises StorageError."""
    target = own_folder(library, number)
    try:
        if target.exists():  # of a trial that was not written down
            shutil.rmtree(target)
        place_of_new(library).rename(target)
    except OSError as error:
        raise StorageError(f"The trained model could not be kept in {target}: {error}") from error


def place_of_new(library: Path) -> Path:
    """The folder of a model that is being made."""
    return library / FOLDER / _NEW


@contextmanager
def training(library: Path) -> Iterator[None]:
    """One training at a time; what an earlier one left unfinished is deleted, and so is what this one leaves.

    Raises ModelError: another one is under way.
    """
    (library / FOLDER).mkdir(exist_ok=True)
    try:
        with FileLock(library / FOLDER / _LOCK, timeout=0):
            _clear(library)
            try:
                yield
            finally:
                _clear(library)
    except Timeout:
        raise ModelError(
            "A model of this library is being trained already. Wait for the end of that."
        ) from None


def _clear(library: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.rmtree(place_of_new(library))
