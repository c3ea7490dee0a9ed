"""One request over HTTP, within its time: sent, and its answer read to the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from explorer import addresses
from explorer.embedding.server.answers import AnswerReader, PassingFailure, ServerAnswer
from explorer.errors import ModelError

if TYPE_CHECKING:
    import ssl

    import httpx2

    from explorer.embedding.server.manner import Manner

CONNECT_SECONDS = 10.0
_BYTES_A_TEXT = 1 << 18
"""The most that is read of an answer: 16,000 numbers in decimal for each text."""


class Poster:
    """Sends texts to one model at one address. Safe to use from several threads, which share connections."""

    def __init__(self, address: str, reader: AnswerReader, tell: Callable[[int], None]) -> None:
        """`tell` is called with the bytes of each request that went out."""
        self._address = address
        self._reader = reader
        self._tell = tell
        self._shared: httpx2.Client | None = None
        self._tls: ssl.SSLContext | None = None
        self._guard = threading.Lock()

    def post(self, texts: Sequence[str], key: str, manner: Manner) -> ServerAnswer:
        """The server's answer, whatever its status.

        Raises PassingFailure where the server is not there or takes too long, and ModelError for what is no
        answer over HTTP or longer than embeddings can be.
        """
        client = self._new_client() if manner.is_question else self._shared_client()
        try:
            return _in_time(partial(self._exchange, client, texts, key, manner), manner.whole)
        except TimeoutError:
            shown = self._reader.shown
            raise PassingFailure(f"{shown} did not answer within {manner.whole:g} seconds.") from None
        finally:
            if manner.is_question:  # its own, so that nobody else's request ends with one that is late
                client.close()

    def _exchange(
        self, client: httpx2.Client, texts: Sequence[str], key: str, manner: Manner
    ) -> ServerAnswer:
        """The same answer that `post` gives. Raises TimeoutError where it arrives too slowly."""
        import httpx2

        shown = self._reader.shown
        timeout = httpx2.Timeout(manner.stall, connect=min(manner.stall, CONNECT_SECONDS))
        try:
            return self._streamed(client, texts, key, timeout, time.monotonic() + manner.whole)
        except httpx2.ConnectTimeout:
            seconds = f"{timeout.connect:g} seconds"
            raise PassingFailure(f"{shown} cannot be reached (no connection in {seconds}).") from None
        except httpx2.TimeoutException:
            raise PassingFailure(f"{shown} said nothing for {manner.stall:g} seconds.") from None
        except httpx2.TransportError as error:
            raise PassingFailure(f"{shown} cannot be reached ({type(error).__name__}).") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise self._reader.none(type(error).__name__) from None

    def _streamed(
        self, client: httpx2.Client, texts: Sequence[str], key: str, timeout: httpx2.Timeout, deadline: float
    ) -> ServerAnswer:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        asked = {
            "model": self._reader.model,
            "input": list(map(_sendable, texts)),
            "encoding_format": "float",
        }
        address = f"{self._address}/embeddings"
        with client.stream("POST", address, json=asked, headers=headers, timeout=timeout) as answer:
            body = _read(answer, len(texts) * _BYTES_A_TEXT + (1 << 20), deadline)
            return ServerAnswer(answer.status_code, answer.headers, body, len(texts))

    def _shared_client(self) -> httpx2.Client:
        with self._guard:
            if self._shared is None:
                self._shared = self._new_client()
            return self._shared

    def _new_client(self) -> httpx2.Client:
        import httpx2

        if self._tls is None:
            self._tls = httpx2.create_ssl_context()  # takes a hundred times as long as all the rest
        return httpx2.Client(
            verify=self._tls,
            follow_redirects=False,
            mounts=addresses.direct(self._address),
            headers={"user-agent": "document-explorer"},
            event_hooks={"request": [lambda request: addresses.count_body(request, self._tell)]},
        )


def _in_time(work: Callable[[], ServerAnswer], seconds: float) -> ServerAnswer:
    """What `work` gives; raises TimeoutError after that many seconds, however far it is by then.

    A client's own limits begin anew with each byte, of the headers too, and looking up a name has none. So
    the work has a thread of its own, which is left behind when it is late and ends with its connection.
    """
    result: Future[ServerAnswer] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as error:  # noqa: BLE001  (raised to the one who waits)
            result.set_exception(error)

    threading.Thread(target=run, name="embedding-request", daemon=True).start()
    return result.result(seconds)


def _read(answer: httpx2.Response, most: int, deadline: float) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > most:
            raise ModelError(f"{answer.url.host} sends more than embeddings can be. Check the address.")
        if time.monotonic() > deadline:
            raise TimeoutError
        parts.append(part)
    return b"".join(parts)


def _sendable(text: str) -> str:
    """The text without lone surrogates, which JSON in UTF-8 cannot hold. A space stands for an empty text,
    which servers refuse."""
    return text.encode("utf-8", "replace").decode() or " "
