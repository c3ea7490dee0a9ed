"""Plain BERT models with mean pooling, such as all-MiniLM-L6-v2, without the slow imports."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.embedding import folder as folders
from explorer.embedding.base import WantedModel, computing, finite, go_on
from explorer.embedding.bert.by_torch import BertConfig, plain_bert
from explorer.embedding.bert.precision import (
    BFLOAT16_FLAGS,
    choose,
    flags,
    is_openvinos,
    openvino_problem,
    texts_at_once,
)
from explorer.embedding.bert.weights import Header
from explorer.embedding.folder_embedder import FolderEmbedder
from explorer.embedding.places import find_checked
from explorer.embedding.tokens import Tokens
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Vectors
    from explorer.embedding.bert.by_numpy import SingleBert

_log = logging.getLogger(__name__)

_WEIGHTS = "model.safetensors"
_TEXTS_AT_ONCE = 4096
_TOKENS_AT_ONCE = 2048
"""Tokens in one pass: enough to keep a processor busy, some 20 MB of intermediate results."""
_TOKENS_AT_LEAST = 256
_SHORTEST = 16
"""A shorter text costs attention as much as one of so many tokens: see `openvino_bert`."""


class BertEmbedder(FolderEmbedder):
    """Loads plain BERT models with mean pooling from a folder; leaves all others to the next embedder."""

    def load(self, wanted: WantedModel) -> FastModel | None:
        """The model, ready to count tokens; torch or OpenVINO are loaded once it encodes.

        None where it is no plain BERT. Raises ModelError.
        """
        precision = wanted.precision or self.choose(wanted.name).precision
        return FastModel.from_folder(wanted.name, find_checked(wanted.name), precision)


class FastModel:
    """An `EmbeddingModel` on our own BERT: passages by OpenVINO or torch, questions by numpy, at once."""

    def __init__(self, name: str, folder: Path, config: BertConfig, tokens: Tokens, precision: str) -> None:
        self.name = name
        self.dimension = config.dimension
        self.precision = precision
        self.max_tokens = tokens.max_tokens
        self.fingerprint = folders.fingerprint(folder, precision)
        self.texts_at_once = texts_at_once(precision)
        self.is_remote = False
        self._folder = folder
        self._weights = folder / _WEIGHTS
        self._config = config
        self._tokens = tokens
        self._loaded: _Engine | None = None
        self._single: SingleBert | None = None
        self._loading = threading.Lock()

    @classmethod
    def from_folder(cls, name: str, folder: Path, precision: str | None = None) -> FastModel | None:
        """The model in `folder`; None where it is of a kind that sentence-transformers has to load.

        Raises ModelError where its files are damaged or do not fit each other.
        """
        try:
            description = _describe(folder)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            what = f"{type(error).__name__}: {error}"
            raise ModelError(
                f"The configuration of the model {name} is damaged ({what}). Copy its files again."
            ) from error
        if description is None:
            return None
        config, reads = description
        try:
            tokens = Tokens.from_folder(folder, reads)
        except Exception as error:  # the Rust tokenizer raises bare Exception for a broken file
            raise ModelError(f"The tokenizer of the model {name} cannot be read: {error}") from error
        if not _are_ours(folder / _WEIGHTS, config, tokens):
            return None
        return cls(name, folder, config, tokens, precision or choose().precision)

    def has_changed(self) -> bool:
        """Whether the folder holds other files now."""
        return folders.fingerprint(self._folder, self.precision) != self.fingerprint

    def prepare(self) -> None:
        """Load OpenVINO or torch, and the weights. Raises ModelError."""
        self._engine()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not included."""
        return self._tokens.count(texts)

    def encode(self, texts: Sequence[str], check: Callable[[], None] = go_on) -> Vectors:
        """(n, dimension) float32, each row of length 1, in the order of `texts`. Raises ModelError."""
        import numpy as np

        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            check()
            end = start + _TEXTS_AT_ONCE
            self._encode(self._tokens.ids(texts[start:end]), vectors[start:end])
        return finite(vectors, f"model {self.name}")

    def _encode(self, ids: Sequence[Sequence[int]], vectors: Vectors) -> None:
        engine = self._engine()

        def work(batch: list[int]) -> None:
            vectors[batch] = engine.encode([ids[i] for i in batch])

        batches = _batches([max(len(text), _SHORTEST) for text in ids], engine.threads)
        with computing(f"model {self.name}"):  # for want of memory, say
            for _ in engine.pool.map(work, batches):
                pass

    def encode_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1, computed in float32 without torch. Raises ModelError."""
        with self._loading:
            if self._single is None:
                from explorer.embedding.bert.by_numpy import SingleBert

                with _telling(self._weights):
                    self._single = SingleBert(self._weights, self._config)
        with computing(f"model {self.name}"):
            vector = self._single.encode(self._tokens.ids([text])[0])
        return finite(vector, f"model {self.name}")

    def _engine(self) -> _Engine:
        with self._loading:
            if self._loaded is None:
                with _telling(self._weights):
                    self._loaded = _engine_for(self._weights, self._config, self.precision)
            return self._loaded


class _Engine:
    """The loaded weights and the threads that compute with them.

    Each thread takes a batch of its own and computes on one processor. Sharing every product between
    processors, as torch does by itself, makes all wait for the slowest: with another process on the same
    two processors, it took three times as long and four times the processor time.
    """

    def __init__(
        self, encode: Callable[[Sequence[Sequence[int]]], Vectors], threads: int, prepare: Callable[[], None]
    ) -> None:
        """`prepare` is called in each of the threads first."""
        self.encode = encode
        self.threads = threads
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="embedding", initializer=prepare)


@contextmanager
def _telling(weights: Path) -> Iterator[None]:
    """Raises ModelError for whatever may be wrong with the weights."""
    try:
        yield
    except Exception as error:  # a foreign file can fail in any way there is
        raise ModelError(
            f"The weights {weights} cannot be used: {error}. Copy all files of the model again."
        ) from error


def _are_ours(weights: Path, config: BertConfig, tokens: Tokens) -> bool:
    """Whether their numbers are of a kind that we read. Raises ModelError where they don't fit the rest."""
    with _telling(weights):
        header = Header.read(weights)
        if header.is_readable:
            header.check(config, tokens.words)
        return header.is_readable


