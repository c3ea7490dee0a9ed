"""What processes need of the system: memory given back, and how many threads NumPy may have."""

from __future__ import annotations

import ctypes
import sys

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "1")
"""What the worker's environment has for NumPy, unless a person set it."""


def give_back() -> None:
    """Return what the C library keeps of freed memory; does nothing where it has no such call.

    glibc keeps pages that were freed below ones still in use: after the postings of 200,000 chunks are made,
    some 200 MB that nothing uses.
    """
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim(0)
