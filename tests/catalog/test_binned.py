"""The bin, below `Library`: what it hides, what it keeps, when it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.catalog import Catalog, backup, binned
from explorer.catalog.conversations import HIDDEN
from explorer.errors import Cancelled, NotFound
from explorer.types import Atlas, Cluster, Scope, SpanRef
from explorer.words.terms import terms
from tests.catalog.making import add, document, embed, files_with, generation, original

DAY = 86_400.0


def redone(catalog: Catalog, **texts: str) -> None:
    """All that can be seen is made again, into a new generation, which goes live. By id: its text."""
    live = catalog.generations.live()
    assert live is not None
    building = catalog.generations.begin({"reader": 2}, live.model.name, live.model.dimension, "float32")
    for document_id in catalog.generations.missing():
        name = catalog.documents.get(document_id).name
        new = document([texts[name]], name, step=20)
        embed(catalog, building.model.id, new)
        catalog.arrivals.store(new, building.id)
    catalog.generations.switch()


def drawn(catalog: Catalog) -> None:
    """A map of all that can be seen."""
    live, ids = catalog.generations.live(), catalog.chunks.ids()
    assert live is not None
    points = np.zeros((len(ids), 2), np.float32)
    atlas = Atlas(ids, points, np.zeros(len(ids), np.int64), (Cluster(0, "margin", len(ids)),))
    assert catalog.layouts.put(live.id, 2, catalog.changes.last(), atlas)


def is_current(catalog: Catalog) -> bool | None:
    kept = catalog.layouts.get(2)
    return None if kept is None else not len(kept.missing)


def waits(catalog: Catalog, document_id: str) -> int:
    """A job to add the bytes of a document of the bin once more."""
    with catalog.read() as con:
        sha = str(con.execute("SELECT sha256 FROM document WHERE id = ?", (document_id,)).get)
    return catalog.jobs.enqueue("add", "a.txt", sha256=sha)


def seen(catalog: Catalog, document_id: str) -> tuple[Any, ...]:
    """All that can be seen of the library, and the chunks of one document first of all."""
    return (
        catalog.chunks.of_document(document_id),
        catalog.documents.list(),
        catalog.chunks.ids().tolist(),
        catalog.embeddings.matrix()[1].tolist(),
        catalog.documents.tags(),
        catalog.documents.counts(),
        catalog.chunks.table().documents,
    )


def test_nothing_shows_it_and_all_of_it_comes_back(catalog: Catalog) -> None:
    stays = add(catalog, "what stays here", "stays.txt")
    gone = add(catalog, "the margin fell " * 9, "gone.txt", source="/x/gone.txt")
    catalog.documents.tag([gone], add=["secret"])
    before = seen(catalog, gone)
    (chunk, *_), revision = before[0], catalog.documents.revision()
    assert catalog.bin.put([gone, "unknown"]) == [gone]
    assert catalog.documents.revision() != revision
    assert [one.id for one in catalog.documents.list()] == [stays]
    assert catalog.documents.list([gone]) == catalog.documents.by_name("gone.txt") == []
    assert catalog.documents.by_source("/x/gone.txt") == []
    assert catalog.documents.by_sha256(document(["the margin fell " * 9]).sha256) is None
    assert catalog.documents.in_scope(Scope(tags=["secret"])) == set()
    assert catalog.documents.tags() == {}
    assert catalog.documents.counts().documents == 1
    assert catalog.chunks.by_ids([chunk.id]) == []
    assert catalog.chunks.table().documents == (stays,)
    assert len(catalog.embeddings.matrix()[0]) == 1
    assert len(catalog.embeddings.of_range(1, 99).__next__()[0]) == 1
    assert not len(np.intersect1d(catalog.chunks.holding_phrase(terms("margin fell")), catalog.chunks.ids()))
    for ask in (
        catalog.documents.get,
        catalog.documents.sha256,
        catalog.documents.text,
        catalog.documents.pages,
        catalog.chunks.of_document,
        lambda one: catalog.documents.span(one, 0, 5),
        lambda one: catalog.documents.rename(one, "other", ["other"]),
    ):
        with pytest.raises(NotFound):
            ask(gone)
    with pytest.raises(NotFound):
        catalog.chunks.get(chunk.id)
    catalog.documents.tag([gone], add=["more"], remove=["secret"])
    (held,) = catalog.bin.list(days=7)
    assert (held.document.id, held.document.tags) == (gone, ("secret",))
    assert (held.goes_at - held.binned_at).days == 7
    assert catalog.check().problems == ()
    assert (catalog.check().counts["documents"], catalog.check().counts["in_the_bin"]) == (1, 1)
    assert catalog.embeddings.unneeded() == 0 == catalog.embeddings.gc()
    assert catalog.bin.put([gone]) == [], "it is there already"

    assert catalog.bin.restore([gone, stays]).back == (gone,)
    assert seen(catalog, gone) == before
    assert catalog.bin.is_empty() and catalog.bin.list(7) == []
    assert catalog.check().problems == ()


def test_what_follows_the_changes_hears_of_both(catalog: Catalog) -> None:
    gone = add(catalog, "some forty characters and a few more of them", "gone.txt")
    empty = add(catalog, "", "empty.txt")
    live, at = catalog.generations.live(), catalog.changes.last()
    assert live is not None
    catalog.bin.put([gone, empty])
    catalog.bin.restore([gone, empty])
    told = [
        (one.action, one.generation_id, one.first_chunk, one.last_chunk) for one in catalog.changes.after(at)
    ]
    assert told == [("remove", live.id, 1, 2), ("add", live.id, 1, 2)]
    assert [one.id for one in catalog.generations.all()] == [live.id]


def test_answers_are_hidden_and_come_back(catalog: Catalog) -> None:
    stays, gone = add(catalog, "one text", "a.txt"), add(catalog, "other text", "b.txt")
    talks = catalog.conversations
    talk = talks.create("Texts")
    spans = [SpanRef(1, gone, 1, 0, 5, b"x"), SpanRef(2, stays, 1, 0, 3, b"y")]
    quoted = talks.begin(talk, "Which?", "quotes")
    assert talks.finish(quoted, found=True, citations=spans, hits=spans)
    written = talks.begin(talk, "And?", "model")
    talks.set_sources(written, [gone])
    assert talks.append(written, "It says other.[1]")
    assert talks.finish(written, found=True, citations=spans[:1], hits=spans)
    streaming = talks.begin(talk, "More?", "model")
    talks.set_sources(streaming, [stays], earlier=[written])
    assert talks.append(streaming, "As I said, ")
    before = talks.messages(talk)

    catalog.bin.put([gone])
    quotes, answer, broken = talks.messages(talk)
    assert [(span.document_id, span.digest) for span in quotes.citations] == [(None, None), (stays, b"y")]
    assert [span.document_id for span in quotes.hits] == [stays]
    assert (answer.text, answer.forgotten, answer.found, answer.citations) == (HIDDEN, True, False, ())
    assert (broken.text, broken.state) == (HIDDEN, "stopped")
    assert not talks.append(streaming, "it goes on")
    with pytest.raises(NotFound):
        talks.set_sources(talks.begin(talk, "Again?", "model"), [gone])
    asked_on = talks.begin(talk, "And now?", "model")
    talks.set_sources(asked_on, [stays], earlier=[quoted])
    assert talks.append(asked_on, "This one stays.")
    assert talks.message(asked_on).text == "This one stays.", "its history held no word of it"

    catalog.bin.restore([gone])
    assert talks.messages(talk)[:2] == before[:2]
    assert talks.message(streaming).text == "As I said, "


def names(catalog: Catalog) -> list[tuple[str, int]] | None:
    kept = catalog.layouts.get(2)
    return None if kept is None else [(one.label, one.size) for one in kept.atlas.clusters]


def test_maps_go_without_it_and_come_back_with_it(catalog: Catalog) -> None:
    gone, other = add(catalog, "the margin on the map", "a.txt"), add(catalog, "what is on it too", "b.txt")
    drawn(catalog)
    whole = names(catalog)
    assert whole == [("margin", 2)]
    catalog.bin.put([gone])
    assert is_current(catalog) is True
    assert names(catalog) == [("Subject 1", 1)], "only what is in the bin says that word"
    catalog.bin.restore([gone])
    assert is_current(catalog) is True
    assert names(catalog) == whole
    later = add(catalog, "not on the map", "c.txt")
    assert is_current(catalog) is False
    catalog.bin.put([later])
    assert is_current(catalog) is True, "the map has all that can be seen"
    catalog.documents.remove([later])
    assert is_current(catalog) is True, "it holds nothing of what was removed"
    catalog.bin.put([other, gone])
    assert is_current(catalog) is None, "all of it is in the bin"
    catalog.documents.remove([gone])
    assert catalog.tidying.tidy()
    catalog.bin.restore([other])
    assert is_current(catalog) is True
    assert names(catalog) == [("Subject 1", 1)]
    assert files_with(catalog.folder, "margin") == []


def test_what_was_redone_in_between_is_read_again(catalog: Catalog) -> None:
    texts = {"a.txt": "the first text, of some length, so that it is cut", "b.txt": "the second text"}
    gone, stays = add(catalog, texts["a.txt"], "a.txt"), add(catalog, texts["b.txt"], "b.txt")
    catalog.documents.tag([gone], add=["kept"])
    catalog.bin.put([gone])
    redone(catalog, **texts)
    assert catalog.check().problems == ()
    assert [one.document.id for one in catalog.bin.list(7)] == [gone]
    assert catalog.bin.restore([gone]) == ((), (gone,))
    assert [one.id for one in catalog.documents.list()] == [stays]
    ((name, size, _, sha, _),) = catalog.bin.files([gone])
    assert (name, size) == ("a.txt", len(texts["a.txt"]))
    job = catalog.jobs.enqueue("add", name, sha256=sha)
    assert catalog.bin.files([gone]) == [], "one job is enough"
    live = catalog.generations.live()
    assert live is not None
    assert catalog.work.claim("w") is not None
    new = document([texts["a.txt"]], "a.txt", step=20)
    embed(catalog, live.model.id, new)
    stored = catalog.arrivals.store(new, live.id, job_id=job)
    assert (stored.document_id, stored.status) == (gone, "added")
    assert catalog.documents.get(gone).tags == ("kept",)
    assert [chunk.end - chunk.start for chunk in catalog.chunks.of_document(gone)] == [20, 20, 9]
    assert catalog.jobs.require(job).warnings == (binned.BACK,)
    assert catalog.bin.is_empty()
    with catalog.read() as con:
        assert con.execute("SELECT state FROM generation").fetchall() == [("live",)]
    assert catalog.check().problems == ()
    assert catalog.originals.missing_in_manifest() == 0


def test_a_redo_under_way_goes_on_without_it(catalog: Catalog) -> None:
    texts = {"a.txt": "the first text", "b.txt": "the second text"}
    gone, stays = (add(catalog, text, name) for name, text in texts.items())
    live = catalog.generations.live()
    assert live is not None
    building = catalog.generations.begin({"reader": 2}, live.model.name, live.model.dimension, "float32")
    job = catalog.jobs.enqueue("redo", "a.txt", sha256=catalog.documents.sha256(gone), document_id=gone)
    assert catalog.work.claim("w") is not None
    catalog.bin.put([gone])
    assert not catalog.work.is_wanted(job)
    new = document([texts["a.txt"]], "a.txt")
    embed(catalog, building.model.id, new)
    with pytest.raises(Cancelled):
        catalog.arrivals.store(new, building.id, job_id=job)
    assert catalog.generations.missing() == [stays]

    catalog.bin.restore([gone])
    assert sorted(catalog.generations.missing()) == sorted([gone, stays])
    catalog.arrivals.store(new, building.id)
    catalog.bin.put([gone])
    redone(catalog, **texts)
    assert [one.id for one in catalog.documents.list()] == [stays], "what was built of it did not go live"
    assert catalog.check().problems == ()


def test_the_same_bytes_bring_it_back(catalog: Catalog) -> None:
    gone = add(catalog, "bytes that come twice", "a.txt")
    catalog.documents.tag([gone], add=["kept"])
    catalog.bin.put([gone])
    sha = document(["bytes that come twice"]).sha256
    assert catalog.bin.restore_bytes("0" * 64) is None
    assert catalog.bin.restore_bytes(sha) == gone
    assert catalog.documents.get(gone).tags == ("kept",)


def test_what_takes_its_place_leaves_it_in_the_bin(catalog: Catalog) -> None:
    old = add(catalog, "the old version", "a.txt")
    job = catalog.jobs.enqueue("add", "a.txt", sha256="f" * 64, replaces=old)
    catalog.bin.put([old])
    new = add(catalog, "the new version", "a.txt", replaces=old)
    task = catalog.work.claim("w")
    assert task is not None and task.job.id == job
    assert task.replaces is None
    assert [one.id for one in catalog.documents.list()] == [new]
    assert catalog.bin.restore([old]).back == (old,)


def test_when_the_days_are_over_every_byte_goes(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binned, "_AT_ONCE", 2)
    words = [f"xylographomancy{number}" for number in range(5)]
    gone = [add(catalog, f"a word such as {word} here", f"{word}.txt") for word in words]
    stays = add(catalog, "what stays", "stays.txt")
    catalog.bin.put(gone)
    assert catalog.bin.expire(7) == []
    start = time.time()
    monkeypatch.setattr(binned, "now", lambda: start + 7 * DAY - 60)
    assert catalog.bin.expire(7) == []
    monkeypatch.setattr(binned, "now", lambda: start + 7 * DAY + 60)
    assert sorted(catalog.bin.expire(7)) == sorted(gone)
    assert files_with(catalog.folder, "xylographomancy") == []
    assert [path.name for path in (catalog.folder / "files").glob("?" * 64)] == [
        catalog.documents.sha256(stays)
    ]
    assert catalog.bin.is_empty()
    assert catalog.check().problems == ()


def test_a_clock_that_goes_wrong_takes_no_day_away(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = add(catalog, "one", "a.txt"), add(catalog, "two", "b.txt")
    start = time.time()
    catalog.bin.put([first])
    monkeypatch.setattr(binned, "now", lambda: start - 400 * DAY)
    assert catalog.bin.expire(7) == []
    catalog.bin.put([second])  # by a clock that is a year late
    monkeypatch.setattr(binned, "now", lambda: start + 6 * DAY)
    assert catalog.bin.expire(7) == []
    assert {one.document.id for one in catalog.bin.list(7)} == {first, second}


def test_a_file_that_is_wanted_again_does_not_expire(catalog: Catalog) -> None:
    gone = add(catalog, "one", "a.txt")
    catalog.bin.put([gone])
    job = waits(catalog, gone)
    assert catalog.bin.expire(0) == []
    catalog.jobs.cancel([job])
    assert catalog.bin.expire(0) == [gone]


def test_what_failed_and_is_put_away_keeps_its_bytes(catalog: Catalog) -> None:
    gone = add(catalog, "one", "a.txt")
    catalog.bin.put([gone])
    job = waits(catalog, gone)
    assert catalog.work.claim("w") is not None
    catalog.work.fail(job, "a.txt cannot be read.")
    catalog.jobs.dismiss([job])
    assert catalog.bin.restore([gone]).back == (gone,)
    assert catalog.originals.path(catalog.documents.sha256(gone)).is_file()


def test_what_is_removed_for_good_is_gone_from_the_bin(catalog: Catalog) -> None:
    gone = add(catalog, "a word such as xylographomancy", "a.txt")
    catalog.bin.put([gone])
    assert files_with(catalog.folder, "xylographomancy")
    assert catalog.documents.remove([gone]).document_ids == (gone,)
    assert files_with(catalog.folder, "xylographomancy") == []
    with catalog.read() as con:
        assert con.execute("SELECT state FROM generation").fetchall() == [("live",)]


def test_the_manifest_knows_it_and_puts_it_back(tmp_path: Path) -> None:
    text = "what the catalogue has lost"
    with Catalog(tmp_path / "library") as catalog:
        gone = add(catalog, text, "a.txt")
        catalog.bin.put([gone])
        (held,) = catalog.bin.list(7)
        entry = catalog.originals.manifest.entry(document([text]).sha256)
        assert entry is not None and abs((entry.binned or 0) - held.binned_at.timestamp()) < 0.01
        assert catalog.originals.missing_in_manifest() == 0
        catalog.bin.restore([gone])
        assert catalog.originals.missing_in_manifest() == 0
        catalog.bin.put([gone])
    catalog.path.unlink()
    for beside in (tmp_path / "library").glob("catalog.sqlite3-*"):
        beside.unlink()
    new = document([text], "a.txt")
    (tmp_path / "library" / "files" / new.sha256).rename(tmp_path / new.sha256)
    with Catalog(tmp_path / "library") as again:
        live = generation(again)
        embed(again, live.model.id, new)
        original(again.folder, new)
        again.arrivals.store(new, live.id)
        assert again.documents.list() == []
        (held_again,) = again.bin.list(7)
        assert abs((held_again.binned_at - held.binned_at).total_seconds()) < 60
        assert again.bin.restore([held_again.document.id]).back


def test_a_copy_of_the_library_holds_its_bin(catalog: Catalog, tmp_path: Path) -> None:
    gone = add(catalog, "in the bin", "a.txt")
    add(catalog, "not in the bin", "b.txt")
    catalog.bin.put([gone])
    assert backup.back_up(catalog, tmp_path / "copy").documents == 1
    with Catalog(tmp_path / "copy") as copy:
        assert copy.bin.restore([gone]).back == (gone,)
        assert copy.check().problems == ()


KILLED = """
import os, signal, sys
from pathlib import Path
from explorer.catalog import Catalog

