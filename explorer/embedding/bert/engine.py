"""What computes with loaded weights: OpenVINO or torch, a batch in each of its threads."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.embedding.base import go_on
from explorer.embedding.bert.precision import BFLOAT16_FLAGS, choose, is_openvinos, openvino_problem
from explorer.errors import ModelError
from explorer.processor import flags

if TYPE_CHECKING:
    from explorer.arrays import Vectors
    from explorer.embedding.bert.by_torch import BertConfig

_log = logging.getLogger(__name__)

TOKENS_AT_ONCE = 2048
"""Tokens in one pass: enough to keep a processor busy, some 20 MB of intermediate results."""
TOKENS_AT_LEAST = 256


class Engine:
    """The loaded weights and the threads that compute with them.

    Each thread takes a batch of its own and computes on one processor. torch by itself shares every product
    between processors, and all wait for the slowest one: with another process on the same two processors,
    that took three times the time and four times the processor time.
    """

    def __init__(
        self, encode: Callable[[Sequence[Sequence[int]]], Vectors], threads: int, prepare: Callable[[], None]
    ) -> None:
        """`prepare` is called in each of the threads first."""
        self.encode = encode
        self.threads = threads
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="embedding", initializer=prepare)


@contextmanager
def telling(weights: Path) -> Iterator[None]:
    """Raises ModelError for whatever may be wrong with the weights."""
    try:
        yield
    except Exception as error:  # a foreign file can fail in any way there is
        raise ModelError(
            f"The weights {weights} cannot be used: {error}. Copy all files of the model again."
        ) from error


def engine_for(weights: Path, config: BertConfig, precision: str) -> Engine:
    """What computes in that precision. Raises what the weights may raise (see `telling`).

    Where OpenVINO should compute and cannot, torch goes on. It does so in float32 for int8: of all its
    precisions that is the closest to an index that was made in int8.
    """
    if not is_openvinos(precision):
        return _by_torch(weights, config, precision)
    problem = openvino_problem()
    if problem is None:
        return _by_openvino(weights, config, precision)
    instead = "float32" if precision == "int8" else precision
    _log.warning("OpenVINO %s: passages in %s go on in %s by torch, more slowly", problem, precision, instead)
    return _by_torch(weights, config, instead)


def _by_openvino(weights: Path, config: BertConfig, precision: str) -> Engine:
    from explorer.embedding.bert.by_openvino import OpenVinoBert

    threads = _threads()
    in_bfloat16 = bool(BFLOAT16_FLAGS & flags())
    bert = OpenVinoBert(weights, config, threads, in_int8=precision == "int8", in_bfloat16=in_bfloat16)
    return Engine(bert.encode, threads, go_on)


def _threads() -> int:
    """One for each processor that this process may use, or fewer where `OMP_NUM_THREADS` says so."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return min(processors, int(wanted)) if wanted.isdecimal() and int(wanted) else processors


def _by_torch(weights: Path, config: BertConfig, precision: str) -> Engine:
    import torch

    from explorer.embedding.bert.by_torch import Bert

    on_gpu = choose().device == "cuda" and torch.cuda.is_available()
    bert = Bert(weights, config, precision, "cuda" if on_gpu else "cpu")

    def encode(ids: Sequence[Sequence[int]]) -> Vectors:
        vectors: Vectors = bert.encode(ids).numpy()
        return vectors

    return Engine(encode, 1 if on_gpu else torch.get_num_threads(), lambda: torch.set_num_threads(1))


def batches(lengths: Sequence[int], threads: int) -> list[list[int]]:
    """Indices of the texts, shortest text first, in batches that keep all threads about equally busy."""
    share = -(-sum(lengths) // threads)
    most = min(TOKENS_AT_ONCE, max(TOKENS_AT_LEAST, share))
    found: list[list[int]] = []
    room = 0
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not found or room < lengths[i] // 2:
            found.append([])
            room = most
        found[-1].append(i)
        room -= lengths[i]
    return found
