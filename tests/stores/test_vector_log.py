"""A log of vectors: what was written is read again, whatever a kill left at its end."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import StorageError
from explorer.stores.vector_log import AddedVectors, VectorLog

Written = tuple[str, int, int]
steps = st.lists(
    st.tuples(st.sampled_from(["added", "removed"]), st.integers(0, 400), st.integers(1, 9)), max_size=8
)


def write(log: VectorLog, steps: list[Written]) -> list[int]:
    """Write them; where the file ends after each."""
    ends = [0]
    for kind, first, count in steps:
        if kind == "added":
            log.added(np.arange(first, first + count), np.full((count, 3), first, np.float32))
        else:
            log.removed(first, first + count)
        ends.append(log.path.stat().st_size)
    return ends


def read(log: VectorLog) -> list[Written]:
    found: list[Written] = []
    for record in log.records():
        if isinstance(record, AddedVectors):
            assert record.ids.tolist() == list(range(record.ids[0], record.ids[0] + len(record.ids)))
            assert (record.vectors == record.ids[0]).all() and record.vectors.shape == (len(record.ids), 3)
            found.append(("added", int(record.ids[0]), len(record.ids)))
        else:
            found.append(("removed", record.first, record.last - record.first))
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(steps, st.data())
def test_cut_anywhere_all_whole_records_are_there(
    tmp_path: Path, steps: list[Written], data: st.DataObject
) -> None:
    log = VectorLog(tmp_path / "one.vectors")
    log.path.unlink(missing_ok=True)
    ends = write(log, steps)
    assert read(log) == steps
    if steps:
        cut = data.draw(st.integers(0, ends[-1]))
        with log.path.open("r+b") as file:
            file.truncate(cut)
        whole = sum(end <= cut for end in ends[1:])
        assert read(log) == steps[:whole]
        assert log.path.stat().st_size == ends[whole], "half a record is cut off"
        log.removed(1, 2)
        assert read(log) == [*steps[:whole], ("removed", 1, 1)]


def test_a_byte_that_is_another_is_damage(tmp_path: Path) -> None:
    log = VectorLog(tmp_path / "one.vectors")
    ends = write(log, [("added", 1, 4), ("removed", 2, 1), ("added", 9, 2)])
    whole = log.path.read_bytes()
    for at in (0, 6, 30, ends[1] + 1, ends[2] - 3, ends[2] + 2):
        log.path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :])
        with pytest.raises(StorageError, match=r"one\.vectors is damaged"):
            read(log)


def test_written_anew_it_holds_what_was_given_and_grows_on(tmp_path: Path) -> None:
    log = VectorLog(tmp_path / "one.vectors")
    write(log, [("added", 1, 4), ("removed", 1, 3)])
    log.rewrite(np.arange(5, 12), np.full((7, 3), 5, np.float32), batch=7)
    assert read(log) == [("added", 5, 7)]
    log.removed(5, 6)
    assert read(log) == [("added", 5, 7), ("removed", 5, 1)]
    assert [path.name for path in tmp_path.iterdir()] == ["one.vectors"]


def test_a_disk_that_is_full_leaves_it_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    log = VectorLog(tmp_path / "one.vectors")
    write(log, [("added", 1, 4)])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as at:
        at.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            log.removed(1, 2)
    assert read(log) == [("added", 1, 4)]


def test_vectors_stand_in_half_and_those_of_an_earlier_version_are_read(tmp_path: Path) -> None:
    log = VectorLog(tmp_path / "one.vectors")
    vectors = np.random.default_rng(1).normal(size=(20, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = np.arange(20)
    body = ids.astype("<i8").tobytes() + vectors.astype("<f4").tobytes()
    head = struct.pack("<4sIIII", b"vec1", 1, 20, 64, zlib.crc32(body))
    log.path.write_bytes(head + body)
    log.added(ids + 20, vectors)
    assert log.path.stat().st_size == 2 * len(head) + 2 * 20 * 8 + 20 * 64 * (4 + 2)
    wide, half = log.records()
    assert isinstance(wide, AddedVectors) and isinstance(half, AddedVectors)
    np.testing.assert_array_equal(wide.vectors, vectors)
    assert half.vectors.dtype == np.float32
    assert ((half.vectors * vectors).sum(axis=1) > 0.9995).all()


def test_one_that_is_not_there_has_no_record(tmp_path: Path) -> None:
    assert list(VectorLog(tmp_path / "none.vectors").records()) == []
