"""How the worker listens: it accepts clients on 127.0.0.1 and answers each on a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import secrets
import socket
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener, answer_challenge, deliver_challenge
from typing import TYPE_CHECKING, Any

from explorer.errors import ExplorerError
from explorer.worker import protocol, verbs
from explorer.worker.verbs import Request

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from numpy.typing import NDArray

    from explorer.worker.place import FolderMark

log = logging.getLogger(__name__)

Arrays = tuple["NDArray[Any]", ...]
Answer = tuple["DataclassInstance", Arrays]
"""The reply to a request, and the arrays that go with it."""
Handlers = Mapping[type[Request[Any]], Callable[[Any, Arrays], Answer]]
"""By the class of a request: what answers one and its arrays."""


class RequestServer:
    """Answers requests by the handlers it was given, until closed."""

    def __init__(self, handlers: Handlers, mark: FolderMark | None = None) -> None:
        """Only for clients that ask for the folder of that mark; None asks for none."""
        self._handlers = handlers
        self.key = secrets.token_bytes(32)
        self._proof = self.key if mark is None else mark.bound(self.key)
        # No key here: the handshake is made on the client's own thread, so that a client that says nothing
        # cannot keep the others out.
        self._listener = Listener(("127.0.0.1", 0), "AF_INET", backlog=64)
        self._guard = threading.Lock()
        self._clients = 0
        self._alone_since = time.monotonic()
        self._is_open = True
        self.has_served = False

    @property
    def port(self) -> int:
        return int(self._listener.address[1])

    @property
    def seconds_alone(self) -> float:
        """For how long no client has been connected; 0 while one is."""
        with self._guard:
            return 0.0 if self._clients else time.monotonic() - self._alone_since

    def start(self) -> None:
        """Accept from now on, on a thread."""
        threading.Thread(target=self._accept, name="accept", daemon=True).start()

    def close(self) -> None:
        """Accept and answer no more. A client that asks now, or whose answer fails now, finds its connection
        closed and asks a successor.
        """
        self._is_open = False
        self._listener.close()

    def _accept(self) -> None:
        while self._is_open:
            try:
                connection = self._listener.accept()
            except OSError:
                if self._is_open:
                    time.sleep(0.05)  # out of file handles, or a client that was gone at once
                continue
            threading.Thread(target=self._serve, args=(connection,), name="client", daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        with contextlib.closing(connection):
            try:
                _answer_at_once(connection)
                deliver_challenge(connection, self._proof)
                answer_challenge(connection, self._proof)
            except (OSError, EOFError, AuthenticationError):
                log.info("a connection that does not know the key was turned away")
                return
            with self._guard:
                self._clients += 1
                self.has_served = True
            try:
                while True:
                    message, arrays = protocol.receive(connection)
                    if not self._is_open:
                        return
                    reply, answer = self._answer(message, tuple(arrays))
                    if not self._is_open and "error" in reply:
                        return  # it may have failed only because everything is being closed
                    protocol.send(connection, reply, *answer)
            except (OSError, EOFError):
                pass  # the client has gone, which is how every conversation ends
            except ValueError as error:
                log.warning("a client sent what is no message: %s", type(error).__name__)
            finally:
                with self._guard:
                    self._clients -= 1
                    self._alone_since = time.monotonic()

    def _answer(self, message: protocol.Message, arrays: Arrays) -> tuple[protocol.Message, Arrays]:
        try:
            request = verbs.understand(message, self._handlers)
            reply, answer = self._handlers[type(request)](request, arrays)
            return verbs.answer(reply), answer
        except Exception as error:  # noqa: BLE001  - whatever went wrong, the client is told
            if not isinstance(error, ExplorerError):
                # Where it failed, not the error's own message, which may hold words of a document.
                where = "".join(traceback.format_tb(error.__traceback__))
                log.error("a request failed (%s)\n%s", type(error).__name__, where)
            return protocol.failure(error), ()


def _answer_at_once(connection: Connection) -> None:
    """Send each part of an answer as it is written: the system would keep the second until the first is
    acknowledged, which clients do after 40 ms."""
    plain = socket.socket(fileno=connection.fileno())
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    finally:
        plain.detach()  # the connection keeps it
