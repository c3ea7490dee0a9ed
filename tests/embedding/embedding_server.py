"""A real HTTP server that speaks OpenAI's embeddings protocol and misbehaves on request."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIMENSION = 8
OK = {"status": 200}


@dataclass
class EmbeddingServer:
    """What it answers with, one plan for each request (the last for all that follow), and what it was sent.

    A plan may hold `status`, `headers`, `body`, `stall` (seconds before the answer), `cut` (the number
    of its bytes after which the connection ends), `drops` and `header_drops` (seconds between its bytes,
    or between those of headers without end).
    """

    plans: Sequence[dict[str, Any]] = (OK,)
    key: str = ""
    most: int = 1000
    most_status: int = 413
    """More than `most` texts in one request are refused with it."""
    bad: str = ""
    bad_status: int = 400
    """With it, a request is refused that has a text which ends in `bad`."""
    delay: float = 0.0
    weights: str = ""
    """Stands for what is behind the model's name: with another word, any time, all its vectors are others."""
    dimension: int = DIMENSION
    requests: list[list[str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def name(self) -> str:
        return f"tiny at {self.address}"


def vector(text: str, weights: str = "", dimension: int = DIMENSION) -> list[float]:
    """Depends on the text and the weights alone and is not of length 1. `dimension`: 32 at most."""
    return [byte / 64 - 1 for byte in hashlib.sha256((weights + text).encode()).digest()[:dimension]]


@contextmanager
def serving(**behaviour: Any) -> Iterator[EmbeddingServer]:
    """A server on a free port, gone when the block ends."""
    state = EmbeddingServer(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with state.guard:
                plan = state.plans[min(len(state.requests), len(state.plans) - 1)]
                state.requests.append(asked["input"])
                state.bodies.append(asked)
                state.headers.append({name.lower(): value for name, value in self.headers.items()})
                state.times.append(time.monotonic())
                state.under_way += 1
                state.most_under_way = max(state.most_under_way, state.under_way)
            time.sleep(plan.get("stall", state.delay))
            with state.guard:  # before the answer: whoever has it may ask again at once
                state.under_way -= 1
            self._answer(plan, asked["input"])

        def _answer(self, plan: dict[str, Any], texts: list[str]) -> None:
            status = plan.get("status", 200)
            vectors = [vector(text, state.weights, state.dimension) for text in texts]
            rows = [{"index": n, "embedding": numbers} for n, numbers in enumerate(vectors)]
            body: Any = plan.get("body", {"data": rows[::-1], "model": "tiny", "object": "list"})
            if state.key and self.headers.get("authorization") != f"Bearer {state.key}":
                status, body = 401, {"error": {"message": f"bad {self.headers.get('authorization')}"}}
            elif len(texts) > state.most:
                status = state.most_status
                body = {"error": f"batch size {len(texts)} > maximum {state.most}"}
            elif state.bad and any(text.endswith(state.bad) for text in texts):
                text = next(text for text in texts if text.endswith(state.bad))
                status, body = state.bad_status, {"error": {"message": f"{text!r} is too long"}}
            elif status != 200 and "body" not in plan:
                body = {"error": {"message": f"no: {self.headers.get('authorization')}"}}
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            if "header_drops" in plan:
                self._drip(b"HTTP/1.0 200 OK\r\nslow: " + b"." * 10_000, plan["header_drops"])
                return
            self.send_response(status)
            for name, value in plan.get("headers", {}).items():
                self.send_header(name, value)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            if "drops" in plan:
                self._drip(data, plan["drops"])
            else:
                self.wfile.write(data[: plan.get("cut", len(data))])

        def _drip(self, data: bytes, seconds: float) -> None:
            with contextlib.suppress(OSError):
                for byte in data:
                    self.wfile.write(bytes([byte]))
                    time.sleep(seconds)

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
        server.shutdown()
        server.server_close()
        thread.join()
