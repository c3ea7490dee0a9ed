"""Exports that somebody made up or that were damaged on their way: each says what is wrong with it, or gives
the documents that are whole. Runs explorer.transfer.form, explorer.transfer.choices, explorer.transfer.talks.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from explorer import Library, settings
from explorer.catalog import Catalog
from explorer.errors import ExplorerError, ReadError, StorageError
from explorer.transfer import BroughtIn, archive
from explorer.transfer.choices import Choices
from explorer.transfer.form import ExportManifest
from explorer.types import MadeFrom, QuestionReading
from tests.transfer.conftest import Made

Bring = Callable[..., BroughtIn]


def forged(
    made: Made,
    target: Path,
    *,
    manifest: Callable[[dict[str, Any]], object] = lambda _: None,
    files: Callable[[dict[str, bytes]], object] = lambda _: None,
    method: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """The export with its manifest and its files changed."""
    with zipfile.ZipFile(made.file) as whole:
        found = {name: whole.read(name) for name in whole.namelist()}
    said = json.loads(found["manifest.json"])
    manifest(said)
    found["manifest.json"] = json.dumps(said).encode()
    files(found)
    with zipfile.ZipFile(target, "w", method) as written:
        for name, data in found.items():
            written.writestr(name, data)
    return target


def line_of(said: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in said["documents"] if one["name"] == name)


def rows_of(found: dict[str, bytes], name: str) -> tuple[str, dict[str, Any]]:
    line = line_of(json.loads(found["manifest.json"]), name)
    entry = f"catalogue/{line['sha256']}.json"
    return entry, json.loads(found[entry])


def nothing_in(catalog: Catalog) -> bool:
    waiting = list(catalog.originals.incoming.iterdir())
    return not catalog.documents.list() and not catalog.jobs.list() and not waiting


def refused(bring: Bring, catalog: Catalog, path: Path, why: str) -> None:
    started = time.monotonic()
    with pytest.raises(ReadError, match=why) as caught:
        bring(path)
    assert path.name in str(caught.value)
    assert time.monotonic() - started < 20
    assert nothing_in(catalog)
    assert catalog.settings.all() == {}


def test_one_of_a_newer_version_says_so_and_touches_nothing(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring
) -> None:
    path = forged(made, tmp_path / "new.zip", manifest=lambda said: said.update(format=9, documents="else"))
    with pytest.raises(StorageError, match=r"new.zip was written by a newer version .* Nothing was changed"):
        bring(path)
    assert nothing_in(catalog)


@pytest.mark.parametrize("length", [0, 100, 5000])
def test_one_that_was_cut_off_says_so_by_name(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring, length: int
) -> None:
    path = tmp_path / "cut.zip"
    path.write_bytes(made.file.read_bytes()[:length])
    refused(bring, catalog, path, "cut off or damaged")


def test_other_zips_and_other_files_are_no_exports(tmp_path: Path, catalog: Catalog, bring: Bring) -> None:
    with zipfile.ZipFile(tmp_path / "letters.zip", "w") as letters:
        letters.writestr("letter.txt", "Dear reader")
    refused(bring, catalog, tmp_path / "letters.zip", "no export of this program")
    (tmp_path / "note.txt").write_text("a note")
    refused(bring, catalog, tmp_path / "note.txt", "no zip")
    with pytest.raises(ReadError, match="no file"):
        bring(tmp_path / "none.zip")


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.update(documents=None),
        lambda said: said["documents"].append(said["documents"][0]),
        lambda said: said["documents"][0].update(sha256="../../etc/passwd"),
        lambda said: said["documents"][0].update(size=-1),
        lambda said: said["documents"][0].update(tags=[["nested"]]),
        lambda said: said["index"].update(dimension=10**9),
        lambda said: said["index"]["recipe"].pop("chunk_tokens"),
        lambda said: said["index"]["recipe"].update(chunk_tokens=1),
        lambda said: said["index"]["recipe"].update(embed_tokens="many"),
    ],
)
def test_a_manifest_that_cannot_be_is_refused(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring, change: Callable[[dict[str, Any]], object]
) -> None:
    refused(bring, catalog, forged(made, tmp_path / "odd.zip", manifest=change), "cannot be read")


def test_bombs_are_refused_in_time(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "UNPACKED_MB", 8)
    bomb = forged(made, tmp_path / "bomb.zip", files=lambda found: found.update(more=bytes(64 << 20)))
    refused(bring, catalog, bomb, "zip bomb")
    monkeypatch.setattr(archive, "ENTRIES", 10)
    refused(bring, catalog, made.file, "more than 10 files")


def test_a_list_of_files_without_end_is_not_read(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_DIRECTORY_BYTES", 100)
    with pytest.raises(ReadError, match="it is no zip, or cut off or damaged"):
        archive.Archive(made.file)


def test_entries_that_share_bytes_or_names_or_are_protected_are_refused(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring
) -> None:
    data = bytearray(forged(made, tmp_path / "plain.zip").read_bytes())
    records = [at for at in range(len(data)) if data[at : at + 4] == b"PK\1\2"]
    overlapping = bytearray(data)
    first = overlapping[records[0] + 42 : records[0] + 46]
    overlapping[records[1] + 42 : records[1] + 46] = first
    (tmp_path / "overlap.zip").write_bytes(overlapping)
    refused(bring, catalog, tmp_path / "overlap.zip", "overlap")
    protected = bytearray(data)
    for at in records:
        protected[at + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(protected)
    refused(bring, catalog, tmp_path / "locked.zip", "password")
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as twice:
        twice.writestr("manifest.json", b"{}")
        with pytest.warns(UserWarning, match="Duplicate"):
            twice.writestr("manifest.json", b"{}")
    refused(bring, catalog, tmp_path / "twice.zip", "one name")
    packed = forged(made, tmp_path / "lzma.zip", method=zipfile.ZIP_LZMA)
    refused(bring, catalog, packed, "packed as in no export")


def test_a_size_that_lies_costs_that_file_alone(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring
) -> None:
    data = bytearray(forged(made, tmp_path / "plain.zip").read_bytes())
    for at in [at for at in range(len(data)) if data[at : at + 4] == b"PK\1\2"]:
        if b"rent.txt" in data[at + 46 : at + 66]:
            size = struct.unpack_from("<I", data, at + 24)[0]
            struct.pack_into("<I", data, at + 24, size - 20)
    path = tmp_path / "lies.zip"
    path.write_bytes(data)
    came = bring(path)
    assert came.added == 4
    assert [name for name, _ in came.left_out] == ["rent.txt"]


def test_bytes_that_are_not_their_sha256_are_left_out_by_name(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring
) -> None:
    def change(found: dict[str, bytes]) -> None:
        name = line_of(json.loads(found["manifest.json"]), "rent.txt")["file"]
        found[name] = found[name].replace(b"950", b"590")
        del found[line_of(json.loads(found["manifest.json"]), "bread.md")["file"]]

    came = bring(forged(made, tmp_path / "changed.zip", files=change))
    assert came.added == 3
    assert {name: why.split(".")[0] for name, why in came.left_out} == {
        "rent.txt": "its bytes are not those that its SHA-256 stands for",
        "bread.md": "it is not in changed",
    }
    assert "Left out rent.txt: its bytes" in " ".join(came.lines())
    assert {one.name for one in catalog.documents.list()} == {"whales.md", "code.txt", "long.txt"}
    assert list(catalog.originals.incoming.iterdir()) == []


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00", "1969-12-31T00:00:00Z"])
def test_a_day_that_cannot_be_is_refused(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring, day: str
) -> None:
    path = forged(made, tmp_path / "f.zip", manifest=lambda said: line_of(said, "rent.txt").update(added=day))
    with pytest.raises(ReadError, match="damaged"):
        bring(path)
    assert nothing_in(catalog)


@pytest.mark.parametrize("day", ["9999-12-31T23:59:59-23:59", "9999-12-31T00:00:00Z"])
def test_a_day_to_come_is_today_so_that_the_bin_keeps_its_days(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring, day: str
) -> None:
    bring(forged(made, tmp_path / "f.zip", manifest=lambda said: line_of(said, "rent.txt").update(added=day)))
    added = catalog.documents.by_name("rent.txt")[0].added_at
    assert added <= datetime.now(UTC)
    catalog.bin.put([catalog.documents.by_name("bread.md")[0].id])
    assert catalog.bin.list(7)[0].goes_at <= datetime.now(UTC) + timedelta(days=7)


def test_names_are_text_and_lead_nowhere(made: Made, tmp_path: Path, catalog: Catalog, bring: Bring) -> None:
    evil = "../../../evil.txt"

    def manifest(said: dict[str, Any]) -> None:
        for line in said["documents"]:
            line["name"] = evil if line["name"] == "rent.txt" else f"C:\\x\\{line['name']}\0"
            line["old"], line["file"] = line["file"], f"{evil}{line['sha256']}"

    def files(found: dict[str, bytes]) -> None:
        for line in json.loads(found["manifest.json"])["documents"]:
            found[line["file"]] = found.pop(line["old"])

    before = sorted(path for path in tmp_path.rglob("*") if catalog.folder not in path.parents)
    came = bring(forged(made, tmp_path / "evil.zip", manifest=manifest, files=files))
    assert came.added == 5
    assert {one.name for one in catalog.documents.list()} == {
        "evil.txt", "whales.md", "bread.md", "code.txt", "long.txt"
    }  # fmt: skip
    after = sorted(path for path in tmp_path.rglob("*") if catalog.folder not in path.parents)
    assert [path.name for path in after if path not in before] == ["evil.zip"]


def big(length: int) -> str:
    return base64.b64encode(b"\xff" * length).decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows["chunks"][0].update(end=10**6),
        lambda rows: rows["chunks"][0].update(page=7),
        lambda rows: rows["chunks"][0].update(start=1.5),
        lambda rows: rows["chunks"][0].update(embedded="AAAA"),
        lambda rows: rows["chunks"].clear(),
        lambda rows: rows["chunks"].append(rows["chunks"][0]),
        lambda rows: rows["pages"][0].update(end=3),
        lambda rows: rows["pages"][0].update(runs=big(200_000)),
        lambda rows: rows["pages"][0].update(runs=base64.b64encode(b"\x00\x7f\x7f\x00").decode() * 99),
        lambda rows: rows["pages"][0].update(boxes="AA" + big(200_000)),
        lambda rows: rows.update(tables=[{"start": 0, "end": 10**9}]),
        lambda rows: rows.update(tables=[{"start": 0, "end": 9}, {"start": 5, "end": 12}]),
        lambda rows: rows.update(text=None),
        lambda rows: rows.update(day="yesterday"),
    ],
)
def test_text_and_passages_that_cannot_be_are_read_anew(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring, change: Callable[[dict[str, Any]], object]
) -> None:
    def files(found: dict[str, bytes]) -> None:
        name, rows = rows_of(found, "rent.txt")
        change(rows)
        found[name] = json.dumps(rows).encode()

    started = time.monotonic()
    came = bring(forged(made, tmp_path / "odd.zip", files=files))
    assert time.monotonic() - started < 30
    assert came.added == 4
    assert came.left_out == ()
    assert [job.name for job in catalog.jobs.list()] == ["rent.txt"]
    assert catalog.check().problems == ()


@pytest.mark.parametrize("index", [{"precision": "int3"}, {"model": "/tmp/evil"}, {"dimension": 3}])
def test_a_model_that_cannot_be_makes_nothing_of_the_library(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring, index: dict[str, Any]
) -> None:
    bring(forged(made, tmp_path / "odd.zip", manifest=lambda said: said["index"].update(index)))
    assert catalog.generations.live() is None
    assert len(catalog.jobs.list()) == 5


@pytest.mark.parametrize("vectors", [b"", bytes(384 * 4), struct.pack("<f", float("nan")) * 384, b"\1" * 7])
def test_embeddings_that_cannot_be_are_made_anew(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring, vectors: bytes
) -> None:
    def files(found: dict[str, bytes]) -> None:
        name, _ = rows_of(found, "rent.txt")
        found[name.replace(".json", ".f32")] = vectors

    assert bring(forged(made, tmp_path / "odd.zip", files=files)).added == 4
    assert [job.name for job in catalog.jobs.list()] == ["rent.txt"]


def test_what_is_damaged_is_called_damaged(made: Made, tmp_path: Path) -> None:
    def files(found: dict[str, bytes]) -> None:
        name, _ = rows_of(found, "rent.txt")
        found[name] = found[name].replace(b"{", b"[", 1)
        name, _ = rows_of(found, "bread.md")
        found[name.replace(".json", ".f32")] = b"cut off"

    path = forged(made, tmp_path / "odd.zip", files=files)
    with Library(tmp_path / "other") as library:
        came = library.transfer.bring_in(path)
    assert came.added == 3
    assert sorted(came.read_anew) == sorted(came.damaged) == ["bread.md", "rent.txt"]
    said = " ".join(came.lines())
    assert "because what the export has of them is damaged or missing: " in said
    assert "does not fit" not in said


def test_an_unknown_kind_is_read_anew(made: Made, tmp_path: Path, catalog: Catalog, bring: Bring) -> None:
    path = forged(
        made, tmp_path / "odd.zip", manifest=lambda said: line_of(said, "rent.txt").update(kind="<script>")
    )
    assert bring(path).added == 4
    assert [job.name for job in catalog.jobs.list()] == ["rent.txt"]


def test_originals_alone_are_enough(made: Made, tmp_path: Path, catalog: Catalog, bring: Bring) -> None:
    def files(found: dict[str, bytes]) -> None:
        for name in [name for name in found if not name.startswith(("documents/", "manifest"))]:
            del found[name]

    came = bring(forged(made, tmp_path / "bare.zip", files=files))
    assert [name for name, _ in came.left_out] == ["conversations.json"]
    assert len(catalog.jobs.list()) == 5


def test_no_address_folder_or_wider_limit_is_taken_without_asking(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Bring
) -> None:
    wanted = {
        "chat_url": "http://evil.example/v1",
        "embed_url": "http://evil.example/v1",
        "model": "\\\\evil.example\\share",
        "reranker": "/tmp/evil",
        "ocr_models": "evil",
        "read_memory_mb": 900_000,
        "read_seconds": 60,
        "chunk_tokens": 80,
        "ocr": False,
        "home": "/tmp/evil",
        "chat_key": "sesame",
        "max_pages": "many",
    }
    path = forged(made, tmp_path / "evil.zip", manifest=lambda said: said.update(settings=wanted))
    came = bring(path)
    assert came.settings == ("chunk_tokens", "ocr", "read_seconds")
    assert catalog.settings.all() == {"chunk_tokens": 80, "ocr": False, "read_seconds": 60}
    said = " ".join(came.settings_left)
    for name in ("chat_url", "embed_url", "model", "reranker", "ocr_models", "read_memory_mb", "max_pages"):
        assert name in said
    assert "http://evil.example/v1" in " ".join(came.lines())
    assert "sesame" not in " ".join(came.lines())
    now = settings.resolve(catalog.settings.all())
    assert (now.chat_url, now.embed_url, now.model, now.reranker) == (None, None, "all-MiniLM-L6-v2", None)


def test_the_person_may_take_them(made: Made, catalog: Catalog) -> None:
    def taken(**settings: str | int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        said = ExportManifest(
            format=1, program="document-explorer", exported=datetime.now(UTC), settings=settings, documents=[]
        )
        return Choices(catalog, is_trusted=True, is_anew=False).take_settings(said)

    both = taken(chat_url="http://127.0.0.1:1/v1", read_memory_mb=4096)
    assert both == (("chat_url", "read_memory_mb"), ())
    assert taken(chat_url="http://127.0.0.1:2/v1") == ((), ())
    assert catalog.settings.all()["chat_url"] == "http://127.0.0.1:1/v1", "what was chosen here stays"


def test_conversations_are_checked(made: Made, tmp_path: Path, catalog: Catalog, bring: Bring) -> None:
    other = hashlib.sha256(b"a document that did not come with it").hexdigest()

    def files(found: dict[str, bytes]) -> None:
        said = json.loads(found["conversations.json"])
        (talk,) = said["conversations"]
        talk["messages"][0]["citations"].append(
            {"number": 99, "document": other, "page": 1, "start": 0, "end": 5}
        )
        (here,) = {one["document"] for one in talk["messages"][0]["citations"]} - {other}
        told = {"passages": 2, "documents": 1, "left_out": {here: 1, other: 2}}
        read = {
            "kind": "fact",
            "documents": [other, here],
            "periods": ["2019"],
            "complete": "Stolen one?",
        }
        talk["messages"][0].update(reading=read, material=told)
        lost = dict(talk["messages"][0], created=1.0, kind="model", text="Stolen words", sources=[other])
        talk["messages"].append(lost)
        found["conversations.json"] = json.dumps(said).encode()

    bring(forged(made, tmp_path / "talk.zip", files=files))
    (talk,) = catalog.conversations.list()
    first, lost = catalog.conversations.messages(talk.id)
    assert first.citations[-1].document_id is None
    assert lost.forgotten
    assert "Stolen words" not in lost.text
    document_id = first.citations[0].document_id
    assert first.reading == QuestionReading("fact", (document_id,), ("2019",), "Stolen one?")
    assert first.material == MadeFrom(2, 1, {document_id: 1})
    assert (lost.reading, lost.material) == (replace(first.reading, complete=""), None)

    def odd(found: dict[str, bytes]) -> None:
        said = json.loads(found["conversations.json"])
        said["conversations"][0]["messages"][0]["citations"] *= 2
        found["conversations.json"] = json.dumps(said).encode()

    came = bring(forged(made, tmp_path / "odd.zip", files=odd))
    assert [name for name, _ in came.left_out] == ["conversations.json"]


def test_any_damage_ends_with_a_message_or_with_whole_documents(
    made: Made, tmp_path: Path, bring: Bring, catalog: Catalog
) -> None:
    """Every part of the file overwritten once."""
    whole = made.file.read_bytes()
    for number in range(24):
        at = number * len(whole) // 24
        path = tmp_path / f"damaged-{number}.zip"
        path.write_bytes(whole[:at] + b"\xa5" * 40 + whole[at + 40 :])
        try:
            bring(path)
        except ExplorerError as error:
            assert path.name in str(error)
        assert catalog.check().problems == ()
