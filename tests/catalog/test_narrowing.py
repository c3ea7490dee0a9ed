"""Vectors in fewer bytes: explorer.catalog.vector_forms and explorer.catalog.narrowing."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import apsw
import numpy as np
import pytest

from explorer.catalog import Catalog, NewChunk, NewDocument, checksums
from explorer.catalog.vector_forms import WIDTHS, column, packed, unpacked
from tests.catalog.making import PageOf, original, sha
from tests.catalog.test_upgrade_kills import Killer

DIMENSION = 64
NARROW = ["float16", "int8"]
CLOSE = {"float32": 1.0, "float16": 0.999999, "int8": 0.9995}
"""The cosine to what was given that each form keeps at the least."""


def unit(number: int, dimension: int = DIMENSION, seed: int = 1) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(number, dimension)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.mark.parametrize("form", WIDTHS)
def test_each_form_gives_nearly_the_same_vectors_of_length_one(form: str) -> None:
    given = unit(50)
    kept = list(packed(given, WIDTHS[form]))
    assert {len(blob) for blob in kept} == {DIMENSION * WIDTHS[form]}
    found = unpacked([(blob, column(WIDTHS[form])) for blob in kept])
    assert (found.shape, found.dtype) == (given.shape, np.float32)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert ((found * given).sum(axis=1) >= CLOSE[form] - 1e-6).all()


def test_forms_may_be_mixed_and_zeros_stay_zeros() -> None:
    given = unit(6)
    given[4] = 0
    rows = [
        (blob, column(width))
        for at, width in enumerate([4, 1, 2, 1, 1, 2])
        for blob in packed(given[at : at + 1], width)
    ]
    np.testing.assert_allclose(unpacked(rows), given, atol=0.01)
    assert not unpacked(rows)[4].any()
    assert unpacked([]).shape == (0, 0)


# ---- a library that has vectors


def fill(catalog: Catalog, documents: int = 6, chunks: int = 300) -> np.ndarray:
    """Documents that share their first vector; all live vectors in the order of chunks."""
    live = catalog.generations.ensure_live({"reader": 1}, "test-model", DIMENSION, "float32")
    vectors = unit(documents * chunks)
    vectors[::chunks] = vectors[0]
    for number in range(documents):
        texts = [f"{number} {at}".ljust(10) if at else "all alike." for at in range(chunks)]
        whole = "".join(texts)
        new = NewDocument(
            sha256=sha(whole).hex(), name=f"{number}.txt", size=len(whole), kind="text",
            pages=[PageOf(1, whole)],
            chunks=[
                NewChunk(at * 10, at * 10 + 10, 1, 1, sha(text), (), "name", f"word{at}")
                for at, text in enumerate(texts)
            ],
        )  # fmt: skip
        of_it = vectors[number * chunks : (number + 1) * chunks]
        catalog.embeddings.put(live.model.id, [chunk.embedded for chunk in new.chunks], of_it)
        original(catalog.folder, new)
        catalog.arrivals.store(new, live.id)
    return vectors


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[tuple[Catalog, np.ndarray]]:
    with Catalog(tmp_path / "library") as catalog:
        yield catalog, fill(catalog)


def narrow(catalog: Catalog, form: str) -> int:
    parts = 0
    while catalog.narrowing.some(WIDTHS[form]):
        parts += 1
    return parts


def are_close(catalog: Catalog, vectors: np.ndarray, least: float) -> bool:
    _, found = catalog.embeddings.matrix()
    return bool(found.shape == vectors.shape and ((found * vectors).sum(axis=1) > least).all())


def octets(catalog: Catalog) -> int:
    with catalog.read() as con:
        return int(con.execute("SELECT sum(length(vector)) FROM embedding").get)


def pages_in_use(catalog: Catalog) -> int:
    with catalog.read() as con:
        free = con.execute("PRAGMA freelist_count").get
        return int(con.execute("PRAGMA page_count").get) - int(free)


@pytest.mark.parametrize("form", NARROW)
def test_a_library_is_narrowed_part_by_part_and_stays_whole(
    filled: tuple[Catalog, np.ndarray], form: str
) -> None:
    catalog, vectors = filled
    before, pages = octets(catalog), pages_in_use(catalog)
    last = catalog.changes.last()
    assert catalog.narrowing.is_due(WIDTHS[form])
    assert narrow(catalog, form) > 3
    assert not catalog.narrowing.is_due(WIDTHS[form])
    assert octets(catalog) == before * WIDTHS[form] // 4
    assert pages_in_use(catalog) < pages - before * (4 - WIDTHS[form]) // 4 // 4096 // 2
    assert are_close(catalog, vectors, CLOSE[form] - 1e-4)
    assert catalog.changes.last() == last, "nothing has to be followed"
    assert catalog.check().problems == ()
    with catalog.read() as con:
        assert con.execute("SELECT count(*) FROM edition WHERE checksum IS NULL").get == 0
        assert checksums.changed(con, [document.id for document in catalog.documents.list()]) == []
    assert narrow(catalog, form) == 0, "and there is nothing left to do"


def test_from_half_to_a_quarter_and_not_back(filled: tuple[Catalog, np.ndarray]) -> None:
    catalog, vectors = filled
    narrow(catalog, "float16")
    narrow(catalog, "int8")
    small = octets(catalog)
    assert narrow(catalog, "float32") == narrow(catalog, "float16") == 0
    assert octets(catalog) == small
    assert are_close(catalog, vectors, CLOSE["int8"] - 1e-4)


def test_new_vectors_are_kept_as_the_setting_says(tmp_path: Path) -> None:
    with Catalog(tmp_path / "library") as catalog:
        catalog.settings.change({"vectors": "int8"})
        vectors = fill(catalog, 2, 20)
        assert not catalog.narrowing.is_due(1)
        assert are_close(catalog, vectors, CLOSE["int8"] - 1e-4)


def test_what_was_damaged_before_is_not_hidden(filled: tuple[Catalog, np.ndarray]) -> None:
    """A changed byte is still found once its library was narrowed: `doctor` mends it from the original."""
    catalog, _ = filled
    with catalog.write() as con:
        con.execute("UPDATE piece SET text = replace(text, '3 7', '3 8')")
    narrow(catalog, "float16")
    assert catalog.narrowing.is_due(2), "the vectors of the damaged document wait"
    with catalog.read() as con:
        ids = [document.id for document in catalog.documents.list()]
        changed = checksums.changed(con, ids)
        (name,) = [catalog.documents.get(document).name for _, document in changed]
        noted = con.execute("SELECT count(*) FROM edition WHERE checksum IS NULL").get
    assert (name, noted) == ("3.txt", 0)


def test_whoever_writes_waits_for_no_look_at_the_whole_library(
    filled: tuple[Catalog, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking for vectors and comparing documents is done while others can write; what they store meanwhile
    is seen, and kept as it is until it was looked at too."""
    catalog, vectors = filled
    compared, others = checksums.changed, []

    def slow(con: apsw.Connection, documents: Iterable[str]) -> list[tuple[int, str]]:
        thread = threading.Thread(target=lambda: others.append(add_one(catalog, vectors[0])))
        if not others:
            thread.start()
            thread.join(20)
            assert others == ["added"], "it had to wait"
        return compared(con, documents)

    monkeypatch.setattr(checksums, "changed", slow)
    narrow(catalog, "int8")
    assert not catalog.narrowing.is_due(1)
    assert are_close(catalog, np.concatenate([vectors, vectors[:1]]), CLOSE["int8"] - 1e-4)
    assert catalog.check().problems == ()
    with catalog.read() as con:
        assert con.execute("SELECT count(*) FROM edition WHERE checksum IS NULL").get == 0
        assert checksums.changed(con, [document.id for document in catalog.documents.list()]) == []


