"""An export brought in again: same answers, nothing embedded, nothing doubled.

Runs explorer.transfer.transfer, explorer.transfer.arriving, explorer.catalog.merging.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer import Library, Message, settings
from explorer.catalog import Catalog, room
from explorer.embedding.server.probe import PROBE_TEXT
from explorer.errors import Cancelled, DiskFull, StorageError
from explorer.transfer import BroughtIn, TransferProgress, arriving
from explorer.transfer.importing import Importing
from tests.embedding.embedding_server import serving
from tests.folders import RENT, WHALES, eventually, prose, write
from tests.transfer.conftest import Made, hits
from tests.transfer.test_archive import forged

ROOT = Path(__file__).parents[2]


def test_a_restored_library_answers_the_same_and_embeds_nothing(made: Made, tmp_path: Path) -> None:
    with Library(tmp_path / "restored") as library:
        told: list[TransferProgress] = []
        came = library.transfer.bring_in(made.file, told.append)
        assert (came.added, came.known, came.read_anew, came.left_out) == (5, 0, (), ())
        assert library.jobs() == []
        assert library._client.index_ids(library._catalog.generations.live().id).size == len(  # type: ignore[union-attr]
            library._catalog.chunks.ids()
        ), "the index has them once it returns"
        assert hits(library) == made.hits
        assert told[-1].done == told[-1].total > 0
        with Library(made.folder) as before:
            assert _told(library) == _told(before)
            assert _answers(library) == _answers(before)
            for old, new in zip(before.documents(), library.documents(), strict=True):
                assert library.text(new.id) == before.text(old.id)
                assert library.original(new.id).read_bytes() == before.original(old.id).read_bytes()
        report = library.doctor(verify=True)
        assert report.ok, report.problems


def _told(library: Library) -> list[tuple[object, ...]]:
    return [
        (
            *(one.name, one.kind, one.pages, one.chunks, one.size, one.added_at),
            one.title,
            one.tags,
            one.source,
        )
        for one in library.documents()
    ]


def _answers(library: Library) -> list[tuple[object, ...]]:
    names = {document.id: document.name for document in library.documents()}
    return [
        (talk.id, talk.title, said.question, said.text, said.kind, said.found, _cited(said, names))
        for talk in library.conversations.list()
        for said in library.conversations.messages(talk.id)
    ]


def _cited(said: Message, names: dict[str, str]) -> list[str | None]:
    return [names.get(one.document_id or "") for one in said.citations]


def test_twice_changes_nothing_and_what_is_there_is_not_doubled(
    made: Made, catalog: Catalog, bring: Callable[..., BroughtIn]
) -> None:
    assert bring(made.file).added == 5
    kept = catalog.documents.by_name("rent.txt")[0]
    catalog.documents.tag([kept.id], ["mine"], ["home"])
    before = [(one.name, one.id, one.tags) for one in catalog.documents.list() if one.id != kept.id]
    again = bring(made.file)
    assert (again.added, again.known, again.conversations, again.settings) == (0, 5, 0, ())
    assert [(one.name, one.id, one.tags) for one in catalog.documents.list() if one.id != kept.id] == before
    assert catalog.documents.get(kept.id).tags == ("2026", "home", "mine")
    assert len(catalog.conversations.list()) == 1
    assert catalog.check().problems == ()


def test_what_is_in_the_bin_comes_back(made: Made, catalog: Catalog, bring: Callable[..., BroughtIn]) -> None:
    bring(made.file)
    rent = catalog.documents.by_name("rent.txt")[0]
    catalog.documents.tag([rent.id], ["mine"], ["home"])
    catalog.bin.put([rent.id])
    again = bring(made.file)
    assert (again.added, again.known, again.back) == (0, 4, 1)
    assert "1 document came back from the bin." in again.lines()
    assert catalog.documents.get(rent.id).tags == ("2026", "home", "mine")
    assert catalog.check().problems == ()


def test_what_the_bin_has_of_an_earlier_index_comes_as_the_export_has_it(
    made: Made, catalog: Catalog, bring: Callable[..., BroughtIn]
) -> None:
    bring(made.file)
    rent, live = catalog.documents.by_name("rent.txt")[0], catalog.generations.live()
    assert live is not None
    catalog.bin.put([rent.id])
    with catalog.write() as con:
        con.execute("UPDATE generation SET bin_of = bin_of + 1000 WHERE state = 'binned'")
    again = bring(made.file)
    assert (again.added, again.known, again.back) == (1, 4, 0)
    assert catalog.documents.get(rent.id).name == "rent.txt"
    assert catalog.bin.is_empty()
    assert catalog.check().problems == ()


def test_a_library_with_a_bin_is_no_new_one(
    made: Made, tmp_path: Path, catalog: Catalog, bring: Callable[..., BroughtIn]
) -> None:
    bring(made.file)
    catalog.bin.put([document.id for document in catalog.documents.list()])

    def empties_the_bin(said: dict[str, Any]) -> None:
        said["settings"] = {"bin_days": 0}
        said["documents"] = []

    bring(forged(made, tmp_path / "forged.zip", manifest=empties_the_bin))
    assert settings.resolve(catalog.settings.all()).bin_days == 7
    assert len(catalog.bin.list(7)) == 5


def test_one_that_is_called_off_leaves_the_manifest_what_the_bin_has(
    made: Made, catalog: Catalog, bring: Callable[..., BroughtIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(made.file)
    rent = catalog.documents.by_name("rent.txt")[0]
    sha = catalog.documents.sha256(rent.id)
    catalog.bin.put([rent.id])
    with catalog.write() as con:
        con.execute("UPDATE generation SET bin_of = bin_of + 1000 WHERE state = 'binned'")
    before = catalog.originals.manifest.entry(sha)

    def stopped(_: Importing) -> None:
        assert catalog.jobs.has_work(("add",))
        assert catalog.originals.manifest.entry(sha) == before
        raise Cancelled("enough")

    monkeypatch.setattr(Importing, "_wait", stopped)
    with pytest.raises(Cancelled):
        bring(made.file, is_anew=True)
    assert catalog.originals.manifest.entry(sha) == before
    assert catalog.originals.path(sha).exists()


def test_deleting_everything_ends_it(
    made: Made, catalog: Catalog, bring: Callable[..., BroughtIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = Importing._receive

    def received(importing: Importing, archive: Any, document: Any) -> Any:
        found = receive(importing, archive, document)
        if catalog.documents.counts().documents == 2:
            catalog.erasing.begin()
        return found

    monkeypatch.setattr(Importing, "_receive", received)
    with pytest.raises(StorageError, match="deleted meanwhile"):
        bring(made.file)
    assert catalog.documents.list() == []
    assert catalog.conversations.list() == []


def test_into_a_library_in_use_with_some_of_the_same_documents(made: Made, tmp_path: Path) -> None:
    with Library(tmp_path / "other") as library:
        library.add(
            write(tmp_path / "mine", my_rent_txt=RENT, own_txt="Only here stands the word zanzibar.\n")
        )
        more = write(tmp_path / "more", **{f"n{number}_txt": prose(50 + number, 30) for number in range(6)})
        jobs = library.enqueue(more)
        came = library.transfer.bring_in(made.file)
        assert (came.added, came.known, came.left_out) == (4, 1, ())
        eventually(lambda: all(library.job(one).is_over for one in jobs))
        names = [document.name for document in library.documents()]
        assert len(names) == len(set(names)) == 12
        assert "my_rent.txt" in names
        assert "rent.txt" not in names, "one document keeps the name that it had here"
        assert library.search("zanzibar")[0].document.name == "own.txt"
        assert library.search("squid", mode="semantic")[0].document.name == "whales.md"
        tagged = [document.name for document in library.documents() if "home" in document.tags]
        assert sorted(tagged) == ["code.txt", "my_rent.txt"]
        report = library.doctor()
        assert report.ok, report.problems


def test_what_does_not_fit_the_index_is_read_anew_with_its_day_and_tags(made: Made, tmp_path: Path) -> None:
    with Library(tmp_path / "other") as library:
        library.change_settings(chunk_tokens=40)
        library.add(write(tmp_path / "mine", whales_md=WHALES))
        came = library.transfer.bring_in(made.file)
        assert (came.added, came.known) == (0, 1)
        assert sorted(came.read_anew) == ["bread.md", "code.txt", "long.txt", "rent.txt"]
        assert "of them does not fit the index of this library" in " ".join(came.lines())
        assert came.damaged == ()
        rent = next(document for document in library.documents() if document.name == "rent.txt")
        assert rent.tags == ("2026", "home")
        with Library(made.folder) as before:
            old = next(document for document in before.documents() if document.name == "rent.txt")
            assert abs(rent.added_at - old.added_at).total_seconds() < 0.001
            assert rent.source == old.source
            assert _answers(library) == _answers(before)
        assert library.transfer.bring_in(made.file).known == 5
        report = library.doctor()
        assert report.ok, report.problems


def test_nothing_of_a_strangers_export_is_believed_where_one_says_so(
    made: Made, catalog: Catalog, bring: Callable[..., BroughtIn]
) -> None:
    bring(made.file, is_anew=True)
    assert catalog.documents.list() == []
    assert len(catalog.jobs.list()) == 5


def test_a_model_that_is_not_here_has_everything_read_anew(
    made: Made, catalog: Catalog, bring: Callable[..., BroughtIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "identify", lambda _name, precision, _library: (precision, "other files"))
    assert bring(made.file).added == 0
    assert len(catalog.jobs.list()) == 5
    assert catalog.generations.live() is None


@pytest.mark.slow
def test_with_a_server_nothing_is_sent_to_it_and_its_address_is_asked_for(tmp_path: Path) -> None:
    with serving() as server:
        with Library(tmp_path / "library") as library:
            library.change_settings(embed_url=server.address, embed_model="tiny", chunk_tokens=60)
            library.add(write(tmp_path, rent_txt=RENT, whales_md=WHALES))
            before = hits(library)
            library.transfer.export(tmp_path / "served.zip")
        sent = len(server.requests)
        with Library(tmp_path / "trusting") as library:
            came = library.transfer.bring_in(tmp_path / "served.zip", with_servers=True)
            assert (came.added, came.settings_left) == (2, ())
            asked = server.requests[sent:]
            assert all(texts == [PROBE_TEXT] for texts in asked), "nothing of the documents was sent"
            assert library.settings.embed_url == server.address
            assert hits(library) == before
        sent = len(server.requests)
        with Library(tmp_path / "careful") as library:
            came = library.transfer.bring_in(tmp_path / "served.zip")
            assert came.settings_left == (f"embed_url: {server.address}",)
            assert (came.added, sorted(came.read_anew)) == (0, ["rent.txt", "whales.md"])
            assert library.settings.embed_url is None
            assert library.settings.chunk_tokens == 60
        assert len(server.requests) == sent, "nor asked by one who did not take its address"


def test_without_room_it_is_said_before_anything_is_done(
    made: Made, catalog: Catalog, bring: Callable[..., BroughtIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "free", lambda _: 1000)
    with pytest.raises(DiskFull, match=r"library.zip holds .* are missing"):
        bring(made.file)
    assert catalog.documents.list() == []
    assert list(catalog.originals.incoming.iterdir()) == []


@pytest.mark.slow
def test_a_stopped_import_keeps_whole_documents_and_goes_on(made: Made, tmp_path: Path) -> None:
    with Library(tmp_path / "other") as library:
        library.change_settings(chunk_tokens=40)
        library.add(write(tmp_path / "mine", whales_md=WHALES))
        reading = threading.Event()

        def show(progress: TransferProgress) -> None:
            if progress.step.startswith("Reading"):
                reading.set()

        library.transfer._background.start("It", lambda meter: _stopped(library, made, meter, show))
        assert reading.wait(60)
        library.transfer.cancel()
        eventually(lambda: library.transfer.state is not None and library.transfer.state.is_over)
        assert "stopped" in " ".join(library.transfer.state.lines)  # type: ignore[union-attr]
        eventually(lambda: not library.activity().is_busy)
        assert library.doctor().ok
        library.transfer.bring_in(made.file)
        assert len(library.documents()) == 5
        report = library.doctor()
        assert report.ok, report.problems


def _stopped(
    library: Library, made: Made, meter: object, show: Callable[[TransferProgress], None]
) -> BroughtIn:
    meter._show = show  # type: ignore[attr-defined]
    return library.transfer._importing(meter, False, False).run(made.file)  # type: ignore[arg-type]


def test_an_interrupted_one_says_so(made: Made, tmp_path: Path) -> None:
    def stop(progress: TransferProgress) -> None:
        if progress.step == "Bringing in documents" and progress.done:
            raise Cancelled("enough")

    with Library(tmp_path / "other") as library:
        with pytest.raises(Cancelled):
            library.transfer.bring_in(made.file, stop)
        assert 1 <= len(library.documents()) <= 5
        assert library.transfer.bring_in(made.file).known >= 1
        assert hits(library) == made.hits


_IMPORTING = """
import sys, time
from pathlib import Path
from explorer import Library, Message
from explorer.transfer import meter
meter._SHOW_SECONDS = 0  # each document is told, however quick the machine
def show(progress):
    print(progress.step, progress.done, flush=True)
    time.sleep(0.3 if progress.done else 0)
