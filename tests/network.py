"""A pytest plugin that cuts the whole run off the network and counts what still tries to leave.

Where it may (root on Linux), the run moves into a network namespace of its own that has only the
loopback device: servers, workers and the browser start inside it. The kernel counts every packet
that found no way out, whoever sent it (`/proc/self/net/snmp`), so a test can ask for none. IPv6 is off in
there: Chromium probes for it by itself, and whoever wants out asks the IPv4 name server first.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
from pathlib import Path

import pytest

CLONE_NEWNET = 0x40000000  # linux/sched.h
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1  # linux/sockios.h, linux/if.h

is_cut_off = False


def pytest_configure(config: pytest.Config) -> None:
    global is_cut_off  # noqa: PLW0603 - one process, one namespace
    is_cut_off = _leave_the_network()


def pytest_report_header() -> str:
    if is_cut_off:
        return "network: none but loopback; attempts to leave are counted by the kernel"
    return "network: not cut off (needs root on Linux)"


def attempts_to_leave() -> int:
    """How many packets found no route out of the namespace since it was made."""
    rows = [line.split() for line in Path("/proc/self/net/snmp").read_text().splitlines()]
    names, values = (row for row in rows if row[0] == "Ip:")
    return int(dict(zip(names, values, strict=True))["OutNoRoutes"])


def _leave_the_network() -> bool:
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return False
    import fcntl  # there is none on Windows, where this module is imported too

    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sh14x", b"lo", 0)
        _, flags = struct.unpack("16sh14x", fcntl.ioctl(probe, SIOCGIFFLAGS, request))
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
    Path("/proc/sys/net/ipv6/conf/all/disable_ipv6").write_text("1")
    return True
