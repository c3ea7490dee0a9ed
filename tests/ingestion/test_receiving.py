"""Files on their way in: whole and hashed, or nothing at all."""

from __future__ import annotations

import hashlib
import io
import os
import time
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.errors import Cancelled, ReadError
from explorer.ingestion import receiving

MIB = 1 << 20


def incoming(catalog: Catalog) -> list[Path]:
    return list(catalog.originals.incoming.iterdir())


def test_what_arrives_is_on_disk_with_its_size_and_digest(catalog: Catalog) -> None:
    content = os.urandom(3 * MIB + 1)
    received = receiving.receive(catalog.originals, "a.bin", io.BytesIO(content), 10 * MIB)
    assert received.path.read_bytes() == content
    assert (received.size, received.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_a_file_beyond_the_limit_is_gone_again(catalog: Catalog) -> None:
    with pytest.raises(ReadError, match=r"a\.bin is larger than 2 MB"):
        receiving.receive(catalog.originals, "a.bin", io.BytesIO(bytes(2 * MIB + 1)), 2 * MIB)
    assert incoming(catalog) == []


def test_a_file_that_is_cancelled_on_its_way_is_gone_again(catalog: Catalog) -> None:
    def cancel() -> None:
        raise Cancelled("a.bin was cancelled.")

    with pytest.raises(Cancelled):
        receiving.receive(catalog.originals, "a.bin", io.BytesIO(b"some"), MIB, cancel)
    assert incoming(catalog) == []


def test_a_path_that_is_no_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="there is no such file"):
        receiving.open_source(tmp_path / "missing.txt")
    with pytest.raises(ReadError, match="is not a file that can be read"):
        receiving.open_source(tmp_path)


def test_uploads_that_nobody_answered_for_a_day_are_dropped(catalog: Catalog) -> None:
    old, new = (
        receiving.receive(catalog.originals, name, io.BytesIO(b"some"), MIB).path for name in ("old", "new")
    )
    two_days_ago = time.time() - 48 * 3600
    os.utime(old, (two_days_ago, two_days_ago))
    assert receiving.drop_stale(catalog.originals) == [old.name]
    assert incoming(catalog) == [new]