with Library(Path(sys.argv[1])) as library:
    library.transfer.bring_in(Path(sys.argv[2]), show)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_at_any_moment_nothing_is_half_in_and_again_brings_the_rest(
    made: Made, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    for lines in (1, 2, 4):
        command = [sys.executable, "-c", _IMPORTING, str(folder), str(made.file)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        with Catalog(folder) as catalog:
            assert catalog.check().problems == ()
    with Library(folder) as library:
        came = library.transfer.bring_in(made.file)
        assert came.added + came.known == 5
        assert came.known >= 1, "what was in before the kills stayed"
        assert hits(library) == made.hits
        report = library.doctor(verify=True, repair=True)
        assert report.ok, report.problems
        assert list((folder / "files" / ".incoming").iterdir()) == []


def test_a_disk_that_fills_up_meanwhile_leaves_no_bytes_behind(
    made: Made, catalog: Catalog, bring: Callable[..., BroughtIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:

        def no_room(*_: object, **__: object) -> None:
            raise DiskFull("The disk is full.")

        full.setattr(catalog.arrivals, "store", no_room)
        with pytest.raises(DiskFull):
            bring(made.file)
    assert catalog.documents.list() == []
    assert list(catalog.originals.incoming.iterdir()) == []
    assert bring(made.file).added == 5
    assert catalog.check().problems == ()
