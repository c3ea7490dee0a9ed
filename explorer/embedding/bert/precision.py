"""The precision in which a model computes on this machine, and why."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path

from explorer.embedding.base import PrecisionChoice
from explorer.embedding.bert import cuda
from explorer.processor import CPUINFO, INT8_FLAGS, flags, quiet_openvino

AMX = "amx_bf16"
"""On a processor with this flag, bfloat16 is the fastest of all, through OpenVINO."""
BFLOAT16_FLAGS = frozenset({"avx512_bf16", AMX})
"""A processor with either flag multiplies bfloat16 itself; on others it is slower than float32."""
_ITSELF = "this processor multiplies it itself"
_BY_OPENVINO = {
    "bfloat16": f"{_ITSELF} ({AMX}), which through OpenVINO was over 3 times as fast as float32 where it was "
    "measured, and both faster and closer to it than int8: the same vectors but for .0001 of a cosine",
    "int8": f"{_ITSELF} ({', '.join(sorted(INT8_FLAGS))}), which through OpenVINO was 2 to 3 times as fast "
    "as float32 where it was measured, with the same vectors but for .0004 of a cosine in the mean",
}
"""The reason that is given for a precision, for the model that was measured."""
_PASSAGES_AT_ONCE = 8
"""Eight passages take about 60 ms, for which a query may have to wait; longer with a larger model."""
_ON_A_CARD = 256
"""Eight passages would leave a card idle most of the time. The number is a guess: see `cuda`."""


def choose(cpuinfo: Path = CPUINFO, *, is_measured: bool = False) -> PrecisionChoice:
    """What suits this machine. torch is not imported for it; OpenVINO is, where it could be what suits.

    `is_measured`: whether it is for the model whose figures are in docs/embedding.md. No other one computes
    in int8.
    """
    found = flags(cpuinfo)
    if cuda.is_usable():
        reason = (
            "a graphics card of NVIDIA can be used, which is fast enough in it (this way was written without "
            "one at hand and never run)"
        )
        return PrecisionChoice("float32", "cuda", reason)
    if not is_measured or not (AMX in found or found >= INT8_FLAGS):
        return _by_torch(cpuinfo)
    best = "bfloat16" if AMX in found else "int8"
    problem = openvino_problem()
    if problem:
        return _by_torch(cpuinfo, f"; {best} through OpenVINO would be faster still, but that {problem}")
    return PrecisionChoice(best, "cpu", _BY_OPENVINO[best])


def is_openvinos(precision: str) -> bool:
    """Whether OpenVINO computes vectors of that precision on this machine, if it can be used."""
    return precision == "int8" or (precision == "bfloat16" and AMX in flags() and not cuda.is_usable())


def texts_at_once(precision: str) -> int:
    """How many passages of that precision to compute between two looks for a query that waits."""
    return _ON_A_CARD if cuda.is_usable() and not is_openvinos(precision) else _PASSAGES_AT_ONCE


def _by_torch(cpuinfo: Path, but: str = "") -> PrecisionChoice:
    """`but`: what the reason adds about OpenVINO."""
    found = BFLOAT16_FLAGS & flags(cpuinfo)
    if found:
        times = "3" if AMX in found else "1.8"
        reason = (
            f"{_ITSELF} ({', '.join(sorted(found))}), about {times} times as fast as float32 and with the "
            f"same vectors but for .0001 of a cosine{but}"
        )
        return PrecisionChoice("bfloat16", "cpu", reason)
    if not cpuinfo.is_file():
        return PrecisionChoice("float32", "cpu", "what else the processor is good at cannot be asked here")
    missing = " or ".join(sorted(BFLOAT16_FLAGS))
    return PrecisionChoice(
        "float32", "cpu", f"this processor lacks {missing}, without which bfloat16 is slower{but}"
    )


@functools.cache
def openvino_problem() -> str | None:
    """Why OpenVINO cannot be used, as a clause after its name; None where it can, which takes .2 s once."""
    if importlib.util.find_spec("openvino") is None:
        return "is not installed (pip install -r requirements.txt)"
    try:
        quiet_openvino().Core().get_property("CPU", "FULL_DEVICE_NAME")
    except (ImportError, OSError, RuntimeError) as error:
        return f"cannot be loaded ({error})"
    return None
