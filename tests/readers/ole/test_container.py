"""Names of streams in OLE containers, whatever their case: `explorer.readers.ole.container`."""

from __future__ import annotations

from pathlib import Path

import olefile
import pytest

from explorer.errors import PasswordNeeded
from explorer.readers import registry
from explorer.readers.ole import container
from explorer.readers.reading import Source
from tests.readers.conftest import Read, Write
from tests.readers.ole_files import ole

USUAL = [
    "WordDocument",
    "1Table",
    "PowerPoint Document",
    "__substg1.0_0037001F",
    "__attach_version1.0_#0000000A",
]


def test_names_get_their_usual_case() -> None:
    assert [container.usual(name.upper()) for name in USUAL] == USUAL
    assert [container.usual(name.lower()) for name in USUAL] == USUAL
    assert container.usual("Somebody's own") == "Somebody's own"


def test_a_container_is_rewritten_only_where_a_name_is_unusual(write: Write) -> None:
    usual = ole({"Workbook": b"words", "Other": b"x"})
    assert container.with_usual_names(usual) is usual
    source = Source(write("a.xls", usual), "a.xls")
    assert container.prepared(source) is source
    shouted = ole({"WORKBOOK": b"words", "Other": b"x"})
    assert container.with_usual_names(shouted) == usual
    assert container.prepared(Source(write("b.xls", shouted), "b.xls")).content == usual


def test_streams_are_found_however_they_are_written(write: Write) -> None:
    path = write("a", ole({"WORDDOCUMENT": b"words"}))
    assert container.roots(path) == {"WordDocument"}
    assert container.stream(Source(path, "a"), "Book", "WordDocument")[:5] == b"words"
    assert container.stream(Source(path, "a"), "Book") == b""


@pytest.mark.parametrize("data", [b"", b"no container", container.SIGNATURE + b"\xff" * 600])
def test_damaged_containers_have_no_streams(write: Write, data: bytes) -> None:
    path = write("a", data)
    assert container.roots(path) == frozenset()
    assert container.with_usual_names(data) == data
    assert container.stream(Source(path, "a"), "Workbook") == b""


@pytest.mark.data
@pytest.mark.parametrize("name", ["doc/legacy_sample.doc", "xls/legacy_sample.xls"])
@pytest.mark.parametrize("change", [str.upper, str.lower])
def test_old_files_are_read_whatever_the_case_of_their_streams(
    zoo: Path, write: Write, read: Read, name: str, change: object
) -> None:
    path = zoo / "docling" / name
    shouted = bytearray(path.read_bytes())
    with olefile.OleFileIO(path) as opened:
        for entry in opened.direntries:
            if entry is not None and entry.sid:
                written = entry.name.encode("utf-16-le")
                place = shouted.index(written + b"\0\0")
                shouted[place : place + len(written)] = change(entry.name).encode("utf-16-le")  # type: ignore[operator]
    assert read(write(path.name, bytes(shouted))).text == read(path).text


@pytest.mark.parametrize("stub", ["WordDocument", "WORDDOCUMENT", "Workbook", "PowerPoint Document"])
def test_a_protected_file_with_a_stub_asks_for_its_password(write: Write, read: Read, stub: str) -> None:
    protected = Path(__file__).parents[1] / "office" / "protected.docx"
    with olefile.OleFileIO(protected) as opened:
        streams = {name: opened.openstream(name).read() for name in ("EncryptedPackage", "EncryptionInfo")}
    path = write("a.docx", ole({**streams, stub: b"only for programs that know no protection"}))
    assert registry.detect(path, "a.docx").name == "protected"
    with pytest.raises(PasswordNeeded, match=r"^a\.docx is protected: enter its password\.$"):
        read(path)
