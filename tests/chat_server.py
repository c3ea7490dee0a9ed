"""A real HTTP server that speaks OpenAI's chat protocol and misbehaves on request."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WHOLE = "stop"
CUT = "cut"
SILENT = "silent"


@dataclass(frozen=True)
class RefusalError(Exception):
    """What `reply` raises for a request that the server does not take."""

    message: str
    status: int = 400


@dataclass
class ChatServer:
    """What it answers with, and what it was sent."""

    pieces: Sequence[str] = ()
    reply: Callable[[dict[str, Any]], Sequence[str]] | None = None
    """The pieces for a request; raises `RefusalError`. In place of `pieces`."""
    deltas: Sequence[dict[str, Any]] = ()
    """Sent before the pieces, as they are."""
    models: Any = None
    """What it lists where it is asked for its models; None: it knows no such list."""
    ends_of: Callable[[int], str] | None = None
    """How the answer to a request ends, the first being 1. In place of `ends`."""
    status: int = 200
    body: Any = None
    location: str = ""
    ends: str = WHOLE
    error: str = ""
    """Reported in the middle of an answer, after the pieces."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set once whoever waited for a silent answer has gone."""
    gets: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def prompt(self) -> str:
        """Everything the model was told in the last request."""
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])


@contextmanager
def serving(**behaviour: Any) -> Iterator[ChatServer]:
    """A server, on a free port where none is given, gone when the block ends."""
    state = ChatServer(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            state.requests.append(json.loads(self.rfile.read(length)))
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            if state.status != 200:
                self._send(state.status, state.body or {"error": {"message": "no"}})
                return
            number = len(state.requests)
            try:
                pieces = state.reply(state.requests[-1]) if state.reply else state.pieces
            except RefusalError as refused:
                self._send(refused.status, {"error": {"message": refused.message}})
                return
            self._stream(pieces, state.ends_of(number) if state.ends_of else state.ends)

        def do_GET(self) -> None:
            state.gets.append(self.path)
            known = self.path.endswith("/models") and state.models is not None
            self._send(200 if known else 404, state.models if known else {"error": {"message": "no"}})

        def _send(self, status: int, answer: Any) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            if state.location:
                self.send_header("location", state.location)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self, pieces: Sequence[str], ends: str) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            for delta in state.deltas:
                self._event(delta)
            for piece in pieces:
                self._event({"content": piece})
            if state.error:
                self.wfile.write(f"data: {json.dumps({'error': {'message': state.error}})}\n\n".encode())
            if ends == SILENT:
                self._wait()
            if ends == WHOLE:
                self._event({}, "stop")
                self.wfile.write(b"data: [DONE]\n\n")

        def _wait(self) -> None:
            for _ in range(400):
                if state.go_on.wait(0.05):
                    return
                readable, _, _ = select.select([self.connection], [], [], 0)
                if readable and not self.connection.recv(1, socket.MSG_PEEK):
                    state.hung_up.set()
                    return

        def _event(self, delta: dict[str, Any], finish: str | None = None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            event = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": "m",
                "choices": [choice],
            }
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()

        def log_message(self, *args: Any) -> None:
            """Silent: the tests read what the program logs."""

    server = ThreadingHTTPServer(("127.0.0.1", state.port), Handler)
    server.daemon_threads = True
    state.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()
