"""Removed means gone: searched for in the bytes of every file of the library's folder."""

from __future__ import annotations

import hashlib
import random
import string
from pathlib import Path

import apsw
import numpy as np
import pytest

from explorer.catalog import Catalog, copies, keywords
from explorer.catalog.forgetting import FORGOTTEN
from explorer.types import Atlas, Cluster, SpanRef
from explorer.words.terms import terms
from tests.catalog.making import HeadingOf, add, document, files_with

WORDS = ["the", "running", "of", "shares", "dividends", "board", "margin", "costs", "net", "sales"]


def unusual(seed: int) -> str:
    return "".join(random.Random(seed).choices(string.ascii_lowercase, k=14))


def prose(seed: int, count: int = 400) -> str:
    source = random.Random(seed)
    return " ".join(
        source.choice(WORDS) + source.choice(["", "", source.choice(string.ascii_lowercase)])
        for _ in range(count)
    )


@pytest.mark.parametrize("is_rewritten", [True, False])
def test_no_byte_of_a_removed_document_stays(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, is_rewritten: bool
) -> None:
    """Both ways of deleting keyword rows; a term's stem and half of it are looked for too."""
    monkeypatch.setattr(keywords, "_ROWS_A_SECURE_DELETE", 10**9 if is_rewritten else 0)
    for number in range(20):
        add(catalog, prose(number), f"other-{number}.txt")
    for round_number in range(12):
        word, name, title, heading = (unusual(round_number * 10 + part) for part in range(4))
        text = f"{prose(1000 + round_number, 60)} {word}ing {prose(2000 + round_number, 60)} {word} end"
        document_id = add(
            catalog,
            text,
            f"{name}.txt",
            title=title,
            headings=[HeadingOf(0, 1, heading)],
            source=f"/x/{name}.txt",
            step=500 + round_number,
        )
        assert len(catalog.chunks.holding_phrase(terms(word))) > 0
        if round_number % 2:
            add(catalog, prose(3000 + round_number, 50), f"later-{round_number}.txt")
        removed = catalog.documents.remove([document_id])
        assert removed.document_ids == (document_id,)
        assert removed.forgotten
        probes = {word, name, title, heading, *terms(word), word[:9], name[:9]}
        assert {probe: files_with(catalog.folder, probe) for probe in probes} == {p: [] for p in probes}
    assert catalog.check().problems == ()


def test_no_byte_of_a_replaced_version_stays(catalog: Catalog) -> None:
    word = unusual(1)
    old = add(catalog, f"version one {word}", "a.txt")
    add(catalog, "version two", "a.txt", replaces=old)
    assert files_with(catalog.folder, word) == []


def test_others_keep_what_they_share(catalog: Catalog) -> None:
    shared = "the same forty characters in both files."
    first = add(catalog, shared + "and only the first says this of the two.", "a.txt")
    second = add(catalog, shared + "and only the second says that of the two", "b.txt")
    assert catalog.check().counts["embeddings"] == 3
    catalog.documents.remove([first])
    assert catalog.check().counts["embeddings"] == 2
    assert catalog.check().problems == ()
    assert catalog.embeddings.matrix()[1].shape == (2, 4)
    catalog.documents.remove([second])
    assert catalog.check().counts["embeddings"] == 0