catalog = Catalog(Path(sys.argv[1]))
write = catalog.originals.note

def note(con, ids):
    write(con, ids)
    os.kill(os.getpid(), signal.SIGKILL)

catalog.originals.note = note
getattr(catalog.bin, sys.argv[2])([sys.argv[3]])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("verb", ["put", "restore"])
def test_killed_on_the_way_it_is_where_it_was(tmp_path: Path, verb: str) -> None:
    folder = tmp_path / "library"
    with Catalog(folder) as catalog:
        document_id = add(catalog, "some text", "a.txt")
        if verb == "restore":
            catalog.bin.put([document_id])
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), verb, document_id], check=False)
    assert done.returncode == -signal.SIGKILL
    with Catalog(folder) as again:
        assert again.bin.is_empty() == (verb == "put")
        assert len(again.documents.list()) == (verb == "put")
        assert again.check().problems == ()
        again.originals.sync_manifest()  # which the worker does when it starts, and `doctor --repair`
        assert again.originals.missing_in_manifest() == 0


def test_a_thousand_at_once(catalog: Catalog) -> None:
    with catalog.write():
        ids = [add(catalog, f"text number {number} of many", f"{number}.txt") for number in range(1_000)]
    begun = time.monotonic()
    assert len(catalog.bin.put(ids)) == 1_000
    assert len(catalog.bin.restore(ids).back) == 1_000
    assert time.monotonic() - begun < 20
