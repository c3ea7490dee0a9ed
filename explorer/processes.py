"""What our processes need of the system: how a child is started, threads for NumPy, memory given back."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "1")
"""What the worker's environment has for NumPy, unless a person set it."""
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
"""From linux/sched.h."""
_ROOT = Path(__file__).resolve().parents[1]


def module_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs one of our modules with this Python: `python -m MODULE ARGUMENTS`."""
    return [sys.executable, "-m", module, *arguments]


def start(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, **options: Any
) -> subprocess.Popen[bytes]:
    """A child process that finds this package wherever it runs, and opens no window on Windows.

    `environment` is what it gets to see besides PYTHONPATH; None stands for all that this process has.
    `options` are those of `subprocess.Popen`.

    Raises:
        OSError: the system starts no process.
    """
    given = os.environ if environment is None else environment
    paths = (str(_ROOT), os.environ.get("PYTHONPATH", ""))
    path = os.pathsep.join(part for part in paths if part)
    if sys.platform == "win32":
        options["creationflags"] = options.get("creationflags", 0) | subprocess.CREATE_NO_WINDOW
    return subprocess.Popen(list(command), env={**given, "PYTHONPATH": path}, **options)  # noqa: S603


def follow(process: subprocess.Popen[bytes], on_said: Callable[[dict[str, Any]], None]) -> int:
    """The exit status of a child that says what it does as lines of JSON, each of which `on_said` gets.

    What `on_said` raises kills the child; its standard input, where it is a pipe, is its leash (see
    `leave_with_parent`).
    """
    try:
        for line in process.stdout or ():
            on_said(json.loads(line))
        return process.wait()
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def leave_network() -> bool:
    """Cut this process off every network, the loopback of this machine included; False where the system lets
    no process do that (other systems than Linux, some containers). Call it before any thread is started."""
    if sys.platform != "linux":
        return False
    unshare: Callable[[int], int] = ctypes.CDLL(None, use_errno=True).unshare
    # Only root may do without a user namespace of its own.
    return unshare(_CLONE_NEWNET) == 0 or unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0


def leave_with_parent() -> None:
    """Have this process end as soon as its standard input does, which its parent holds open: then nobody
    waits any more for what it makes."""
    threading.Thread(target=_leave_at_the_end, name="leash", daemon=True).start()


def _leave_at_the_end() -> None:
    # Not through sys.stdin: a thread that waits in it makes the interpreter abort when it ends.
    with contextlib.suppress(OSError):
        while os.read(0, 1):
            pass
    os._exit(1)


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
