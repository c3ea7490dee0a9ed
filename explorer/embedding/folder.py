"""Looking at a model's folder, and refusing what could run code, before anything is imported or loaded."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.errors import ModelError

_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")
_CONTENT = (".safetensors", ".json", ".txt", ".model")
"""What decides a model's vectors: weights, configuration, vocabulary."""
JSON_MB = 64
"""Size of a configuration, in MB: they take some kB, those that list words some MB."""
_OUR_MODULES = "sentence_transformers."
_SCHEME = "1"
_SCHEMES = {"int8": "2"}
"""By precision; `_SCHEME` for all others. A number counts up when our code comes to compute other vectors
from the same files in that precision, which differ by more than two processors' do."""


def check(folder: Path, name: str) -> None:
    """Raises ModelError unless `folder` holds a model of safetensors that brings no code of its own.

    It refuses a folder without weights in safetensors, weights that exist as a pickle only, `auto_map`
    (classes from the folder's own Python files), modules that are not sentence-transformers' own, kernels
    fetched from the hub, and adapters, which name another model to load.
    """
    if not folder.is_dir():
        raise ModelError(f"The model folder {folder} does not exist.")
    weights = 0
    for part in _folders(folder):
        files = {file.name for file in part.iterdir() if file.is_file()}
        safe = sum(file.endswith(".safetensors") for file in files)
        pickles = sorted(file for file in files if file.endswith(_PICKLES) and file != "training_args.bin")
        if pickles and not safe:
            raise _refused(name, f"{part / pickles[0]} is a pickle, which can run any code when opened")
        if "adapter_config.json" in files:
            raise _refused(name, f"{part} holds an adapter. Merge it into its base model first")
        weights += safe
    if not weights:
        raise _refused(name, f"{folder} holds no weights as .safetensors")
    for file in sorted(folder.rglob("*.json")):
        _check_configuration(file, name)


def read_json(file: Path) -> Any:
    """The content of a JSON file. Raises ModelError: it cannot be read, or is far too large."""
    try:
        if file.stat().st_size > JSON_MB << 20:
            raise ModelError(
                f"The model's file {file} takes more than {JSON_MB} MB. Copy the model's files again."
            )
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"The model's file {file} cannot be read: {error}") from error


def sha256(file: Path) -> str:
    """Hex digest of a file. Raises ModelError."""
    try:
        status = file.stat()
        return _digest(file, status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise ModelError(f"The model's file {file} cannot be read: {error}") from error


def fingerprint(folder: Path, precision: str) -> str:
    """40 hex digits for the precision and all files that decide the vectors. Raises ModelError."""
    digest = hashlib.sha256(f"{_SCHEMES.get(precision, _SCHEME)} {precision}".encode())
    for file in sorted(folder.rglob("*")):
        if file.suffix in _CONTENT and file.is_file():
            digest.update(f"\n{file.relative_to(folder).as_posix()} {sha256(file)}".encode())
    return digest.hexdigest()[:40]


@functools.lru_cache(maxsize=256)
def _digest(file: Path, _changed: int, _size: int) -> str:
    """Hex digest, computed once for each state of a file: weights are checked and then fingerprinted."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _folders(folder: Path) -> Iterator[Path]:
    yield folder
    yield from sorted(part for part in folder.rglob("*") if part.is_dir())


def _check_configuration(file: Path, name: str) -> None:
    if file.name in ("tokenizer.json", "vocab.json") or file.name.endswith(".index.json"):
        return  # large, and read by code that knows no such keys
    content = read_json(file)
    if file.name == "modules.json":
        if not isinstance(content, list) or not all(isinstance(module, dict) for module in content):
            raise ModelError(f"The model's file {file} is no list of modules. Copy the model's files again.")
        for module in content:
            if not str(module.get("type", "")).startswith(_OUR_MODULES):
                raise _refused(name, f"{file} asks for the module {module.get('type')!r}")
    for key, value in _entries(content):
        if key == "auto_map":
            raise _refused(name, f"{file} has an auto_map, which runs Python files that come with the model")
        if "attn_implementation" in key and "/" in str(value):
            raise _refused(name, f"{file} asks for the code {value!r} from the hub")


def _entries(content: object) -> Iterator[tuple[str, object]]:
    waiting = [content]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield from part.items()
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _refused(name: str, reason: str) -> ModelError:
    return ModelError(f"The model {name} was not loaded: {reason}. Use a version of it made of safetensors.")
