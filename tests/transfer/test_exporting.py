"""An export: one file of one moment that any program opens, and never half there.

Runs explorer.catalog.unfinished, explorer.transfer.results, explorer.transfer.meter.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from explorer import Library
from explorer.catalog import Catalog, room
from explorer.catalog.taken_out import DocumentRow
from explorer.errors import Cancelled, DiskFull, StorageError
from explorer.transfer import TransferProgress, exporting, plain, talks
from explorer.transfer.exporting import export
from explorer.transfer.meter import Meter
from explorer.transfer.plain import export_plain
from explorer.types import MadeFrom, QuestionReading
from tests.catalog.making import DIMENSION, add, generation
from tests.folders import files_holding
from tests.transfer.conftest import Made

ROOT = Path(__file__).parents[2]


def filled(folder: Path, *texts: str) -> Catalog:
    catalog = Catalog(folder)
    generation(catalog, chunk_tokens=115)
    for text in texts:
        add(catalog, text, f"{text[:8]}.txt")
    return catalog


def test_other_programs_can_open_it(made: Made) -> None:
    with zipfile.ZipFile(made.file) as file:
        assert file.testzip() is None
        said = json.loads(file.read("manifest.json"))
        assert (said["format"], said["program"]) == (1, "document-explorer")
        by_name = {one["name"]: one for one in said["documents"]}
        assert sorted(by_name) == ["bread.md", "code.txt", "long.txt", "rent.txt", "whales.md"]
        rent = by_name["rent.txt"]
        assert rent["tags"] == ["2026", "home"]
        assert rent["file"] == "documents/rent.txt"
        assert hashlib.sha256(file.read("documents/rent.txt")).hexdigest() == rent["sha256"]
        rows = json.loads(file.read(f"catalogue/{rent['sha256']}.json"))
        assert rows["text"].startswith("The tenant pays")
        vectors = np.frombuffer(file.read(f"catalogue/{rent['sha256']}.f32"), "<f4")
        assert vectors.shape == (len(rows["chunks"]) * said["index"]["dimension"],)
        (talk,) = json.loads(file.read("conversations.json"))["conversations"]
        assert talk["title"] == "Rent"
        text = file.getinfo("documents/long.txt")
        assert text.compress_size < text.file_size


def test_readings_and_materials_speak_of_documents_by_their_sha256(tmp_path: Path) -> None:
    with filled(tmp_path / "library", "first text", "second text") as catalog:
        first, second = catalog.documents.list()
        talk = catalog.conversations.create("T")
        asked = QuestionReading("figure", (first.id,), ("2019",), "What of 2019?", is_chosen=True)
        ids = [catalog.conversations.begin(talk, "And 2019?", "model", reading=asked) for _ in range(2)]
        for message_id, shown in zip(ids, (first, second), strict=True):
            catalog.conversations.set_sources(message_id, [shown.id])
            made_from = MadeFrom(4, 2, {first.id: 1, second.id: 2})
            catalog.conversations.finish(message_id, found=True, text="Told.", material=made_from)
        sha = catalog.documents.sha256(first.id)
        with catalog.read() as con:
            (out,) = talks.conversations_of(con, {first.id: sha}).conversations
    told, lost = out.messages
    assert told.reading is not None and told.material is not None and lost.reading is not None
    assert (told.reading.documents, told.reading.complete) == ([sha], "What of 2019?")
    assert told.material.left_out == {sha: 1}
    assert (lost.reading.complete, lost.material) == ("", None)


def test_no_key_is_in_it(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.change_settings(chat_url="http://127.0.0.1:9/v1", chat_model="tiny")
        library.models.set_chat_key("http://127.0.0.1:9/v1", "canary-4711")
        library.transfer.export(tmp_path / "library.zip")
        library.transfer.export_plain(tmp_path / "plain")
    assert files_holding(tmp_path, "canary-4711") == []
    said = json.loads(zipfile.ZipFile(tmp_path / "library.zip").read("manifest.json"))
    assert said["settings"] == {"chat_model": "tiny", "chat_url": "http://127.0.0.1:9/v1"}


def test_it_is_of_one_moment_while_documents_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled(tmp_path / "library", "first text", "second text") as catalog:
        rows_of = exporting._rows

        def and_another(con: object, row: DocumentRow) -> object:
            add(catalog, f"came during {row.name}", f"new {row.name}")
            return rows_of(con, row)  # type: ignore[arg-type]

        monkeypatch.setattr(exporting, "_rows", and_another)
        assert export(catalog, tmp_path / "one.zip", Meter()).documents == 2
        assert len(catalog.documents.list()) == 4


def test_what_is_removed_meanwhile_is_in_no_byte_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled(tmp_path / "library", "first text", "zanzibar and more") as catalog:
        write_original = exporting._Writing._write_original
        tries: list[str] = []

        def remove_the_next(self: exporting._Writing, archive: zipfile.ZipFile, row: DocumentRow) -> bool:
            tries.append(row.name)
            if len(tries) == 1:
                catalog.documents.remove([catalog.documents.by_name("zanzibar.txt")[0].id])
            return write_original(self, archive, row)

        monkeypatch.setattr(exporting._Writing, "_write_original", remove_the_next)
        assert export(catalog, tmp_path / "one.zip", Meter()).documents == 1
        assert tries == ["first te.txt", "zanzibar.txt", "first te.txt"]
        with zipfile.ZipFile(tmp_path / "one.zip") as file:
            assert not any(b"zanzibar" in file.read(name) for name in file.namelist())


def test_what_the_library_has_lost_or_damaged_is_named(tmp_path: Path) -> None:
    with filled(tmp_path / "library", "first text", "second text", "third text") as catalog:
        lost, damaged = (catalog.documents.by_name(name)[0].id for name in ("first te.txt", "second t.txt"))
        catalog.originals.path(catalog.documents.sha256(lost)).unlink()
        catalog.originals.path(catalog.documents.sha256(damaged)).write_text("second tent")
        came = export(catalog, tmp_path / "one.zip", Meter())
        assert (came.documents, came.missing, came.damaged) == (2, ("first te.txt",), ("second t.txt",))
        assert "first te.txt" in " ".join(came.lines())
        assert export_plain(catalog, tmp_path / "plain", Meter()).missing == ("first te.txt",)


def test_names_that_collide_or_lead_elsewhere_get_names_of_their_own(tmp_path: Path) -> None:
    with filled(tmp_path / "library") as catalog:
        for number, name in enumerate(
            ("a.txt", "A.TXT", "../a.txt", "con.txt", "x" * 300 + ".txt", "a.txt.json")
        ):
            add(catalog, f"text {number}", name)
        export(catalog, tmp_path / "one.zip", Meter())
        with zipfile.ZipFile(tmp_path / "one.zip") as file:
            names = [name for name in file.namelist() if name.startswith("documents/")]
        assert len({name.casefold() for name in names}) == 6
        assert all(name.count("/") == 1 and ".." not in name[10:12] for name in names)
        made = export_plain(catalog, tmp_path / "plain", Meter())
        assert made.documents == 6
        assert len(list((tmp_path / "plain").iterdir())) == 18


def test_plain_files_hold_text_and_tags(tmp_path: Path) -> None:
    with filled(tmp_path / "library") as catalog:
        known = add(catalog, ["first page. ", "second page."], "two.txt", source="/from/here/two.txt")
        catalog.documents.tag([known], ["kept"])
        made = export_plain(catalog, tmp_path / "plain", Meter())
        assert made.documents == 1
        folder = tmp_path / "plain"
        assert sorted(path.name for path in folder.iterdir()) == ["two.txt", "two.txt.json", "two.txt.txt"]
        assert (folder / "two.txt").read_text() == "first page. second page."
        assert (folder / "two.txt.txt").read_text() == "first page. \fsecond page."
        facts = json.loads((folder / "two.txt.json").read_text())
        assert (facts["name"], facts["tags"], facts["source"]) == ("two.txt", ["kept"], "/from/here/two.txt")
        assert facts["sha256"] == hashlib.sha256(b"first page. second page.").hexdigest()
        with pytest.raises(StorageError, match="not empty"):
            export_plain(catalog, tmp_path / "plain", Meter())


def test_what_is_removed_while_plain_files_are_written_is_in_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled(tmp_path / "library", "first text", "zanzibar and more") as catalog:
        copy, tries = plain._copy, list[Path]()

        def remove_the_next(source: Path, target: Path, meter: Meter) -> int:
            tries.append(target)
            if len(tries) == 1:
                catalog.documents.remove([catalog.documents.by_name("zanzibar.txt")[0].id])
            return copy(source, target, meter)

        monkeypatch.setattr(plain, "_copy", remove_the_next)
        assert export_plain(catalog, tmp_path / "plain", Meter()).documents == 1
        assert sorted(path.name for path in (tmp_path / "plain").rglob("*")) == [
            "first te.txt",
            "first te.txt.json",
            "first te.txt.txt",
        ]


def test_a_document_may_be_called_a_number(tmp_path: Path) -> None:
    with filled(tmp_path / "library") as catalog:
        add(catalog, ["some text"], "0")
        export_plain(catalog, tmp_path / "plain", Meter())
        assert (tmp_path / "plain" / "0").read_text() == "some text"


def test_what_has_come_to_be_there_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    with filled(tmp_path / "library", "first text") as catalog:
        target = tmp_path / "one.zip"
        with pytest.raises(StorageError, match="meanwhile"):
            export(catalog, target, Meter(lambda _: target.write_text("mine")))
        assert target.read_text() == "mine"


def test_a_document_with_rows_that_cannot_be_goes_without_them(tmp_path: Path) -> None:
    with filled(tmp_path / "library", "first text", "second text") as catalog:
        odd = catalog.documents.by_name("first te.txt")[0].id
        with catalog.write() as con:
            con.execute("UPDATE edition SET headings = '[[0, -1, \"odd\"]]' WHERE document_id = ?", (odd,))
        assert export(catalog, tmp_path / "one.zip", Meter()).documents == 2
        with zipfile.ZipFile(tmp_path / "one.zip") as file:
            assert sum(name.startswith("catalogue/") for name in file.namelist()) == 2


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    with filled(tmp_path / "library", "first text") as catalog:
        (tmp_path / "mine.zip").write_text("mine")
        with pytest.raises(StorageError, match="is there already"):
            export(catalog, tmp_path / "mine.zip", Meter())
        assert (tmp_path / "mine.zip").read_text() == "mine"
        with pytest.raises(StorageError, match="inside the library"):
            export(catalog, catalog.folder / "one.zip", Meter())


def test_without_room_it_says_so_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled(tmp_path / "library", "first text") as catalog:
        monkeypatch.setattr(room, "free", lambda _: 1000)
        for run, name in ((export, "one.zip"), (export_plain, "plain")):
            with pytest.raises(DiskFull, match=r"needs about .* are missing"):
                run(catalog, tmp_path / name, Meter())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["library"]


def test_one_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    told: list[TransferProgress] = []
    texts = [f"{number} text" * 99 for number in range(9)]
    with filled(tmp_path / "library", *texts) as catalog, pytest.raises(Cancelled, match="stopped"):
        export(catalog, tmp_path / "one.zip", Meter(told.append, lambda: len(told) > 1))
    assert told[0].total > 9 * 99 * 6
    assert sorted(path.name for path in tmp_path.iterdir()) == ["library"]


def test_the_time_left_is_told_once_enough_is_done() -> None:
    told: list[TransferProgress] = []
    meter = Meter(told.append)
    meter.begin(100)
    meter.step("Copying")
    time.sleep(0.25)
    meter.add(50)
    meter.add(50)
    assert told[0].seconds_left is None
    assert told[1].seconds_left == pytest.approx(0.25, rel=0.5)
    assert (told[-1].done, told[-1].seconds_left) == (100, 0.0)


_SLOWLY = """
import sys, time
from pathlib import Path
from explorer.catalog import Catalog
from explorer.transfer.exporting import export
from explorer.transfer.meter import Meter
from explorer.transfer.plain import export_plain
run = export_plain if sys.argv[3] == "plain" else export
def show(progress):
    print(progress.step, progress.done, flush=True)
    time.sleep(0.3 if progress.done else 0)