def add_one(catalog: Catalog, vector: np.ndarray) -> str:
    """A document more, with the one passage that is in all of them."""
    live = catalog.generations.live()
    assert live is not None
    whole = "all alike."
    chunk = NewChunk(0, 10, 1, 1, sha("all alike."), (), "name", "word")
    new = NewDocument(
        sha256=sha("another").hex(), name="another.txt", size=10, kind="text", pages=[PageOf(1, whole)],
        chunks=[chunk],
    )  # fmt: skip
    catalog.embeddings.put(live.model.id, [chunk.embedded], vector[None])
    original(catalog.folder, new)
    catalog.arrivals.store(new, live.id)
    return "added"


def test_adding_and_finding_go_on_while_it_narrows(filled: tuple[Catalog, np.ndarray]) -> None:
    """Another opener of the library stores, removes and reads all the while, and waits for a moment only."""
    catalog, vectors = filled
    is_over, waited, problems = threading.Event(), list[float](), list[str]()

    def other() -> None:
        with Catalog(catalog.folder) as opened:
            live = opened.generations.live()
            assert live is not None
            for number in itertools.count():
                if is_over.is_set():
                    return
                begun = time.monotonic()
                opened.embeddings.put(live.model.id, [sha(f"more {number}")], unit(1, seed=number + 9))
                waited.append(time.monotonic() - begun)
                if not are_close(opened, vectors, CLOSE["int8"] - 1e-4):
                    problems.append(f"vectors at {number}")

    thread = threading.Thread(target=other)
    thread.start()
    try:
        while catalog.narrowing.some(1):
            time.sleep(0.02)  # as the worker does
    finally:
        is_over.set()
        thread.join()
    assert problems == []
    assert len(waited) > 3 and max(waited) < 5
    assert are_close(catalog, vectors, CLOSE["int8"] - 1e-4)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor SIGKILL")
def test_killed_at_any_write_it_goes_on(tmp_path: Path) -> None:
    with Catalog(tmp_path / "old") as catalog:
        vectors = fill(catalog, 3, 250)
    draw = random.Random(1)
    at = 1
    while True:
        folder = Path(shutil.copytree(tmp_path / "old", tmp_path / "library"))
        if not _is_killed(folder, at):
            break
        with Catalog(folder) as catalog:
            assert are_close(catalog, vectors, CLOSE["int8"] - 1e-4), at
            narrow(catalog, "int8")
            assert not catalog.narrowing.is_due(1)
            assert are_close(catalog, vectors, CLOSE["int8"] - 1e-4)
            assert catalog.check().problems == ()
            with catalog.read() as con:
                assert con.execute("SELECT count(*) FROM edition WHERE checksum IS NULL").get == 0
        shutil.rmtree(folder)
        at += draw.randint(1, 60)
    assert at > 100


def _is_killed(folder: Path, at: int) -> bool:
    """Whether a process that narrows the library was killed at that step; it was done before when not."""
    child = os.fork()
    if child == 0:
        try:
            Killer(at).watch()
            with Catalog(folder) as catalog:
                narrow(catalog, "int8")
            os._exit(0)
        finally:  # whatever it raised: no test may go on in the child
            os._exit(3)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL)
    return status != 0
