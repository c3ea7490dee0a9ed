"""A real HTTP server that speaks OpenAI's chat protocol and misbehaves on request."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WHOLE = "stop"
CUT = "cut"
SILENT = "silent"


@dataclass
class ChatServer:
    """What it answers with, and what it was sent."""

    pieces: Sequence[str] = ()
    status: int = 200
    body: Any = None
    location: str = ""
    ends: str = WHOLE
    error: str = ""
    """Reported in the middle of an answer, after the pieces."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)
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
    """A server on a free port, gone when the block ends."""
    state = ChatServer(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            state.requests.append(json.loads(self.rfile.read(length)))
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            if state.status != 200:
                self._refuse()
            else:
                self._stream()

        def _refuse(self) -> None:
            body = json.dumps(state.body or {"error": {"message": "no"}}).encode()
            self.send_response(state.status)
            if state.location:
                self.send_header("location", state.location)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            for piece in state.pieces:
                self._event({"content": piece})
            if state.error:
                self.wfile.write(f"data: {json.dumps({'error': {'message': state.error}})}\n\n".encode())
            if state.ends == SILENT:
                state.go_on.wait(20)
            if state.ends == WHOLE:
                self._event({}, "stop")
                self.wfile.write(b"data: [DONE]\n\n")

        def _event(self, delta: dict[str, str], finish: str | None = None) -> None:
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

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
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