run(Catalog(Path(sys.argv[1])), Path(sys.argv[2]), Meter(show))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("kind", ["one", "plain"])
def test_killed_at_any_moment_nothing_stands_under_the_name(tmp_path: Path, kind: str) -> None:
    filled(tmp_path / "library", *(f"{number} text" * 20_000 for number in range(4))).close()
    target = tmp_path / "out"
    other = tmp_path / "other.unfinished"
    other.mkdir()
    (other / "backup.lock").touch()
    (other / "half").write_text("left by another that was killed")
    (tmp_path / "mine.unfinished").mkdir()
    for lines in (1, 2, 3):
        command = [sys.executable, "-c", _SLOWLY, str(tmp_path / "library"), str(target), kind]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert not target.exists()
        assert (tmp_path / "out.unfinished").is_dir(), "what is left says what it is"
    with Catalog(tmp_path / "library") as catalog:
        run = export_plain if kind == "plain" else export
        assert run(catalog, target, Meter()).documents == 4
        assert catalog.check().problems == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["library", "mine.unfinished", "out"]


def test_two_do_not_write_to_one_place(tmp_path: Path) -> None:
    with filled(tmp_path / "library", "first text") as catalog:
        entered, goes_on = threading.Event(), threading.Event()

        def wait(_: TransferProgress) -> None:
            entered.set()
            goes_on.wait(30)

        thread = threading.Thread(target=export, args=(catalog, tmp_path / "one.zip", Meter(wait)))
        thread.start()
        assert entered.wait(30)
        with pytest.raises(StorageError, match="Another export"):
            export(catalog, tmp_path / "one.zip", Meter())
        goes_on.set()
        thread.join(30)
        assert zipfile.ZipFile(tmp_path / "one.zip").testzip() is None


def test_vectors_stand_in_the_order_of_the_passages(tmp_path: Path) -> None:
    from tests.catalog.making import vector

    with filled(tmp_path / "library") as catalog:
        text = "".join(f"passage {number:032}" for number in range(5))
        add(catalog, text, "five.txt")
        export(catalog, tmp_path / "one.zip", Meter())
        with zipfile.ZipFile(tmp_path / "one.zip") as file:
            (name,) = [name for name in file.namelist() if name.endswith(".f32")]
            found = np.frombuffer(file.read(name), "<f4").reshape(-1, DIMENSION)
    assert found.tolist() == [vector(text[at : at + 40]).tolist() for at in range(0, 200, 40)]
