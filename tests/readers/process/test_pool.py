"""Children (`explorer.readers.process.child`) that misbehave cost one file; the next one is read."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.errors import Cancelled, ReadError, WorkerError
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from tests.readers.conftest import Write

COMMAND = (sys.executable, "-m", "tests.readers.process.rude_child")
QUICK = Limits(seconds=1.0)


@pytest.fixture(scope="module")
def rude() -> Iterator[ReaderPool]:
    with ReaderPool(size=2, command=COMMAND) as pool:
        yield pool


def read(pool: ReaderPool, write: Write, what: str, limits: Limits | None = None) -> str:
    path = write(f"{what}.rude", f"RUDE {what}")
    return pool.read(path, path.name, limits=limits).text


def test_children_are_kept_for_the_next_file(rude: ReaderPool, write: Write) -> None:
    assert read(rude, write, "fine").split()[1] == read(rude, write, "fine").split()[1]


@pytest.mark.parametrize("what", ["segfault", "exit"])
def test_a_crash_costs_one_file(rude: ReaderPool, write: Write, what: str) -> None:
    with pytest.raises(ReadError, match=rf"^{what}\.rude could not be read: its reader stopped\."):
        read(rude, write, what)
    assert read(rude, write, "fine").startswith("fine")


def test_a_hang_is_ended_in_time(rude: ReaderPool, write: Write) -> None:
    started = time.monotonic()
    with pytest.raises(
        ReadError, match=r"^hang\.rude took longer than 1 seconds and was given up\. Split it, or "
    ):
        read(rude, write, "hang", QUICK)
    assert time.monotonic() - started < 10
    assert read(rude, write, "fine").startswith("fine")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_memory_is_limited(rude: ReaderPool, write: Write) -> None:
    with pytest.raises(ReadError, match="needs more than 300 MB of memory"):
        read(rude, write, "memory", Limits(memory_mb=300))
    assert read(rude, write, "fine").startswith("fine")


def test_a_readers_own_error_is_one_short_line(rude: ReaderPool, write: Write) -> None:
    with pytest.raises(ReadError) as raised:
        read(rude, write, "raise")
    assert str(raised.value).startswith("raise.rude could not be read, it seems damaged: an unlikely state")
    assert len(str(raised.value)) <= 400
    assert "\n" not in str(raised.value)


def test_what_parsers_print_never_reaches_the_protocol(rude: ReaderPool, write: Write) -> None:
    assert read(rude, write, "print").startswith("print")
    assert read(rude, write, "fine").startswith("fine")


def test_keys_of_ours_are_not_handed_to_parsers(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_CHAT_KEY", "sk-canary")
    with ReaderPool(command=COMMAND) as pool:
        assert "EXPLORER_CHAT_KEY" not in read(pool, write, "fine")


def test_progress_comes_about_four_times_a_second(rude: ReaderPool, write: Write) -> None:
    seen: list[tuple[int, int]] = []
    path = write("pages.rude", "RUDE pages")
    rude.read(path, path.name, on_page=lambda page, pages: seen.append((page, pages)))
    assert seen[0] == (1, 40)
    assert 2 <= len(seen) <= 8


def test_files_within_a_file_arrive_as_they_are_found(rude: ReaderPool, write: Write) -> None:
    arrived: list[tuple[str, bytes]] = []

    def take(name: str, blocks: Iterator[bytes]) -> None:
        arrived.append((name, b"".join(blocks)))

    path = write("parts.rude", "RUDE parts")
    assert rude.read(path, path.name, on_part=take).text.startswith("parts")
    assert arrived == [
        ("letters/first.txt", b"one " * 2**20),
        ("second.txt", "".join(f"block {number} " for number in range(500)).encode()),
    ]


def test_files_within_a_file_need_not_be_taken(rude: ReaderPool, write: Write) -> None:
    path = write("parts.rude", "RUDE parts")
    names: list[str] = []
    assert rude.read(path, path.name, on_part=lambda name, blocks: names.append(name)).text
    assert names == ["letters/first.txt", "broken.txt", "second.txt"]
    assert rude.read(path, path.name).text.startswith("parts")


def test_storing_files_within_a_file_is_not_counted_as_reading(rude: ReaderPool, write: Write) -> None:
    path = write("parts.rude", "RUDE parts")
    rude.read(path, path.name, limits=QUICK, on_part=lambda name, blocks: time.sleep(0.6))


def test_cancelling_kills(rude: ReaderPool, write: Write) -> None:
    path = write("hang.rude", "RUDE hang")
    begun = threading.Event()
    pids: list[int] = []

    def on_page(page: int, pages: int) -> None:
        pids.extend(rude.pids())
        begun.set()

    with pytest.raises(Cancelled):
        rude.read(path, path.name, on_page=on_page, cancelled=begun.is_set)
    assert set(pids) - set(rude.pids())
    assert read(rude, write, "fine").startswith("fine")


def test_cancelling_works_while_waiting_for_a_child(write: Write) -> None:
    path = write("hang.rude", "RUDE hang")
    busy = threading.Event()
    with ReaderPool(size=1, command=COMMAND) as pool:
        stop = threading.Event()

        def occupy() -> None:
            with pytest.raises(Cancelled):
                pool.read(path, path.name, on_page=lambda page, pages: busy.set(), cancelled=stop.is_set)

        thread = threading.Thread(target=occupy)
        thread.start()
        assert busy.wait(20)
        with pytest.raises(Cancelled):
            pool.read(path, path.name, cancelled=lambda: True)
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def test_a_child_killed_in_the_middle_of_a_file_costs_that_file(write: Write) -> None:
    path = write("hang.rude", "RUDE hang")
    with ReaderPool(size=1, command=COMMAND) as pool:

        def kill(page: int, pages: int) -> None:
            os.kill(pool.pids()[0], signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

        with pytest.raises(ReadError, match="its reader stopped"):
            pool.read(path, path.name, on_page=kill)
        assert read(pool, write, "fine").startswith("fine")


def test_a_child_killed_between_files_costs_nothing(write: Write) -> None:
    with ReaderPool(size=1, command=COMMAND) as pool:
        before = read(pool, write, "fine").split()[1]
        os.kill(int(before), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        assert read(pool, write, "fine").split()[1] != before


def test_a_child_is_replaced_after_so_many_files(write: Write) -> None:
    with ReaderPool(size=1, files_per_child=2, command=COMMAND) as pool:
        pids = [read(pool, write, "fine").split()[1] for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_child_that_holds_too_much_memory_is_replaced(write: Write) -> None:
    with ReaderPool(size=1, resident_mb=0.5, command=COMMAND) as pool:
        if sys.platform == "linux":
            assert read(pool, write, "fine").split()[1] != read(pool, write, "fine").split()[1]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")
def test_what_earlier_files_left_in_a_child_costs_no_file(rude: ReaderPool, write: Write) -> None:
    """Whatever a child starts with, two or three files of 160 MB are more than 600 MB allow."""
    limits = Limits(memory_mb=600)
    pids = [read(rude, write, "keep", limits).split()[1] for _ in range(5)]
    assert len(set(pids)) > 1


def test_two_files_are_read_at_once(rude: ReaderPool, write: Write) -> None:
    started = time.monotonic()
    threads = [threading.Thread(target=read, args=(rude, write, "pages")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rude.pids()) == 2
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("code", ["import no_such_module", "print('hello'); input()", "raise SystemExit(1)"])
def test_a_child_that_cannot_start_is_told(write: Write, code: str) -> None:
    path = write("a.txt", "text")
    with (
        ReaderPool(command=(sys.executable, "-c", code)) as pool,
        pytest.raises(WorkerError, match=r"could not be started"),
    ):
        pool.read(path, path.name, limits=QUICK)


def test_closing_ends_the_children_and_what_they_do(write: Write) -> None:
    path = write("hang.rude", "RUDE hang")
    pool = ReaderPool(size=1, command=COMMAND)
    with pytest.raises(Cancelled):
        pool.read(path, path.name, on_page=lambda page, pages: pool.close())
    assert pool.pids() == []
    pool.close()
    with pytest.raises(WorkerError, match="closed"):
        pool.read(path, path.name)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_child_ends_with_its_parent(write: Write, tmp_path: Path) -> None:
    path = write("hang.rude", "RUDE hang")
    code = f"""
