"""Names that people give to documents. Runs explorer.ingestion.renaming."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from explorer import Library
from explorer.errors import NotFound, ReadError
from explorer.ingestion.renaming import LONGEST, tidy
from tests.folders import RENT, eventually, write


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Lease", "Lease.txt"),
        ("  Lease\n of  2026 .TXT", "Lease of 2026.txt"),
        ("Lease.pdf", "Lease.pdf.txt"),
        ("a/b\0c", "a/b c.txt"),
        ("x" * 500, "x" * (LONGEST - 4) + ".txt"),
    ],
)
def test_a_name_is_one_line_and_keeps_its_ending(typed: str, kept: str) -> None:
    assert tidy(typed, "rent.txt") == kept


def test_a_name_needs_a_letter() -> None:
    for typed in ("", " ... ", ".txt"):
        with pytest.raises(ReadError, match="needs a letter"):
            tidy(typed, "rent.txt")


def _id(library: Library, name: str) -> str:
    return next(one.id for one in library.documents() if one.name == name)


def test_a_name_is_found_survives_a_new_version_and_the_file_keeps_its_own(tmp_path: Path) -> None:
    (path,) = write(tmp_path, rent_txt=RENT)
    with Library(tmp_path / "library") as library:
        library.add(path)
        (document,) = library.documents()
        assert library.rename(document.id, "Tenancy agreement").name == "Tenancy agreement.txt"
        assert library.document(document.id).file_name == "rent.txt"
        assert library.search("tenancy", mode="keyword")[0].document.id == document.id
        path.write_text(RENT + "Pets need consent.")
        (outcome,) = library.add(path)
        assert outcome.status == "replaced"
        eventually(lambda: [one.name for one in library.documents()] == ["Tenancy agreement.txt"])
        (document,) = library.documents()
        assert document.file_name == "rent.txt"
        assert library.search("tenancy", mode="keyword")[0].document.id == document.id
        assert library.doctor().ok

        library.upload("minutes.txt", io.BytesIO(b"The board met on Monday."))
        eventually(lambda: library.counts().documents == 2)
        minutes = next(one for one in library.documents() if one.name == "minutes.txt")
        library.rename(minutes.id, "Board")
        assert library.document(minutes.id).file_name == "minutes.txt"
        known = library.same_name("minutes.txt")
        assert known is not None and known.id == minutes.id, "the file is asked about by its own name"
        library.upload("minutes.txt", io.BytesIO(b"The board met on Tuesday."), replaces=minutes.id)
        eventually(lambda: not library.activity().is_busy)
        wanted = ["Board.txt", "Tenancy agreement.txt"]
        eventually(lambda: sorted(one.name for one in library.documents()) == wanted)
        assert library.document(_id(library, "Board.txt")).file_name == "minutes.txt"
        assert "Tuesday" in library.text(_id(library, "Board.txt"))
        with pytest.raises(NotFound):
            library.rename("0" * 16, "Nothing")
