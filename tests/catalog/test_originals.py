"""`explorer.catalog.originals`: a file moves to its place with the row that needs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.errors import StorageError


def test_an_arriving_file_moves_with_its_job(catalog: Catalog) -> None:
    incoming = catalog.originals.new_incoming()
    incoming.write_bytes(b"bytes")
    job_id = catalog.jobs.enqueue("add", "a", sha256="b" * 64, incoming=incoming)
    assert catalog.originals.path("b" * 64).read_bytes() == b"bytes"
    assert not incoming.exists()
    again = catalog.originals.new_incoming()
    again.write_bytes(b"bytes")
    assert catalog.work.claim("w") is not None
    assert catalog.work.set_file(job_id, "b" * 64, 5, again)
    assert not again.exists()
    assert catalog.originals.orphans() == []
    with pytest.raises(StorageError):
        catalog.jobs.enqueue("add", "a", sha256="c" * 64, incoming=Path("/nonexistent"))
    assert len(catalog.jobs.list()) == 1
    (catalog.originals.folder / "stray").write_bytes(b"x")
    assert catalog.originals.orphans() == ["stray"]
    assert catalog.originals.set_aside(["stray"]) == {"stray": "stray"}
    assert [path.name for path in catalog.originals.attic.files()] == ["stray"]
