"""The measuring instrument of the offline tests, measured itself."""

from __future__ import annotations

import socket

import pytest

from tests import network


def test_an_attempt_to_leave_is_counted() -> None:
    if not network.is_cut_off:
        pytest.skip("the run is not in a network namespace of its own: needs root on Linux")
    before = network.attempts_to_leave()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside, pytest.raises(OSError):
        outside.connect(("192.0.2.1", 53))  # TEST-NET-1, RFC 5737
    assert network.attempts_to_leave() == before + 1


def test_loopback_is_not_counted() -> None:
    if not network.is_cut_off:
        pytest.skip("the run is not in a network namespace of its own: needs root on Linux")
    before = network.attempts_to_leave()
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
    assert network.attempts_to_leave() == before
