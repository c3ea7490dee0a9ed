"""`explorer.catalog.nesting`: the job of a file knows the files that it came in."""

from __future__ import annotations

import pytest

from explorer.catalog import Catalog
from explorer.errors import Cancelled


def part(catalog: Catalog, parent: int, name: str, content: bytes, sha: str) -> int:
    path = catalog.originals.new_incoming()
    path.write_bytes(content)
    return catalog.work.enqueue_part(parent, name, sha * 64, len(content), path)


def outer(catalog: Catalog) -> int:
    source = f"/{len(catalog.jobs.list())}/x.zip"
    job_id = catalog.jobs.enqueue("add", "x.zip", source=source, sha256="f" * 64)
    assert catalog.work.claim("test") is not None
    return job_id


def test_files_stand_behind_the_file_that_they_came_out_of(catalog: Catalog) -> None:
    first, second = outer(catalog), outer(catalog)
    late = part(catalog, second, "late.txt", b"late", "1")
    inner = part(catalog, first, "in/inner.zip", b"inner", "2")
    assert catalog.work.claim("test") is not None
    assert catalog.work.claim("test") is not None
    innermost = part(catalog, inner, "note.txt", b"note", "3")
    family = catalog.jobs.family([first, second])
    assert [job.id for job in family] == [first, inner, innermost, second, late]
    assert [job.part_of for job in family] == [None, "x.zip/in", "x.zip/in/inner.zip", None, "x.zip"]


def test_what_a_file_itself_gave_is_not_counted_against_it(catalog: Catalog) -> None:
    job_id = outer(catalog)
    inner = part(catalog, job_id, "inner.zip", b"12345", "1")
    assert catalog.work.spent(job_id) == (0, 0, 0), "it will come out again"
    assert catalog.work.spent(inner) == (1, 1, 5)


def test_an_archive_in_itself_is_noticed(catalog: Catalog) -> None:
    job_id = outer(catalog)
    assert not catalog.work.is_within_itself(job_id)
    assert catalog.work.is_within_itself(part(catalog, job_id, "x.zip", b"same", "f"))
    assert not catalog.work.is_within_itself(part(catalog, job_id, "other.zip", b"other", "1"))


def test_nothing_comes_out_of_a_file_that_nobody_wants(catalog: Catalog) -> None:
    job_id = outer(catalog)
    catalog.jobs.cancel([job_id])
    with pytest.raises(Cancelled):
        part(catalog, job_id, "a.txt", b"text", "1")
    assert not catalog.originals.path("1" * 64).exists()
