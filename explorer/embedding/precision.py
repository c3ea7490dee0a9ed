"""In what a model computes on this machine."""

from __future__ import annotations

import functools
import re
from pathlib import Path

BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})
"""With either the processor multiplies bfloat16 itself; without them it is slower than float32."""


@functools.cache
def cpu_precision(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """ "bfloat16" on processors that compute in it, else "float32", also where there is no way to ask."""
    try:
        flags = re.search(r"^flags\s*:(.*)$", cpuinfo.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return "float32"
    return "bfloat16" if flags and BFLOAT16_FLAGS & set(flags[1].split()) else "float32"
