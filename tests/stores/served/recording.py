"""A server on this machine that speaks JSON over HTTP, notes what it is asked, and fails as it is told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    text: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.text) if self.text else None


@dataclass
class Refused(Exception):  # noqa: N818 - an answer like others
    """What the server answers instead."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Vectors:
    """Vectors under ids, compared one by one."""

    def __init__(self, dimension: int | None = None) -> None:
        self.dimension = dimension
        self.rows: dict[int, list[float]] = {}

    def put(self, ids: list[int], vectors: list[list[float]]) -> None:
        self.dimension = self.dimension or len(vectors[0])
        if any(len(vector) != self.dimension for vector in vectors):
            raise Refused(400, {"message": f"Vector dimension does not match the dimension {self.dimension}"})
        self.rows |= dict(zip(ids, vectors, strict=True))

    def nearest(self, vector: list[float], k: int) -> list[tuple[int, float]]:
        """(id, cosine), best first."""
        if not self.rows:
            return []
        ids, matrix = list(self.rows), np.array(list(self.rows.values()))
        query = np.array(vector)
        cosines = matrix @ query / np.linalg.norm(matrix, axis=1) / np.linalg.norm(query)
        return [(ids[row], float(cosines[row])) for row in np.argsort(-cosines, kind="stable")[:k]]


class RecordingServer:
    """Derive from it, and answer in `answer`. Its state outlives the programs that ask it."""

    most_octets = 2 << 20
    """The longest body that it takes."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.failing: list[Refused] = []
        """Answers for the next requests, in place of its own."""
        self.key: str | None = None
        self._guard = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        """It is gone, for those too who have a connection."""
        self._http.shutdown()
        self._http.server_close()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def answer(self, asked: Asked) -> Any:
        """The body of the answer. Raises Refused."""
        raise NotImplementedError

    def wants(self, asked: Asked) -> str | None:
        """The key that came along."""
        raise NotImplementedError

    @contextmanager
    def guarded(self, key: str) -> Iterator[None]:
        """Only who has this key is answered."""
        self.key = key
        try:
            yield
        finally:
            self.key = None

    def _handled(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        with self._guard:
            self.asked.append(asked)
            try:
                if self.failing:
                    raise self.failing.pop(0)
                if self.key is not None and self.wants(asked) != self.key:
                    raise Refused(401, {"message": "the key is wrong"})
                if len(asked.text) > self.most_octets:
                    raise Refused(413, {"message": "the request is too large"})
                return 200, self.answer(asked), {}
            except Refused as refused:
                return refused.status, refused.body, refused.headers

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                server._connections.add(self.request)
                super().setup()

            def _do(self) -> None:
                text = self.rfile.read(int(self.headers.get("content-length") or 0))
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                status, body, more = server._handled(Asked(self.command, parts.path, query, headers, text))
                octets = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"content-type": "application/json", **more}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - the names of the standard library

            def log_message(self, *_: object) -> None:
                """Nothing: `asked` has it."""

        return Handler