def test_jobs_maps_and_answers_go_along(catalog: Catalog) -> None:
    gone = add(catalog, "the margin fell in 2022", "secret-name.txt")
    stays = add(catalog, "the margin rose in 2021", "other.txt")
    sha = catalog.documents.sha256(gone)
    job_id = catalog.jobs.enqueue("add", "secret-name.txt", sha256=sha)
    other_job = catalog.jobs.enqueue("add", "third.txt", sha256="f" * 64, replaces=gone)
    live = catalog.generations.live()
    assert live is not None
    atlas = Atlas(
        np.array([1, 2]), np.zeros((2, 2), np.float32), np.zeros(2, np.int64), (Cluster(0, "margin", 2),)
    )
    assert catalog.layouts.put(live.id, 2, catalog.changes.last(), atlas)

    talk = catalog.conversations.create("Margins")
    quoted = catalog.conversations.begin(talk, "What of the margin?", "quotes")
    digest = hashlib.sha256(b"the margin fell").digest()
    spans = [SpanRef(1, gone, 1, 0, 15, digest), SpanRef(2, stays, 1, 0, 15, digest)]
    assert catalog.conversations.finish(quoted, found=True, citations=spans, hits=spans)
    written = catalog.conversations.begin(talk, "And why?", "model")
    catalog.conversations.set_sources(written, [gone, stays])
    assert catalog.conversations.append(written, "It fell because of costs.[1]")
    assert catalog.conversations.finish(written, found=True, citations=spans[:1])
    follow_up = catalog.conversations.begin(talk, "Really?", "model")
    catalog.conversations.set_sources(follow_up, [stays], earlier=[written])
    assert catalog.conversations.append(follow_up, "Yes, because of costs.")
    unrelated = catalog.conversations.begin(talk, "And 2021?", "model")
    catalog.conversations.set_sources(unrelated, [stays])
    assert catalog.conversations.append(unrelated, "It rose.")

    catalog.documents.remove([gone])

    assert catalog.jobs.get(job_id) is None
    assert catalog.jobs.get(other_job) is not None
    task = catalog.work.claim("w")
    assert task is not None
    assert task.replaces is None
    kept = catalog.layouts.get(2)
    assert kept is not None
    assert (kept.atlas.chunk_ids.tolist(), kept.atlas.clusters) == ([2], (Cluster(0, "margin", 1),))
    quotes, answer, next_answer, last = catalog.conversations.messages(talk)
    assert [(span.document_id, span.digest) for span in quotes.citations] == [(None, None), (stays, digest)]
    assert [span.document_id for span in quotes.hits] == [stays]
    assert (answer.text, answer.forgotten, answer.citations) == (FORGOTTEN, True, ())
    assert (next_answer.text, next_answer.state) == (FORGOTTEN, "stopped")
    assert not catalog.conversations.append(follow_up, " More words.")
    assert not catalog.conversations.finish(follow_up, found=True)
    assert (last.text, last.state) == ("It rose.", "streaming")
    assert files_with(catalog.folder, "because of costs") == []
    assert files_with(catalog.folder, "secret-name") == []


def test_a_map_that_was_being_drawn_is_not_kept(catalog: Catalog) -> None:
    first = add(catalog, "one")
    add(catalog, "two")
    live = catalog.generations.live()
    assert live is not None
    sequence = catalog.layouts.sequence()
    catalog.documents.remove([first])
    atlas = Atlas(np.array([1]), np.zeros((1, 2), np.float32), np.zeros(1, np.int64), (Cluster(0, "one", 1),))
    assert not catalog.layouts.put(live.id, 2, sequence, atlas)
    assert catalog.layouts.get(2) is None


def test_a_reader_that_holds_on_delays_the_last_step(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = unusual(2)
    document_id = add(catalog, f"one {word}")
    other = apsw.Connection(str(catalog.path))
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM document").fetchall()
    monkeypatch.setattr(type(catalog.database).forget, "__defaults__", (0.3,))
    removed = catalog.documents.remove([document_id])
    assert not removed.forgotten
    assert catalog.documents.list() == []
    assert not catalog.tidy()
    other.execute("COMMIT")
    assert catalog.tidy()
    assert files_with(catalog.folder, word) == []


def test_what_an_interrupted_removal_left_is_tidied(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = unusual(3)
    document_id = add(catalog, f"one {word}")

    def killed(_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(catalog.tidying, "after", killed)
        with pytest.raises(KeyboardInterrupt):
            catalog.documents.remove([document_id])
    assert files_with(catalog.folder, word) != []
    with Catalog(catalog.folder) as next_one:
        assert next_one.tidy()
    assert files_with(catalog.folder, word) == []


def test_copies_of_older_catalogues_go(catalog: Catalog) -> None:
    word = unusual(4)
    document_id = add(catalog, f"one {word}")
    copy = copies.name(catalog.path, 2)
    with catalog.read() as con:
        con.execute("SELECT 1").fetchall()
    copy.write_bytes(catalog.path.read_bytes() + word.encode())
    catalog.documents.remove([document_id])
    assert not copy.exists()
    assert files_with(catalog.folder, word) == []


def test_an_original_that_another_job_waits_for_is_kept(catalog: Catalog, tmp_path: Path) -> None:
    new = document(["dropped twice"])
    incoming = catalog.originals.new_incoming()
    incoming.write_bytes(b"dropped twice")
    first = catalog.jobs.enqueue("add", "a.txt", sha256=new.sha256, incoming=incoming)
    second = catalog.jobs.enqueue("add", "a.txt", sha256=new.sha256)
    catalog.jobs.cancel([first])
    assert catalog.originals.path(new.sha256).exists()
    catalog.jobs.cancel([second])
    assert not catalog.originals.path(new.sha256).exists()


def test_a_deleted_conversation_leaves_no_words(catalog: Catalog) -> None:
    word = unusual(5)
    talk = catalog.conversations.create(f"About {word}")
    catalog.conversations.begin(talk, f"What is {word}?", "none")
    catalog.conversations.delete(talk)
    assert catalog.conversations.list() == []
    assert catalog.conversations.messages(talk) == []
    assert files_with(catalog.folder, word) == []
