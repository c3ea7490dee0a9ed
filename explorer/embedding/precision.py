"""In what a model computes on this machine, and why."""

from __future__ import annotations

import functools
import importlib.util
import re
import shutil
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})
"""With either the processor multiplies bfloat16 itself; without them it is slower than float32."""
CPUINFO = Path("/proc/cpuinfo")
INT8_FLAGS = frozenset({"avx512_vnni"})
"""With it the processor multiplies int8 itself, in the way that was measured."""
_NVIDIA = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True, slots=True)
class Choice:
    """The fastest way that is faithful: a cosine to float32 of .999 in the mean and .995 at worst."""

    precision: str
    """ "int8", "bfloat16" or "float32"."""
    device: str
    """ "cpu" or "cuda"."""
    reason: str
    """Why, as a clause that follows on "all-MiniLM-L6-v2 computes in bfloat16: "."""


def choose(cpuinfo: Path = CPUINFO, *, is_int8_faithful: bool = False) -> Choice:
    """What suits this machine; found without importing torch or OpenVINO.

    `is_int8_faithful`: whether the model's vectors in int8 were measured to be: docs/embedding.md.
    """
    able = is_int8_faithful and flags(cpuinfo) >= INT8_FLAGS and not _has_gpu() and not _has_amx(cpuinfo)
    if able and has_openvino():
        reason = (
            f"this processor multiplies it itself ({', '.join(INT8_FLAGS)}): through OpenVINO at least 2.3 "
            "times as fast as float32 and with the same vectors but for .0005 of a cosine"
        )
        return Choice("int8", "cpu", reason)
    other = _by_torch(cpuinfo)
    if not able:
        return other
    missing = "; int8 is faster still, but OpenVINO is not installed (pip install -r requirements.txt)"
    return replace(other, reason=other.reason + missing)


def _by_torch(cpuinfo: Path) -> Choice:
    if _has_gpu():
        reason = (
            "a graphics card of NVIDIA is there, which is fast enough in it (this way was written without "
            "one at hand and never run)"
        )
        return Choice("float32", "cuda", reason)
    found = BFLOAT16_FLAGS & flags(cpuinfo)
    if found:
        reason = (
            f"this processor multiplies it itself ({', '.join(sorted(found))}), about 1.8 times as fast as "
            "float32 and with the same vectors but for .0001 of a cosine"
        )
        return Choice("bfloat16", "cpu", reason)
    if not cpuinfo.is_file():
        return Choice("float32", "cpu", "what else the processor is good at cannot be asked here")
    missing = " or ".join(sorted(BFLOAT16_FLAGS))
    return Choice(
        "float32", "cpu", f"this processor lacks {missing}, without which nothing faithful is faster"
    )


def flags(cpuinfo: Path = CPUINFO) -> set[str]:
    """What the processor says it can do; nothing where it cannot be asked."""
    try:
        found = re.search(r"^flags\s*:(.*)$", cpuinfo.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return set()
    return set(found[1].split()) if found else set()


def has_openvino() -> bool:
    """Whether OpenVINO is installed; found without importing it."""
    return importlib.util.find_spec("openvino") is not None


def _has_amx(cpuinfo: Path) -> bool:
    """Whether bfloat16 goes through AMX: nobody has measured whether int8 is any faster then."""
    return "amx_bf16" in flags(cpuinfo)


@functools.cache
def _has_gpu() -> bool:
    """Whether there is a driver of NVIDIA's and a torch that could use it."""
    if not _NVIDIA.is_file() and shutil.which("nvidia-smi") is None:
        return False
    try:
        return not metadata.version("torch").endswith("+cpu")
    except metadata.PackageNotFoundError:
        return False
