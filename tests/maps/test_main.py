"""The process that draws a map, started as the worker starts it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.maps.__main__ import main
from tests.catalog import making


def drawn(folder: Path, job_id: int) -> int:
    command = [sys.executable, "-m", main.__module__.removesuffix(".__main__"), str(folder), str(job_id), "2"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:  # its standard input is held open
        return process.wait(60)


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_a_job_is_drawn_or_left_where_it_was_cancelled(tmp_path: Path, is_cancelled: bool) -> None:
    with Catalog(tmp_path / "library") as catalog:
        making.add(catalog, "A ship. " * 40, "a.txt", step=80)
        job_id = catalog.jobs.enqueue("map", "Map", dimensions=2)
        assert catalog.work.claim("test", ("map",)) is not None
        if is_cancelled:
            catalog.jobs.cancel([job_id])
        assert drawn(catalog.folder, job_id) == 0
        assert (catalog.layouts.get(2) is None) == is_cancelled
        job = catalog.jobs.get(job_id)
        assert job is not None
        assert job.state == ("cancelled" if is_cancelled else "ready")
