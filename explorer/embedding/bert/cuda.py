"""Whether torch could compute on a graphics card of NVIDIA's: asked of the driver, without importing torch.

Written without a card at hand and never run on one.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

_DRIVER = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
_BUILT_FOR = re.compile(r"^cuda\b[^=\n]*= *'(\d+)", re.MULTILINE)


@functools.cache
def is_usable() -> bool:
    """Whether there is a card that the driver can use, and a torch that was built for such a driver.

    That there is a driver says nothing: it stays when a card is taken out, hidden (CUDA_VISIBLE_DEVICES) or
    not given to a container, and it may be too old for this torch.
    """
    built_for = _torchs_cuda()
    driver = None if built_for is None else _driver()
    if built_for is None or driver is None or driver.cuInit(0) != 0:
        return False
    cards, version = ctypes.c_int(), ctypes.c_int()
    if driver.cuDeviceGetCount(ctypes.byref(cards)) or driver.cuDriverGetVersion(ctypes.byref(version)):
        return False
    return cards.value > 0 and version.value // 1000 >= built_for


def _torchs_cuda() -> int | None:
    """The major version of CUDA that the installed torch was built for; None where it was for processors."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return None
    try:
        found = _BUILT_FOR.search((Path(spec.origin).parent / "version.py").read_text(encoding="utf-8"))
    except OSError:
        return None
    return int(found[1]) if found else None


def _driver() -> Any:
    try:
        return ctypes.CDLL(_DRIVER)
    except OSError:  # there is none
        return None
