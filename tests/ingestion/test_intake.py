"""Which files are meant by what a person gives."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.ingestion.intake import Intake, base_name, walk
from explorer.settings import Settings
from tests.folders import write


def test_a_folder_is_its_files_in_order_of_name(tmp_path: Path) -> None:
    write(tmp_path / "b", two_txt="2")
    write(tmp_path, c_txt="3", a_txt="1")
    found = [path.relative_to(tmp_path).as_posix() for path in walk([tmp_path])]
    assert found == ["a.txt", "b/two.txt", "c.txt"]


def test_hidden_files_and_lock_files_are_left_out_of_folders_only(tmp_path: Path) -> None:
    for name in (".hidden", "~$letter.docx", "letter.docx"):
        (tmp_path / name).write_text("x")
    assert [path.name for path in walk([tmp_path])] == ["letter.docx"]
    assert [path.name for path in walk([tmp_path / ".hidden"])] == [".hidden"], "it was asked for by name"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_back_into_a_folder_is_walked_once(tmp_path: Path) -> None:
    write(tmp_path, a_txt="1")
    (tmp_path / "again").symlink_to(tmp_path)
    assert [path.name for path in walk([tmp_path])] == ["a.txt"]


def test_a_path_that_leads_nowhere_is_given_on_so_that_its_job_says_so(tmp_path: Path) -> None:
    assert list(walk([tmp_path / "missing.txt"])) == [tmp_path / "missing.txt"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("C:\\papers\\rent.pdf", "rent.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\0.txt", "a.txt"),
        ("", "unnamed"),
        ("/", "unnamed"),
    ],
)
def test_the_name_of_an_upload_is_no_path(given: str, name: str) -> None:
    assert base_name(given) == name


class Removing:
    """A worker at whose first sign the jobs are gone: somebody removed the documents of those bytes."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def start(self) -> None:
        pass

    def wake(self) -> None:
        with self._catalog.write() as con:
            con.execute("DELETE FROM job")

    def password(self, job_id: int, password: str) -> None:
        raise AssertionError(f"job {job_id} has no password {password}")


def test_a_file_that_was_removed_while_it_was_added_is_named(catalog: Catalog, tmp_path: Path) -> None:
    intake = Intake(catalog, Removing(catalog), Settings, lambda _: None)
    (outcome,) = intake.add(write(tmp_path, rent_txt="Rent.\n"), None, None, replace=True)
    assert (outcome.name, outcome.status) == ("rent.txt", "failed")
    assert outcome.error == "rent.txt was removed while it was being added."
