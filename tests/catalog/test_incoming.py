"""`explorer.catalog.incoming`: what a killed process left half taken in goes, what is arriving stays."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from explorer.catalog import Catalog
from explorer.ingestion import receiving
from tests.catalog.making import add, files_with

ROOT = Path(__file__).parents[2]
MIB = 1 << 20


def killed_on_the_way(folder: Path, text: str) -> None:
    """A process that dies right after it has copied a file into the library."""
    code = (
        "import io, os, sys\nfrom explorer.catalog import Catalog\n"
        "from explorer.ingestion import receiving\n"
        f"catalog = Catalog({str(folder)!r})\n"
        f"receiving.receive(catalog.originals, 'a.txt', io.BytesIO({text!r}.encode()), 1 << 20)\n"
        "os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 9


def test_a_removal_takes_what_a_killed_process_left_of_the_document(catalog: Catalog) -> None:
    killed_on_the_way(catalog.folder, "xylographic words")
    document_id = add(catalog, "xylographic words", "a.txt")
    assert len(files_with(catalog.folder, "xylographic")) > 1
    live = receiving.receive(catalog.originals, "b.txt", io.BytesIO(b"arriving"), MIB)
    with Catalog(catalog.folder) as other:
        also = receiving.receive(other.originals, "c.txt", io.BytesIO(b"arriving too"), MIB)
        catalog.documents.remove([document_id])
        assert files_with(catalog.folder, "xylographic") == []
        assert live.path.exists()
        assert also.path.exists(), "another writer's"
    assert catalog.originals.arriving.sweep() == [also.path], "it closed and left this"
    assert catalog.originals.arriving.abandoned() == []
    assert live.path.exists()


def test_the_next_start_takes_it_too_and_the_doctor_sees_it(catalog: Catalog) -> None:
    killed_on_the_way(catalog.folder, "left behind")
    (left,) = receiving.stale(catalog.originals)
    assert left.read_bytes() == b"left behind"
    assert receiving.drop_stale(catalog.originals) == [left.name]
    assert receiving.stale(catalog.originals) == []


def test_opening_a_library_takes_what_a_killed_command_left(catalog: Catalog) -> None:
    """Also while the worker, which sweeps when it starts, lives on."""
    killed_on_the_way(catalog.folder, "left by a command")
    assert len(receiving.stale(catalog.originals)) == 1
    with Catalog(catalog.folder):
        assert receiving.stale(catalog.originals) == []


def test_names_of_earlier_versions_wait_for_a_day(catalog: Catalog) -> None:
    path = catalog.originals.incoming / "0123456789abcdef"
    path.write_bytes(b"x")
    assert receiving.stale(catalog.originals) == []