def _engine_for(weights: Path, config: BertConfig, precision: str) -> _Engine:
    """What computes in that precision. Where OpenVINO should and cannot, torch goes on: in float32 for int8,
    which of all its ways is the closest to an index that was made in int8."""
    if not is_openvinos(precision):
        return _by_torch(weights, config, precision)
    problem = openvino_problem()
    if problem is None:
        return _by_openvino(weights, config, precision)
    instead = "float32" if precision == "int8" else precision
    _log.warning("OpenVINO %s: passages in %s go on in %s by torch, more slowly", problem, precision, instead)
    return _by_torch(weights, config, instead)


def _by_openvino(weights: Path, config: BertConfig, precision: str) -> _Engine:
    from explorer.embedding.bert.by_openvino import OpenVinoBert

    threads = _threads()
    in_bfloat16 = bool(BFLOAT16_FLAGS & flags())
    bert = OpenVinoBert(weights, config, threads, in_int8=precision == "int8", in_bfloat16=in_bfloat16)
    return _Engine(bert.encode, threads, go_on)


def _threads() -> int:
    """One for each processor that this process may use, unless `OMP_NUM_THREADS` says fewer, as to torch."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return min(processors, int(wanted)) if wanted.isdecimal() and int(wanted) else processors


def _by_torch(weights: Path, config: BertConfig, precision: str) -> _Engine:
    import torch

    from explorer.embedding.bert.by_torch import Bert

    on_gpu = choose().device == "cuda" and torch.cuda.is_available()
    bert = Bert(weights, config, precision, "cuda" if on_gpu else "cpu")

    def encode(ids: Sequence[Sequence[int]]) -> Vectors:
        vectors: Vectors = bert.encode(ids).numpy()
        return vectors

    return _Engine(encode, 1 if on_gpu else torch.get_num_threads(), lambda: torch.set_num_threads(1))


def _batches(lengths: Sequence[int], threads: int) -> list[list[int]]:
    """Indices of the texts, shortest first, in batches that keep each thread about equally busy."""
    share = -(-sum(lengths) // threads)
    most = min(_TOKENS_AT_ONCE, max(_TOKENS_AT_LEAST, share))
    batches: list[list[int]] = []
    room = 0
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not batches or room < lengths[i] // 2:
            batches.append([])
            room = most
        batches[-1].append(i)
        room -= lengths[i]
    return batches


def _describe(folder: Path) -> tuple[BertConfig, int] | None:
    """(configuration, tokens it reads), or None unless it is BERT → mean [→ normalise]."""
    needed = ("modules.json", "config.json", "tokenizer.json", _WEIGHTS)
    if not all((folder / file).is_file() for file in needed):
        return None
    modules = folders.read_json(folder / "modules.json")
    kinds = [str(module.get("type", "")).rsplit(".", 1)[-1] for module in modules]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return None
    if modules[0].get("path") or not _pools_by_mean(_optional(folder / modules[1]["path"] / "config.json")):
        return None
    config = folders.read_json(folder / "config.json")
    bert = plain_bert(config)
    own = _optional(folder / "sentence_bert_config.json")
    if bert is None or own.get("do_lower_case") or _has_prompts(folder):
        return None
    tokenizer = _optional(folder / "tokenizer_config.json")
    reads = own.get("max_seq_length") or tokenizer.get("model_max_length") or bert.positions
    return bert, min(int(reads), bert.positions)


def _pools_by_mean(config: dict[str, Any]) -> bool:
    if "pooling_mode" in config:
        return bool(config["pooling_mode"] == "mean")
    modes = {mode for mode, on in config.items() if mode.startswith("pooling_mode_") and on}
    return modes == {"pooling_mode_mean_tokens"}


def _has_prompts(folder: Path) -> bool:
    config = _optional(folder / "config_sentence_transformers.json")
    return any((config.get("prompts") or {}).values()) or bool(config.get("default_prompt_name"))


def _optional(file: Path) -> dict[str, Any]:
    content = folders.read_json(file) if file.is_file() else {}
    return content if isinstance(content, dict) else {}
