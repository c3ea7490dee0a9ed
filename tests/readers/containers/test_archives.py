"""Archives open into their files: every kind, odd names, bombs, protected members, damage.

By `explorer.readers.containers.archives`, and `explorer.readers.containers.zip_aes` for AES.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from explorer.errors import PasswordNeeded, ReadError
from explorer.readers import registry
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading, Spent
from tests.readers.conftest import Write
from tests.readers.containers.archive_files import (
    HOSTILE_NAMES,
    aes_zip,
    locked_zip,
    overlapping_zip,
    tarred,
    zipped,
)

A, B = b"The first letter.\n", b"The second letter.\n"
FILES = {"a.txt": A, "inner/b.txt": B}


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(size=1) as one:
        yield one


class Opened:
    """An archive read through a real child: the reading, and what came out of it."""

    def __init__(self, pool: ReaderPool, write: Write, name: str, content: bytes, **options: object) -> None:
        self.files: dict[str, bytes] = {}
        self.reading: Reading = pool.read(write(name, content), name, on_part=self._take, **options)  # type: ignore[arg-type]

    def _take(self, name: str, blocks: Iterator[bytes]) -> None:
        assert name not in self.files
        self.files[name] = b"".join(blocks)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.zip", zipped(FILES), "zip"),
        ("x", zipped(FILES, zipfile.ZIP_LZMA), "zip"),
        ("x.tar", tarred(FILES), "tar"),
        ("x.tar.gz", tarred(FILES, "w:gz"), "tar"),
        ("x.tbz2", tarred(FILES, "w:bz2"), "tar"),
        ("x.tar.xz", tarred(FILES, "w:xz"), "tar"),
    ],
)
def test_every_kind(pool: ReaderPool, write: Write, name: str, content: bytes, kind: str) -> None:
    opened = Opened(pool, write, name, content)
    assert opened.files == FILES
    assert (opened.reading.kind, opened.reading.text_pages, opened.reading.warnings) == (kind, (), ())
    assert registry.is_archive(kind)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt.gz", gzip.compress(A)), ("a.txt.bz2", bz2.compress(A)), ("a.txt.xz", lzma.compress(A))],
)
def test_single_packed_files(pool: ReaderPool, write: Write, name: str, content: bytes) -> None:
    assert Opened(pool, write, name, content).files == {"a.txt": A}


def test_junk_is_passed_over_and_the_unreadable_is_named(pool: ReaderPool, write: Write) -> None:
    opened = Opened(
        pool,
        write,
        "x.zip",
        zipped(
            {
                "__MACOSX/._a.txt": b"\x00\x05",
                ".DS_Store": b"\x00\x01",
                "Thumbs.db": b"\x00",
                "~$a.docx": b"x",
                "a.txt": A,
                "tool.exe": b"MZ\x00\x00",
                "blob.bin": bytes(range(256)),
                "nothing.txt": b"",
            }
        ),
    )
    assert opened.files == {"a.txt": A}
    assert opened.reading.warnings == (
        "2 files in it are in formats that cannot be read: tool.exe, blob.bin.",
        "1 file in it is empty: nothing.txt.",
    )


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_are_text_and_lead_nowhere(pool: ReaderPool, write: Write, pack: object) -> None:
    files = dict.fromkeys(HOSTILE_NAMES, A)
    opened = Opened(pool, write, "x.archive", pack(files))  # type: ignore[operator]
    assert list(opened.files) == [
        "up.txt",
        "etc/cron.d/absolute.txt",
        "Windows/drive.txt",
        "dot.txt",
        "a/b.txt",
    ]


def test_odd_names_keep_their_letters(pool: ReaderPool, write: Write) -> None:
    content = zipped({"Übergröße.txt": A}).replace("Übergröße".encode(), "Übergröße".encode())
    flagless = bytearray(content)
    for signature, at in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        flagless[content.index(signature) + at] &= ~0x08
    assert list(Opened(pool, write, "x.zip", bytes(flagless)).files) == ["Übergröße.txt"]
    cut = zipped({"evil.txt#.png": A}).replace(b"evil.txt#", b"evil.txt\x00")
    assert list(Opened(pool, write, "x.zip", cut).files) == ["evil.txt"]


def test_the_same_name_twice_keeps_both(pool: ReaderPool, write: Write) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.txt", A)
        archive.writestr("a.txt", B)
    assert Opened(pool, write, "x.zip", made.getvalue()).files == {"a.txt": A, "a (2).txt": B}


def test_links_and_devices_are_left_out(pool: ReaderPool, write: Write) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("null", tarfile.CHRTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        member = tarfile.TarInfo("a.txt")
        member.size = len(A)
        archive.addfile(member, io.BytesIO(A))
    opened = Opened(pool, write, "x.tar", made.getvalue())
    assert opened.files == {"a.txt": A}
    (warning,) = opened.reading.warnings
    assert warning == "3 files in it are a link or device, which is not followed: link, hard, null."
    linked = zipfile.ZipInfo("passwd")
    linked.external_attr = 0o120777 << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped_link:
        zipped_link.writestr(linked, "/etc/passwd")
    with pytest.raises(ReadError, match="holds no file that can be read"):
        Opened(pool, write, "x.zip", made.getvalue())


BOMBS = {
    "overlapping.zip": (overlapping_zip(), "its entries overlap|unpacks to more than"),
    "many.zip": (zipped({f"{number}.txt": A for number in range(65_000)}), "holds more than 10,000 files"),
    "flat.zip": (zipped({"zeros.txt": bytes(300 * 2**20)}), "unpacks to more than 100 MB"),
    "flat.gz": (gzip.compress(b"a" * 300 * 2**20), "unpacks to more than 100 MB"),
    "flat.tar.bz2": (bz2.compress(tarred({"zeros.txt": bytes(300 * 2**20)})), "unpacks to more than 100 MB"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_in_time(pool: ReaderPool, write: Write, name: str) -> None:
    content, message = BOMBS[name]
    started = time.monotonic()
    with pytest.raises(ReadError, match=message) as raised:
        Opened(pool, write, name, content, limits=Limits(unpacked_mb=100))
    assert time.monotonic() - started < 20
    assert len(str(raised.value)) <= 400
    assert Opened(pool, write, "x.zip", zipped(FILES)).files == FILES


def test_a_size_that_lies_gives_no_more_than_it_says(pool: ReaderPool, write: Write) -> None:
    content = bytearray(zipped({"a.txt": A, "zeros.txt": bytes(50 * 2**20)}))
    at = content.rindex(b"PK\x01\x02") + 24
    content[at : at + 4] = (10).to_bytes(4, "little")
    opened = Opened(pool, write, "x.zip", bytes(content))
    assert opened.files == {"a.txt": A}
    assert any("zeros.txt" in warning for warning in opened.reading.warnings)


def test_depth_is_bounded(pool: ReaderPool, write: Write) -> None:
    with pytest.raises(ReadError, match="stands within 4 archives or mails, the limit"):
        Opened(pool, write, "x.zip", zipped(FILES), spent=Spent(depth=4))
    with pytest.raises(ReadError, match="more than 10,000 files with the archive it came in"):
        Opened(pool, write, "x.zip", zipped(FILES), spent=Spent(depth=1, members=9_999))


@pytest.mark.parametrize("lock", [locked_zip, aes_zip, partial(aes_zip, strength=1)])
def test_protected_members_ask_for_the_password(
    pool: ReaderPool, write: Write, lock: Callable[[dict[str, bytes], str], bytes]
) -> None:
    content = lock(FILES, "opensesame")
    with pytest.raises(PasswordNeeded, match=r"^x\.zip is protected: enter its password\.$"):
        Opened(pool, write, "x.zip", content)
    with pytest.raises(PasswordNeeded, match=r"^That is not the password of x\.zip"):
        Opened(pool, write, "x.zip", content, password="wrong")
    assert Opened(pool, write, "x.zip", content, password="opensesame").files == FILES


def test_protected_members_that_were_changed_are_told(pool: ReaderPool, write: Write) -> None:
    content = bytearray(aes_zip({"a.txt": A, "b.txt": bytes(range(32, 127)) * 5000}, "opensesame"))
    content[content.index(b"b.txt") + 60] ^= 1
    opened = Opened(pool, write, "x.zip", bytes(content), password="opensesame")
    assert opened.files == {"a.txt": A}
    assert opened.reading.warnings == ("1 file in it is damaged: b.txt.",)


def test_what_can_be_had_of_damaged_archives_is(pool: ReaderPool, write: Write) -> None:
    many = {f"{number}.txt": f"Letter {number}. ".encode() * 5000 for number in range(20)}
    cut = tarred(many)[: 12 * 75_000]
    opened = Opened(pool, write, "x.tar", cut)
    assert 5 < len(opened.files) < 20
    assert "It is damaged" in opened.reading.warnings[0]
    content = bytearray(zipped({"a.txt": A, "b.txt": B * 5000}))
    content[content.index(b"b.txt") + 20] ^= 0xFF
    opened = Opened(pool, write, "x.zip", bytes(content))
    assert opened.files == {"a.txt": A}
    assert opened.reading.warnings == ("1 file in it is damaged: b.txt.",)
    with pytest.raises(ReadError):
        Opened(pool, write, "x.zip", zipped(FILES)[:-30])


LINES = b"".join(b"%d is a line of its own.\n" % (number * number) for number in range(20_000))


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("a.txt.gz", gzip.compress(LINES)),
        ("a.txt.bz2", bz2.compress(LINES, 1)),
        ("a.txt.xz", lzma.compress(LINES)),
    ],
)
def test_of_a_packed_file_that_is_cut_off_the_start_is_kept(
    pool: ReaderPool, write: Write, name: str, packed: bytes
) -> None:
    opened = Opened(pool, write, name, packed[: len(packed) * 4 // 5])
    assert len(opened.files["a.txt"]) > len(LINES) // 3
    assert LINES.startswith(opened.files["a.txt"])
    assert opened.reading.warnings == (
        "It is damaged: what stands behind the last that could be unpacked is lost.",
    )


def test_a_short_one_is_kept_as_well(pool: ReaderPool, write: Write) -> None:
    opened = Opened(pool, write, "a.txt.gz", gzip.compress(A)[:-8])
    assert opened.files == {"a.txt": A}
    assert len(opened.reading.warnings) == 1


def test_of_one_without_a_byte_left_nothing_is(pool: ReaderPool, write: Write) -> None:
    with pytest.raises(ReadError, match=r"^a\.txt\.gz could not be unpacked: it is damaged\.$"):
        Opened(pool, write, "a.txt.gz", gzip.compress(LINES)[:12])


def test_a_way_of_packing_that_is_not_known_is_not_called_damage(pool: ReaderPool, write: Write) -> None:
    content = bytearray(zipped({"a.txt": A, "b.txt": B}))
    for signature, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.rindex(signature) + at] = 9  # Deflate64, as Windows packs what is large
    opened = Opened(pool, write, "x.zip", bytes(content))
    assert opened.files == {"a.txt": A}
    assert opened.reading.warnings == (
        "1 file in it is packed or encrypted in a way that only other programs open: b.txt.",
    )


def test_nothing_readable_fails_with_the_reason(pool: ReaderPool, write: Write) -> None:
    message = (
        r"^x\.zip holds no file that can be read\. 1 file in it is in formats that cannot be read: a\.exe\.$"
    )
    with pytest.raises(ReadError, match=message):
        Opened(pool, write, "x.zip", zipped({"a.exe": b"MZ\x00\x00"}))
    with pytest.raises(ReadError, match="It is empty"):
        Opened(pool, write, "x.zip", zipped({}))
