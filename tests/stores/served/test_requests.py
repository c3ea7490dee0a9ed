"""explorer.stores.served.requests: one address, within its time, and no more than was asked for."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from explorer.errors import StorageError, StoreAway
from explorer.stores.served import requests
from explorer.stores.served.requests import StoreRequests
from explorer.stores.server import StoreServer
from tests.stores.served.recording import Refused
from tests.stores.served.running import Servers


def asking(address: str, key: str | None = None) -> StoreRequests:
    return StoreRequests(StoreServer(address, "space_", lambda _: key), {"api-key": ""})


@contextmanager
def saying(text: bytes, *, goes_on: bool = False) -> Iterator[str]:
    """A server that answers the first request with these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def serve() -> None:
            with listening.accept()[0] as connection:
                connection.recv(65536)
                connection.sendall(text)
                while goes_on and not over.wait(0.05):
                    connection.sendall(b"x")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        over.set()
        thread.join(10)


def test_what_is_no_json_is_told() -> None:
    with saying(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>") as address:
        asked = asking(address)
        with pytest.raises(StorageError, match="no JSON"):
            asked.ask("GET", "/x")
        asked.close()


def test_no_more_is_read_than_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "_MOST_BYTES", 1000)
    body = b"7" * 2000
    with saying(b"HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n" + body) as address:
        asked = asking(address)
        with pytest.raises(StorageError, match="more than it was asked for"):
            asked.ask("GET", "/x")
        asked.close()


def test_an_answer_that_drips_is_not_waited_for() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"
    with saying(head, goes_on=True) as address:
        asked = asking(address)
        with pytest.raises(StoreAway, match=r"did not answer within 0.5 seconds"):
            asked.ask("GET", "/x", seconds=0.5)
        asked.close()


def test_what_is_not_there_is_told_at_once() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(StoreAway, match=re.escape(f"{address} cannot be reached (ConnectError)")):
            asking(address).ask("GET", "/x")


@pytest.mark.parametrize(
    "body",
    [{"status": {"error": "bad canary"}}, {"error": [{"message": "bad canary"}]}, {"message": "bad canary"}],
)
def test_reasons_are_shown_without_the_key(body: object, servers: Servers) -> None:
    spoken = servers.spoken("qdrant_server")
    spoken.failing = [Refused(422, body)]
    asked = asking(spoken.address, "canary")
    with pytest.raises(StorageError, match=r"refuses what was asked \(422: bad •••\)"):
        asked.ask("GET", "/collections")
    asked.close()


def test_what_may_be_missing_is_none(servers: Servers) -> None:
    asked = asking(servers.address("qdrant_server"))
    assert asked.ask("DELETE", "/collections/none", may_lack=True) is None
    with pytest.raises(StorageError, match="404"):
        asked.ask("DELETE", "/collections/none")
    asked.close()
