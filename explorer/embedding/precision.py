"""In what a model computes on this machine, and why."""

from __future__ import annotations

import functools
import re
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})
"""With either the processor multiplies bfloat16 itself; without them it is slower than float32."""
CPUINFO = Path("/proc/cpuinfo")
_NVIDIA = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True, slots=True)
class Choice:
    """The fastest way that is faithful: a cosine to float32 of .999 in the mean and .995 at worst."""

    precision: str
    """ "bfloat16" or "float32"."""
    device: str
    """ "cpu" or "cuda"."""
    reason: str
    """Why, as a clause that follows on "all-MiniLM-L6-v2 computes in bfloat16: "."""


def choose(cpuinfo: Path = CPUINFO) -> Choice:
    """What suits this machine; found without importing torch.

    int8 is not among the ways: docs/embedding.md has the figures.
    """
    if _has_gpu():
        reason = (
            "a graphics card of NVIDIA is there, which is fast enough in it (this way was written without "
            "one at hand and never run)"
        )
        return Choice("float32", "cuda", reason)
    flags = BFLOAT16_FLAGS & _flags(cpuinfo)
    if flags:
        reason = (
            f"this processor multiplies it itself ({', '.join(sorted(flags))}), about 1.8 times as fast as "
            "float32 and with the same vectors but for .0001 of a cosine"
        )
        return Choice("bfloat16", "cpu", reason)
    if not cpuinfo.is_file():
        return Choice("float32", "cpu", "what else the processor is good at cannot be asked here")
    missing = " or ".join(sorted(BFLOAT16_FLAGS))
    return Choice(
        "float32", "cpu", f"this processor lacks {missing}, without which nothing faithful is faster"
    )


def _flags(cpuinfo: Path) -> set[str]:
    try:
        found = re.search(r"^flags\s*:(.*)$", cpuinfo.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return set()
    return set(found[1].split()) if found else set()


@functools.cache
def _has_gpu() -> bool:
    """Whether there is a driver of NVIDIA's and a torch that could use it."""
    if not _NVIDIA.is_file() and shutil.which("nvidia-smi") is None:
        return False
    try:
        return not metadata.version("torch").endswith("+cpu")
    except metadata.PackageNotFoundError:
        return False
