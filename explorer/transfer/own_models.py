"""Models of a library's own on their way out and in: what was trained on it, and its static one.

The manifest lists the files of each. In the zip they go by numbers, and which of the few names that files of
such models have is theirs is checked against the list here: no name of a foreign zip becomes a path. A model
comes in as a whole or not at all, after its files were compared with their SHA-256 and found to be of kinds
that can't run code.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.catalog import room
from explorer.catalog.originals import sync_folder
from explorer.embedding import folder as folders
from explorer.embedding import tuned
from explorer.embedding.words import names as word_names
from explorer.errors import ModelError, ReadError
from explorer.transfer import model_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.transfer.archive import Archive
    from explorer.transfer.form import ExportManifest
    from explorer.transfer.meter import Meter
    from explorer.transfer.model_form import ExportedModel, ExportedModelFile, ExportedTrial

log = logging.getLogger(__name__)

_TRIALS = "trials.json"
_ARRIVING = ".arriving"
"""Where a model stands until all of it is there."""
_BLOCK = 1 << 20
_OWN_FOLDER = re.compile(r"[1-9][0-9]{0,5}|static")


def folders_of(library: Path) -> dict[str, Path]:
    """The folders of a library's own models by the names of these."""
    place = library / tuned.FOLDER
    if not place.is_dir():
        return {}
    found = sorted(one for one in place.iterdir() if one.is_dir() and _OWN_FOLDER.fullmatch(one.name))
    return {_name_of(one): one for one in found}


def size_of(library: Path) -> int:
    """Bytes of all files of a library's own models."""
    return sum(path.stat().st_size for folder in folders_of(library).values() for path in _files(folder))


def write(archive: zipfile.ZipFile, library: Path, meter: Meter, trainings: int) -> list[ExportedModel]:
    """Put a library's own models into an export: what its manifest says of them.

    `trainings`: how many the export tells of; a model of none of them is left out, and so is one that holds
    files of other names than such models have, or is replaced at this moment.
    """
    written = list["ExportedModel"]()
    number = 0
    for name, folder in folders_of(library).items():
        if _number_of(name) > trainings:
            continue
        try:
            listed = []
            for path in _files(folder):
                entry = model_form.model_file_name(number)
                number += 1
                listed.append(_put(archive, path, entry, path.relative_to(folder).as_posix(), meter))
            written.append(model_form.ExportedModel(name=name, files=listed))
        except (OSError, ValueError) as error:
            log.warning("the model %s is not exported: %s", name, type(error).__name__)
    return written


def trials_of(library: Path) -> list[ExportedTrial]:
    """What came of the trainings on a library; nothing where the list of them is damaged."""
    try:
        data = (library / tuned.FOLDER / _TRIALS).read_bytes()
        rows = json.loads(data, parse_constant=lambda _: None)  # an interval without bounds
        return [model_form.ExportedTrial.model_validate_json(json.dumps(row)) for row in rows]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        log.warning("the list of trainings is not exported: %s", type(error).__name__)
        return []


