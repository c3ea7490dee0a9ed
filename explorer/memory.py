"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
import sys


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
