"""The models of OCR on this machine: by OpenVINO where it is installed, else by ONNX Runtime. Child only.

On one core of a server of 2023, OpenVINO finds the lines of a page in 250 ms where ONNX Runtime takes 970. To
read a line takes both the same time, and OpenVINO half of it in int8.
"""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from explorer.processor import INT8_FLAGS, flags, quiet_openvino
from explorer.readers.ocr import int8

if TYPE_CHECKING:
    from explorer.arrays import Floats


os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "100")
"""Before OpenVINO: each piece of code that it keeps takes 256 KB of address space, and each width of a line
needs about 60 of them."""
_NAMED = "character"
"""Where a model's file names its characters."""


class Network(Protocol):
    """A model with one input, (n, 3, height, width) float32, that several threads may use at once."""

    characters: tuple[str, ...]
    """Those that the file names; none for a model that finds lines."""

    def output(self, pixels: Floats) -> Floats:
        """Its first output. Raises MemoryError where memory runs out."""

    def rest(self) -> None:
        """Gives back the memory that it needs only while it computes."""


def load(path: Path, cores: int, *, at_once: int = 1, ranges: Mapping[str, Any] | None = None) -> Network:
    """The model of a file, which takes `cores` cores for `at_once` callers.

    `ranges`: compute in int8 with these (see `int8.py`) where the machine is good at it. Raises what the
    runtime raises for a file that it cannot load.
    """
    try:
        openvino = quiet_openvino()
    except (ImportError, OSError):
        return _ByOnnxRuntime(path, max(cores // at_once, 1))
    return _ByOpenVino(openvino, path, cores, at_once, ranges if has_int8() else None)


def threads() -> int:
    """How many cores OCR takes: all that this process may use, up to four."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, 4)


def has_int8() -> bool:
    """Whether this machine computes faster in int8."""
    return flags() >= INT8_FLAGS


@contextmanager
def _memory_errors() -> Iterator[None]:
    """Raises MemoryError for the runtime's own error that it got no memory."""
    try:
        yield
    except Exception as error:
        if "alloc" in str(error).lower():
            raise MemoryError from error
        raise


class _ByOpenVino:
    def __init__(
        self, openvino: Any, path: Path, cores: int, at_once: int, ranges: Mapping[str, Any] | None
    ) -> None:
        core = openvino.Core()
        model = core.read_model(str(path))
        self.characters = tuple(_noted(model, _NAMED).splitlines())
        if ranges:
            int8.quantise(openvino, model, ranges)
        options = {
            "INFERENCE_PRECISION_HINT": "f32",
            "NUM_STREAMS": at_once,
            "INFERENCE_NUM_THREADS": cores,
            "ENABLE_CPU_PINNING": False,
            "CPU_RUNTIME_CACHE_CAPACITY": 0,
        }
        with _memory_errors():
            self._compiled = core.compile_model(model, "CPU", options)
            self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
            for _ in range(at_once):
                self._requests.put(self._compiled.create_infer_request())

    def output(self, pixels: Floats) -> Floats:
        request = self._requests.get()
        try:
            with _memory_errors():
                request.infer({0: pixels}, share_inputs=True)
                found: Floats = request.get_output_tensor(0).data.copy()
        finally:
            self._requests.put(request)
        return found

    def rest(self) -> None:
        self._compiled.release_memory()


def _noted(model: Any, name: str) -> str:
    """What a model read by OpenVINO notes under a name; "" where it notes nothing."""
    path = ["framework", name]
    return str(model.get_rt_info(path).value) if model.has_rt_info(path) else ""


class _ByOnnxRuntime:
    def __init__(self, path: Path, threads: int) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        with _memory_errors():
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        self._input = self._session.get_inputs()[0].name
        self.characters = tuple(
            self._session.get_modelmeta().custom_metadata_map.get(_NAMED, "").splitlines()
        )

    def output(self, pixels: Floats) -> Floats:
        with _memory_errors():
            found: Floats = self._session.run(None, {self._input: pixels})[0]
        return found

    def rest(self) -> None:
        """It keeps none: its arena is off."""