def bring_in(
    archive: Archive, library: Path, meter: Meter, trials: Sequence[ExportedTrial]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Put the models of an export into a library without documents: the names of those that are there now,
    and of others with the reason. `trials` are kept with them.

    Raises DiskFull, StorageError and Cancelled; no model is half there then.
    """
    taken, left = list[str](), list[tuple[str, str]]()
    file = library / tuned.FOLDER / _TRIALS
    for model in archive.manifest.models:
        place = _folder_of(library, model.name)
        try:
            _refuse(model, place, len(trials), has_trials=file.exists())
            _bring(archive, model, place, meter)
            taken.append(model.name)
        except (ReadError, ModelError) as error:
            left.append((model.name, str(error)))
        except OSError as error:
            raise room.shortage(f"the model {model.name}", place, model.size, error=error) from error
    if trials and not file.exists():
        lost = {name for name, _ in left}
        rows = [(one.model_copy(update={"name": None}) if _base(one) in lost else one) for one in trials]
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps([_row(one) for one in rows], indent=1), encoding="utf-8")
    return tuple(taken), tuple(left)


def _refuse(model: ExportedModel, place: Path, trainings: int, *, has_trials: bool) -> None:
    """Raises ReadError for a model of a number that a later training here would take for its own."""
    number = _number_of(model.name)
    if number > trainings:
        raise ReadError("the export does not tell of its training.")
    if number and has_trials and not place.exists():
        raise ReadError("this library has trainings of its own.")


def is_missing(name: str, library: Path) -> bool:
    """Whether a model's name means one of a library's own that this library does not have."""
    base = name.partition(" | ")[0]
    if base in word_names.own_names():
        return not word_names.own_file(library, base.partition(":")[0]).is_file()
    return tuned.is_own(base) and not _folder_of(library, base).is_dir()


def size_in(manifest: ExportManifest) -> int:
    """Bytes of all models of an export, as its manifest says."""
    return sum(model.size for model in manifest.models)


def _bring(archive: Archive, model: ExportedModel, place: Path, meter: Meter) -> None:
    """Raises ReadError and ModelError: it is damaged, could run code, or another one has its name here."""
    arriving = place.with_name(_ARRIVING)
    shutil.rmtree(arriving, ignore_errors=True)  # of an import that was killed
    try:
        for file in model.files:
            target = arriving.joinpath(*model_form.parts_of(file.name))
            target.parent.mkdir(parents=True, exist_ok=True)
            _take_out(archive, file, target, meter)
        folders.check(arriving, model.name)
        if not place.exists():
            sync_folder(arriving)
            arriving.rename(place)
            sync_folder(place.parent)
        elif folders.fingerprint(place, "") != folders.fingerprint(arriving, ""):
            raise ModelError(f"This library has another model {model.name}, which stays.")
    finally:
        shutil.rmtree(arriving, ignore_errors=True)


def _take_out(archive: Archive, file: ExportedModelFile, target: Path, meter: Meter) -> None:
    if archive.size_of(file.file) != file.size:
        raise ReadError(f"the export holds {archive.size_of(file.file):,} bytes of it, not {file.size:,}.")
    digest = hashlib.sha256()
    with target.open("xb") as written:
        for block in archive.blocks(file.file):
            digest.update(block)
            written.write(block)
            meter.add(len(block))
        written.flush()
        os.fsync(written.fileno())
    if digest.hexdigest() != file.sha256:
        raise ReadError("its bytes are not those that its SHA-256 stands for. Export it again.")


def _put(archive: zipfile.ZipFile, path: Path, entry: str, name: str, meter: Meter) -> ExportedModelFile:
    """One file into the zip. Raises OSError, and ValueError for a name that no import would take."""
    model_form.parts_of(name)
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file, archive.open(zipfile.ZipInfo(entry), "w", force_zip64=True) as target:
        while block := file.read(_BLOCK):
            digest.update(block)
            target.write(block)
            size += len(block)
            meter.add(len(block))
    return model_form.ExportedModelFile(name=name, file=entry, size=size, sha256=digest.hexdigest())


def _files(folder: Path) -> Iterator[Path]:
    """The files of a model, without hidden ones."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _row(trial: ExportedTrial) -> dict[str, object]:
    """The trial as `explorer.tuning` keeps it."""
    compared = [
        {
            **one.model_dump(),
            "low": -math.inf if one.low is None else one.low,
            "high": math.inf if one.high is None else one.high,
        }
        for one in trial.compared
    ]
    return {**trial.model_dump(), "compared": compared}


def _base(trial: ExportedTrial) -> str:
    return (trial.name or "").partition(" | ")[0]


def _number_of(name: str) -> int:
    """The number of the training that made a model; 0 for the static one."""
    return 0 if name == tuned.STATIC else int(name.removeprefix("tuned-").partition(":")[0])


def _name_of(folder: Path) -> str:
    return tuned.STATIC if folder.name == "static" else tuned.name_of(int(folder.name))


def _folder_of(library: Path, name: str) -> Path:
    """The folder of a library's own model of a name that `form` or `tuned.is_own` has checked."""
    place = tuned.placed(tuned.in_library(name, library))
    if place is None:
        raise ValueError(f"{name} is no name of a library's own model")
    return place
