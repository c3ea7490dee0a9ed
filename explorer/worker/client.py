"""The way from any process to its library's worker: it is started when needed, asked, and started again."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from explorer import processes, settings, stores
from explorer.addresses import Keys
from explorer.errors import SettingError, WorkerError
from explorer.worker import log as worker_log
from explorer.worker import place, protocol, verbs
from explorer.worker.verbs import IndexState, Request, StoreReply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import DataclassInstance
    from numpy.typing import NDArray

    from explorer.arrays import Floats, Ids, Pixels, Vectors

ReplyT = TypeVar("ReplyT", bound="DataclassInstance")

START_SECONDS = 60.0
"""A cold start (Python and a few modules from a slow disk) takes one to three seconds; models load later."""
_ATTEND_SECONDS = 2.0
"""How often those who watch a queue look after the worker."""
ANSWER_SECONDS = 300.0
"""The first encoding waits for torch and the model: about six seconds, far more from a cold network disk."""
_HANDSHAKE_SECONDS = 5.0
_IDLE_CONNECTIONS = 4
_KILLED_AT_MOST = 3
"""A worker that was killed before it answered is started again, one that dies of itself each time is not."""


class WorkerClient:
    """Asks the worker of one library folder. Safe to use from many threads: each request has its connection.

    An open connection keeps the worker alive: `close()` lets it leave a few seconds later.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = Keys()
        self._idle: list[Connection] = []
        self._guard = threading.Lock()
        self._starting = threading.Lock()
        self._closed = False
        self._attended = float("-inf")

    def attend(self) -> None:
        """For whoever sees that work waits: begin to start another worker where the last one was killed.

        It may be called as often as one looks.
        """
        with self._guard:
            if time.monotonic() - self._attended < _ATTEND_SECONDS:
                return
            self._attended = time.monotonic()
        self.start()

    def start(self) -> None:
        """Begin to start the worker, or to wake the one that runs, and return at once.

        A worker that cannot be started is reported by the next request.
        """
        with self._guard:
            if self._closed or self._starting.locked():
                return
        threading.Thread(target=self._start_quietly, name="worker-start", daemon=True).start()

    def encode(self, texts: Sequence[str], kind: str = "passage") -> Vectors:
        """Normalised embeddings, (n, dimension) float32, by the model that the live index was made with.

        `kind` is "passage" or "query"; a query goes before whatever is being ingested.

        Raises:
            ModelError: the model cannot be loaded.
            WorkerError: the worker cannot be reached.
        """
        _, arrays = self._ask(verbs.Encode(tuple(texts), kind))
        vectors: Vectors = arrays[0]
        return vectors

    def nearest(self, vector: Vectors, k: int) -> tuple[Ids, Floats] | None:
        """The k nearest chunks of the live index, best first: ids (n,) int64 and cosines (n,) float32.

        None while the index is still being brought up to the catalogue: search exactly instead.
        """
        reply, arrays = self._ask(verbs.Nearest(int(k)), vector)
        return (arrays[0], arrays[1]) if reply.ready else None

    def wake(self) -> None:
        """Say that there may be new work. Only a hint: the worker looks for itself every second."""
        self._ask(verbs.Wake())

    def password(self, job_id: int, password: str) -> None:
        """Give the password for the file of a job; it is kept in the worker's memory, for a redo too."""
        self._ask(verbs.GivePassword(job_id, password))

    def sync(self) -> IndexState:
        """How far the vector index is, once it is brought up to the catalogue. Raises StorageError."""
        return self._ask(verbs.Sync())[0]

    def index_ids(self, generation: int) -> Ids:
        """All chunk ids that the index of a generation holds, ascending."""
        _, arrays = self._ask(verbs.IndexIds(generation))
        ids: Ids = arrays[0]
        return ids

    def rebuild(self) -> IndexState:
        """The same as `sync`, but the index is thrown away first and filled from the catalogue."""
        return self._ask(verbs.Rebuild())[0]

    def store(self) -> StoreReply:
        """Which vector store is in use, and how far the way to another one is."""
        return self._ask(verbs.AskStore())[0]

    def check_model(self, name: str) -> tuple[int, float]:
        """The length of a model's vectors, and the seconds it took to find out.

        The model is loaded, or its server asked what stands behind the name now, as patiently as for a
        question. Raises ModelError and WorkerError.
        """
        reply, _ = self._ask(verbs.CheckModel(name))
        return reply.dimension, reply.seconds

    def rerank(self, query: str, texts: Sequence[str]) -> Floats | None:
        """How well each text answers the query, (n,) float32, higher is better; this takes seconds.

        None where the settings name no reranker. Raises ModelError and WorkerError.
        """
        reply, arrays = self._ask(verbs.Rerank(query, tuple(texts)))
        return arrays[0] if reply.is_set_up else None

    def look(self, picture: Pixels | None, text: str) -> tuple[str, Vectors]:
        """(fingerprint of the picture model, the vector of a picture or of words). Raises ModelError."""
        import numpy as np

        arrays = () if picture is None else (picture.astype(np.float32),)
        reply, vectors = self._ask(verbs.PlaceLook(text), *arrays)
        vector: Vectors = vectors[0]
        return reply.fingerprint, vector

    def set_key(self, address: str, key: str | None) -> None:
        """Give the key of an embedding server or a vector store; None forgets it. Kept in memory, here and in
        the worker."""
        self.keys.set(address, key)
        self._ask(verbs.SetKey(address, key))

    def close(self) -> None:
        """Let go of the worker; requests that are under way fail."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _start_quietly(self) -> None:
        # A failure here is not lost: the request that follows meets it again and raises it.
        with contextlib.suppress(SettingError, WorkerError):
            self.wake()

    def _ask(self, request: Request[ReplyT], *arrays: NDArray[Any]) -> tuple[ReplyT, list[Any]]:
        """The reply and its arrays. Raises the error that the worker replied, and WorkerError."""
        message = verbs.question(request)
        fields, answer = self._ask_twice(message, arrays)
        protocol.raise_failure(fields)
        reply: ReplyT = verbs.read(request.reply, fields)
        return reply, answer

    def _ask_twice(
        self, message: protocol.Message, arrays: tuple[Any, ...]
    ) -> tuple[protocol.Message, list[Any]]:
        try:
            return self._ask_once(message, arrays)
        except (OSError, EOFError, ValueError):
            # The worker died or was leaving just then. Every verb may be asked twice: ask its successor.
            self._drop_all()
        try:
            return self._ask_once(message, arrays)
        except (OSError, EOFError, ValueError) as error:
            raise WorkerError(
                f"The background process of {self.folder} stopped while it answered. Try again; "
                f"if it happens again, {worker_log.path(self.folder)} says why."
            ) from error

    def _ask_once(
        self, message: protocol.Message, arrays: tuple[Any, ...]
    ) -> tuple[protocol.Message, list[Any]]:
        connection = self._lease()
        try:
            protocol.send(connection, message, *arrays)
            if not connection.poll(ANSWER_SECONDS):
                raise WorkerError(f"The background process was silent for {ANSWER_SECONDS:.0f} seconds.")
            reply, answer = protocol.receive(connection)
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)
        return reply, answer

    def _lease(self) -> Connection:
        with self._guard:
            if self._closed:
                raise WorkerError("This library was closed.")
            self._drop_dead()
            if self._idle:
                return self._idle.pop()
        return self._introduced(self._new_connection())

    def _introduced(self, connection: Connection) -> Connection:
        """A connection whose worker, perhaps a new one, has been told the keys that were typed here."""
        for address, key in self.keys.all().items():
            protocol.send(connection, verbs.question(verbs.SetKey(address, key)))
            protocol.receive(connection)
        return connection

    def _drop_dead(self) -> None:
        # An idle connection has nothing to say: what can be read from it is its end.
        for connection in [one for one in self._idle if _has_ended(one)]:
            self._idle.remove(connection)
            connection.close()

    def _drop_all(self) -> None:
        with self._guard:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _give_back(self, connection: Connection) -> None:
        with self._guard:
            if not self._closed and len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()

    def _new_connection(self) -> Connection:
        with self._starting:
            connection = _connect(self.folder)
            if connection is not None:
                return connection
            begin = worker_log.end(self.folder)
            process, killed = spawn(self.folder), 0
            deadline = time.monotonic() + START_SECONDS
            while time.monotonic() < deadline:
                time.sleep(0.03)
                connection = _connect(self.folder)
                if connection is not None:
                    return connection
                if process.poll() is not None:
                    # It found another worker at its place (whose address may come any moment), or it failed.
                    killed += process.returncode < 0
                    if process.returncode > 0 or killed > _KILLED_AT_MOST:
                        break
                    time.sleep(0.2)
                    process = spawn(self.folder)
            raise WorkerError(
                f"The background process of {self.folder} could not be started: "
                f"{worker_log.cause(self.folder, begin) or _how_it_ended(process)}. "
                f"{worker_log.path(self.folder)} says more."
            )


def spawn(folder: Path) -> subprocess.Popen[bytes]:
    """The process of a new worker, which outlives this one, has no terminal and leaves by itself.

    Raises:
        SettingError: an EXPLORER_ variable has a value with which no worker can start.
    """
    stores.require(settings.resolve().store)
    environment = dict(os.environ)
    # glibc keeps up to eight heaps a processor for threads that are idle.
    environment.setdefault("MALLOC_ARENA_MAX", "2")
    # glibc overwrites what is freed: Chroma writes freed memory of the worker into its files, and with it
    # words of documents that may be removed later.
    environment.setdefault("MALLOC_PERTURB_", "1")
    # NumPy's threads spin while they wait for each other: beside other work on the same processors a question
    # took 126 ms (700 at worst) instead of 24, and 83 ms of processor time instead of 15. torch and OpenVINO
    # have threads of their own.
    environment.setdefault(*processes.ONE_THREAD)
    options: dict[str, Any] = {}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        options["start_new_session"] = True
    # Its messages go to a file of its own: the caller's pipes would keep `command | other` waiting.
    with worker_log.opened(folder) as log:
        process = processes.start(
            processes.module_command("explorer.worker", str(folder)),
            environment=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            **options,
        )
    # Someone must wait for it, or it stays a zombie until this process ends.
    threading.Thread(target=process.wait, name="worker-wait", daemon=True).start()
    return process


def _how_it_ended(process: subprocess.Popen[bytes]) -> str:
    """How a process ended that said nothing."""
    status = process.poll()
    if status is None:
        return f"it did not answer within {START_SECONDS:.0f} seconds"
    if status < 0:
        return f"the system ended it each time (signal {-status}); perhaps there is too little memory"
    if status > 0:
        return f"it ended with status {status}"
    return "another process holds the library's lock and does not answer"


def _has_ended(connection: Connection) -> bool:
    try:
        return connection.poll(0)
    except OSError:
        return True


def _connect(folder: Path) -> Connection | None:
    address, mark = protocol.read_address(folder), place.mark_of(folder)
    if address is None or mark is None:
        return None
    key = mark.bound(address.key)
    try:
        plain = socket.create_connection(("127.0.0.1", address.port), timeout=_HANDSHAKE_SECONDS)
    except OSError:
        return None
    plain.settimeout(None)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection = Connection(plain.detach())
    try:
        if connection.poll(_HANDSHAKE_SECONDS):
            answer_challenge(connection, key)
            deliver_challenge(connection, key)
            return connection
    except (OSError, EOFError, AuthenticationError):
        # Another program took the port of a worker that is gone, or the worker is that of another folder.
        pass
    connection.close()
    return None
