"""What the processor can do, and OpenVINO, which computes models on it where it runs."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, cast

CPUINFO = Path("/proc/cpuinfo")
INT8_FLAGS = frozenset({"avx512_vnni"})
"""A processor with this flag multiplies int8 itself, in the way that was measured."""


def flags(cpuinfo: Path = CPUINFO) -> set[str]:
    """What the processor says it can do, in the words of Linux; nothing where it cannot be asked."""
    try:
        found = re.search(r"^flags\s*:(.*)$", cpuinfo.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return set()
    return set(found[1].split()) if found else set()


def quiet_openvino() -> Any:
    """OpenVINO, which sends word of its import to a statistics server where its telemetry can be imported.

    Raises ImportError or OSError.
    """
    cast("dict[str, Any]", sys.modules)["openvino_telemetry"] = None
    import openvino

    return openvino
