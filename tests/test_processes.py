"""Freed memory goes back to the system."""

from __future__ import annotations

import platform

import psutil
import pytest

from explorer import processes

SIZE = 2_000  # beyond what Python's own allocator takes, below what is mapped alone


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps freed memory")
def test_what_lies_below_something_in_use_is_given_back() -> None:
    process = psutil.Process()
    held = [bytes(SIZE) for _ in range(100_000)]
    pinned = bytes(SIZE)
    most = process.memory_info().rss
    del held
    processes.give_back()
    assert process.memory_info().rss < most - 100_000_000
    assert len(pinned) == SIZE
