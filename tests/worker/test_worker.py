"""The background process: one for each library, for its own person only, gone when nobody needs it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from explorer import Library, WorkerError
from explorer.embedding.loaded import Turns
from explorer.errors import ModelError, ReadError, SettingError, StorageError
from explorer.worker import IndexState, WorkerClient, log, protocol, verbs
from explorer.worker import client as clients
from explorer.worker.server import RequestServer
from tests.faults.ground import kill_worker
from tests.folders import RENT, WHALES, eventually, prose, write


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("worker")
    with Library(folder / "library") as library:
        library.add(write(folder / "first", whales_md=WHALES, rent_txt=RENT))
        yield library


def address(library: Library) -> protocol.WorkerAddress:
    found = protocol.read_address(library.folder)
    assert found is not None
    return found


def workers_of(folder: Path) -> list[int]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "explorer.worker" in command and str(folder) in command:
            found.append(process.pid)
    return found


# ---- what it answers


def test_it_encodes_and_finds(library: Library) -> None:
    client = library._client
    vectors = client.encode([WHALES, RENT])
    assert vectors.shape == (2, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-3)
    assert client.sync().vectors == library.counts().chunks
    found = client.nearest(client.encode(["sea animals"], "query")[0], 100)
    assert found is not None
    ids, scores = found
    assert sorted(ids.tolist()) == sorted(c.id for d in library.documents() for c in library.chunks(d.id))
    assert (np.diff(scores) <= 0).all()


def test_its_errors_arrive_as_what_they_are(library: Library) -> None:
    with pytest.raises(ModelError, match="no-such-model"):
        library._client.check_model("no-such-model")
    with pytest.raises(WorkerError):
        library._client.index_ids("no number")  # type: ignore[arg-type]
    assert library._client.encode(["still there"], "query").shape == (1, 384)


def test_many_threads_may_ask_at_once(library: Library) -> None:
    alone = [library._client.encode([text], "query")[0] for text in ("whales", "rent", "bread", "sea")]
    answers: dict[int, np.ndarray] = {}

    def ask(number: int, text: str) -> None:
        answers[number] = library._client.encode([text], "query")[0]

    threads = [
        threading.Thread(target=ask, args=pair) for pair in enumerate(("whales", "rent", "bread", "sea"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(answers[number], alone[number]) for number in range(4))


def test_a_query_is_answered_while_a_file_is_embedded(library: Library, tmp_path: Path) -> None:
    (path,) = write(tmp_path, long_txt=prose(1, 3000))
    client = library._client
    quiet = [_seconds(client) for _ in range(10)]
    (job_id,) = library.enqueue(path)
    eventually(lambda: library._catalog.jobs.by_ids([job_id])[0].state == "embedding")
    busy = [_seconds(client) for _ in range(15)]
    assert library._catalog.jobs.by_ids([job_id])[0].state == "embedding", "the file was over too soon"
    library.cancel([job_id])
    assert statistics.median(busy) < max(0.5, 20 * statistics.median(quiet))
    eventually(lambda: not library.activity().is_busy)


def _seconds(client: WorkerClient) -> float:
    begun = time.perf_counter()
    client.encode(["a question about the rent"], "query")
    return time.perf_counter() - begun


# ---- who may ask


def test_the_key_is_for_this_person_only(library: Library) -> None:
    if sys.platform != "win32":
        assert (library.folder / protocol.ADDRESS_FILE).stat().st_mode & 0o077 == 0
    assert len(address(library).key) == 32


def test_it_listens_on_this_machine_only(library: Library) -> None:
    listening = [
        connection.laddr.ip
        for connection in psutil.Process(address(library).pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


def test_nobody_without_the_key_is_heard(library: Library) -> None:
    with pytest.raises(AuthenticationError):
        Client(("127.0.0.1", address(library).port), "AF_INET", authkey=b"wrong")
    with socket.create_connection(("127.0.0.1", address(library).port)) as rude:
        rude.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        rude.settimeout(10)
        heard = b""
        with contextlib.suppress(ConnectionResetError):
            while block := rude.recv(100):
                heard += block
        assert b"HTTP" not in heard
    silent = [socket.create_connection(("127.0.0.1", address(library).port)) for _ in range(5)]
    assert library._client.encode(["others are still answered"], "query").shape == (1, 384)
    for connection in silent:
        connection.close()


def test_nothing_that_arrives_is_unpickled() -> None:
    source = Path(protocol.__file__).read_text() + Path(clients.__file__).read_text()
    assert ".recv()" not in source
    assert ".send(" not in source.replace("protocol.send(", "")


# ---- its environment


@pytest.mark.parametrize(("set_by_a_person", "expected"), [(None, "1"), ("3", "3")])
def test_numpy_has_one_thread_in_it_unless_a_person_said_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, set_by_a_person: str | None, expected: str
) -> None:
    given = []
    really = subprocess.Popen

    def spawn(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        given.append(options["env"])
        return really([sys.executable, "-c", ""], **options)

    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if set_by_a_person:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", set_by_a_person)
    monkeypatch.setattr(subprocess, "Popen", spawn)
    (tmp_path / "library").mkdir()
    clients.spawn(tmp_path / "library").wait(20)
    assert given[0]["OPENBLAS_NUM_THREADS"] == expected


# ---- how long it lives


def test_there_is_one_worker_for_many_clients(library: Library) -> None:
    with Library(library.folder) as other:
        other.search("whales")
        assert workers_of(library.folder) == [address(library).pid]
    doubled = clients.spawn(library.folder)
    assert doubled.wait(20) == 0
    assert workers_of(library.folder) == [address(library).pid]


def test_one_that_was_killed_is_replaced(library: Library) -> None:
    old = address(library).pid
    os.kill(old, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    assert library.search("sea animals", k=1)[0].document.name == "whales.md"
    assert address(library).pid != old


def test_who_only_watches_the_queue_has_a_killed_one_replaced(library: Library, tmp_path: Path) -> None:
    (path,) = write(tmp_path, long_txt=prose(4, 300))
    library.enqueue(path)
    eventually(lambda: library.activity().current)
    kill_worker(library.folder)
    eventually(lambda: not library.activity().is_busy)
    assert library.jobs()[-1].outcome == "added"


def test_it_leaves_when_nobody_is_connected_and_comes_back(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library._client.wake()
        pid = address(library).pid
        time.sleep(6)
        assert psutil.pid_exists(pid), "it left although a client was connected"
    eventually(lambda: not workers_of(tmp_path / "library"), seconds=20)
    assert protocol.read_address(tmp_path / "library") is None
    with Library(tmp_path / "library") as library:
        assert library._client.sync() == IndexState(sequence=0, vectors=0)


def test_it_leaves_when_its_library_is_deleted(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    library._client.wake()
    pid = address(library).pid
    (library.folder / protocol.ADDRESS_FILE).unlink()
    eventually(lambda: not workers_of(tmp_path / "library"), seconds=20)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    library.close()


def test_one_that_cannot_start_is_an_error_and_not_a_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(tmp_path / "library")
    monkeypatch.setenv("PYTHONHOME", str(tmp_path / "nowhere"))
    begun = time.monotonic()
    with pytest.raises(
        WorkerError, match=r"could not be started: (Fatal Python error|ModuleNotFoundError).*says more"
    ):
        library._client.wake()
    assert time.monotonic() - begun < 20
    library.close()


def test_the_cause_is_said_without_words_of_a_document(tmp_path: Path) -> None:
    log.path(tmp_path).parent.mkdir(parents=True, exist_ok=True)
    log.path(tmp_path).write_text("2026-11-30 10:00:00,000 explorer.worker ERROR An earlier one.\n")
    begin = log.end(tmp_path)
    assert log.cause(tmp_path, begin) is None

    def says(text: str) -> str | None:
        with log.path(tmp_path).open("r+") as file:
            file.truncate(begin)
            file.seek(begin)
            file.write(text)
        return log.cause(tmp_path, begin)

    ours = "2026-11-30 10:00:01,000 explorer.worker ERROR The disk that holds /x is full.\n"
    assert says(ours) == "The disk that holds /x is full"
    assert says("Traceback\nModuleNotFoundError: No module named 'chromadb'\n") == (
        "ModuleNotFoundError: No module named 'chromadb'"
    )
    assert says("Traceback\nValueError: secret words\n") == "the program failed (ValueError)"
    assert says("a parser says: secret words\n") is None


def test_a_library_that_cannot_be_served_says_why(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library._catalog.database.forget()
        catalogue = library.folder / "catalog.sqlite3"
        catalogue.write_bytes(b"no database" * 1000)
        with pytest.raises(WorkerError, match=r"could not be started: .*catalog\.sqlite3 is damaged"):
            library._client.wake()


def test_a_store_that_is_not_there_is_told_to_who_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_STORE", "chrome")
    with Library(tmp_path / "library") as library:
        with pytest.raises(SettingError, match=r"store \('chrome'\).*Known are: chroma"):
            library._client.wake()
        library._client._start_quietly()  # on a thread that has nobody to tell


def test_a_closed_library_says_so(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    library.close()
    with pytest.raises(WorkerError, match="closed"):
        library._client.wake()


@dataclass(frozen=True, slots=True)
class Wait(verbs.Request[verbs.Done]):
    """Answered when the test says so."""

    verb = "wait"
    fails: bool


def test_who_asks_one_that_is_leaving_is_hung_up_on_and_so_asks_its_successor() -> None:
    asked, goes_on = threading.Event(), threading.Event()

    def wait(request: Wait, _: object) -> tuple[verbs.Done, tuple[()]]:
        asked.set()
        goes_on.wait(30)
        if request.fails:
            raise StorageError("The background process is closing.")
        return verbs.Done(), ()

    server = RequestServer({Wait: wait})
    server.start()
    clients = [Client(("127.0.0.1", server.port), "AF_INET", authkey=server.key) for _ in range(3)]
    failing, answered, late = clients
    for client, fails in ((failing, True), (answered, False)):
        asked.clear()
        protocol.send(client, verbs.question(Wait(fails)))
        assert asked.wait(30)
    server.close()
    goes_on.set()
    protocol.send(late, verbs.question(Wait(fails=False)))
    for client in (failing, late):
        with pytest.raises((EOFError, ConnectionError)):
            protocol.receive(client)
    assert protocol.receive(answered) == ({}, [])
    for client in clients:
        client.close()


# ---- the protocol


def test_a_stale_or_broken_address_is_no_address(tmp_path: Path) -> None:
    assert protocol.read_address(tmp_path) is None
    for text in ("", "{", "[]", json.dumps({"port": "x", "key": "00", "pid": 1}), json.dumps({"port": 1})):
        (tmp_path / protocol.ADDRESS_FILE).write_text(text)
        assert protocol.read_address(tmp_path) is None


def test_errors_keep_their_class_and_unknown_ones_become_worker_errors() -> None:
    with pytest.raises(ReadError, match="why"):
        protocol.raise_failure(protocol.failure(ReadError("why")))
    with pytest.raises(WorkerError, match="KeyError"):
        protocol.raise_failure(protocol.failure(KeyError("x")))
    with pytest.raises(WorkerError):
        protocol.raise_failure({"error": "annotations", "text": "not a class of ours"})
    protocol.raise_failure({"ready": True})


def test_a_waiting_query_goes_before_the_next_batch() -> None:
    turns = Turns()
    order: list[str] = []
    begun = threading.Event()

    def ingest() -> None:
        for number in range(20):
            with turns.batch():
                begun.set()
                order.append(f"batch {number}")
                time.sleep(0.02)

    thread = threading.Thread(target=ingest)
    thread.start()
    begun.wait()
    for _ in range(3):
        before = len(order)
        with turns.query():
            order.append("query")
        assert order.index("query", before) - before <= 1
        time.sleep(0.03)
    thread.join()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell who was killed")
def test_one_that_is_killed_while_it_starts_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawned: list[subprocess.Popen[bytes]] = []
    start = clients.spawn

    def spawn(folder: Path) -> subprocess.Popen[bytes]:
        spawned.append(start(folder))
        if len(spawned) == 1:
            spawned[0].kill()
        return spawned[-1]

    monkeypatch.setattr(clients, "spawn", spawn)
    with Library(tmp_path / "library") as library:
        library._client.wake()
        assert protocol.read_address(library.folder) is not None
    assert len(spawned) == 2