import os, pathlib, sys
from explorer.readers.process.pool import ReaderPool
pool = ReaderPool(command={COMMAND!r})
def on_page(page, pages):
    print(pool.pids()[0], flush=True)
    os._exit(9)
pool.read(pathlib.Path({str(path)!r}), "hang.rude", on_page=on_page)
"""
    import subprocess

    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        stdout=subprocess.PIPE,
        check=False,
        timeout=60,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    pid = int(done.stdout.split()[0])
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


def test_a_file_that_is_not_there_or_too_large(rude: ReaderPool, write: Write, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"^a\.pdf could not be opened: there is no such file\.$"):
        rude.read(tmp_path / "none", "a.pdf")
    with pytest.raises(ReadError, match="no such file"):
        rude.read(tmp_path, "folder")
    path = write("large.txt", b"x" * (2**20 + 1))
    with pytest.raises(ReadError, match=r"^large\.txt is larger than 1 MB"):
        rude.read(path, path.name, limits=Limits(file_mb=1))


def test_names_are_made_fit_for_a_message(rude: ReaderPool, tmp_path: Path) -> None:
    with pytest.raises(ReadError) as raised:
        rude.read(tmp_path / "none", "a\nb\x1b[31m" + "x" * 500)
    assert "\n" not in str(raised.value)
    assert "\x1b" not in str(raised.value)
    assert len(str(raised.value)) < 250


def test_a_path_may_hold_any_bytes(rude: ReaderPool, tmp_path: Path) -> None:
    try:
        path = tmp_path / os.fsdecode(b"caf\xe9 \xff.txt")
        path.write_text("Some words in a file.")
    except (OSError, UnicodeError):
        pytest.skip("this file system has no such names")
    assert rude.read(path, "café.txt").text == "Some words in a file."
