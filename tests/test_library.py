"""The public API through real parts: a worker, readers, the model, Chroma and SQLite.

Runs explorer.finding.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import Library, NotFound, Outcome, Progress, ReadError, Scope, SettingError
from explorer.catalog import Catalog, text_pieces
from tests.catalog.making import add
from tests.folders import BREAD, RENT, WHALES, eventually, files_holding, prose, write
from tests.readers.containers.archive_files import zipped
from tests.readers.pdf.pdfs import make_pdf

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One library for all tests here, filled once; each test leaves it as it found it."""
    folder = tmp_path_factory.mktemp("library")
    with Library(folder / "library") as library:
        library.add(write(folder / "first", whales_md=WHALES, rent_txt=RENT, bread_txt=BREAD))
        yield library


def only(outcomes: list[Outcome]) -> Outcome:
    assert len(outcomes) == 1
    return outcomes[0]


def ids(library: Library) -> set[str]:
    return {document.id for document in library.documents()}


def named(library: Library, name: str) -> str:
    return next(document.id for document in library.documents() if document.name == name)


# ---- putting in


def test_a_folder_gives_one_outcome_for_each_file_in_order(library: Library, tmp_path: Path) -> None:
    write(
        tmp_path / "in",
        b_txt="Bees gather nectar.\n",
        a_md="# Ants\n\nAnts live in colonies.\n",
        c_txt="  \n",
    )
    write(tmp_path / "in" / ".git", config_txt="hidden")
    write(tmp_path / "in" / "sub", d_txt="Owls hunt at night.\n")
    (tmp_path / "in" / ".hidden.txt").write_text("hidden")
    (tmp_path / "in" / "sub" / "loop").symlink_to(tmp_path / "in", target_is_directory=True)
    (tmp_path / "in" / "broken.txt").symlink_to(tmp_path / "nowhere")
    seen: list[Progress] = []
    outcomes = library.add([tmp_path / "in", tmp_path / "missing.pdf"], on_progress=seen.append)
    assert [(one.name, one.status) for one in outcomes] == [
        ("a.md", "added"),
        ("b.txt", "added"),
        ("broken.txt", "failed"),
        ("c.txt", "failed"),
        ("d.txt", "added"),
        ("missing.pdf", "failed"),
    ]
    assert "no such file" in (outcomes[-1].error or "")
    assert "c.txt" in (outcomes[3].error or "")
    assert all(
        one.document is not None and one.document.chunks > 0 for one in outcomes if one.status == "added"
    )
    assert all(one.document is None for one in outcomes if one.status == "failed")
    assert seen[-1].activity.done == seen[-1].activity.total == 4
    assert [job.name for job in library.jobs() if job.state == "failed"] == ["c.txt"]  # the one that there is
    library.remove([one.document.id for one in outcomes if one.document])
    library.dismiss()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_a_name_that_is_no_text_fails_with_a_message(library: Library, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "w") as file:  # noqa: PTH123
        file.write("words")
    outcome = only(library.add(tmp_path))
    assert outcome.status == "failed"
    assert "Rename it" in (outcome.error or "")
    library.dismiss()


def test_the_same_bytes_are_never_twice(library: Library, tmp_path: Path) -> None:
    before = ids(library)
    (path,) = write(tmp_path, copy_txt=BREAD)
    outcome = only(library.add(path))
    assert outcome.status == "unchanged"
    assert outcome.document is not None
    assert outcome.document.name == "bread.txt"
    job = library.upload("elsewhere.txt", io.BytesIO(BREAD.encode()))
    eventually(lambda: library.job(job).is_over)
    assert library.job(job).outcome == "unchanged"
    staged = library.stage("again.txt", io.BytesIO(BREAD.encode()))
    assert staged.duplicate_of == outcome.document
    library.discard(staged)
    assert ids(library) == before
    assert not any((library.folder / "files" / ".incoming").iterdir())


def test_a_changed_file_replaces_its_old_version_or_stands_beside_it(
    library: Library, tmp_path: Path
) -> None:
    before = ids(library)
    (path,) = write(tmp_path, note_txt="The zanzibarite sample weighs four grams.\n")
    first = only(library.add(path))
    library.tag([first.document.id], add=["stones"])  # type: ignore[union-attr]
    path.write_text("The sample weighs five grams.\n")
    second = only(library.add(path))
    assert (first.status, second.status) == ("added", "replaced")
    assert second.document is not None
    assert second.document.tags == ("stones",)
    assert ids(library) - before == {second.document.id}
    eventually(lambda: files_holding(library.folder, "zanzibarite") == [], seconds=10)
    path.write_text("The sample weighs six grams.\n")
    third = only(library.add(path, replace=False))
    assert third.status == "added"
    assert len(ids(library) - before) == 2
    library.remove(ids(library) - before)


def test_a_file_of_the_same_name_from_elsewhere_says_that_it_stands_beside(
    library: Library, tmp_path: Path
) -> None:
    before = ids(library)
    for folder in ("one", "two", "three"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, report_txt=f"The report of part {folder} is about marble.\n")
    first = library.add([tmp_path / "one", tmp_path / "two"])
    assert [one.warnings for one in first] == [(), ()]  # both are new: they were named together
    second = only(library.add(tmp_path / "three"))
    assert second.status == "added"
    assert second.warnings[0].startswith("It is kept beside the other report.txt (")
    assert second.document is not None
    assert second.document.warnings == ()
    library.remove(ids(library) - before)


def test_a_path_that_leads_nowhere_leaves_nothing_behind(library: Library, tmp_path: Path) -> None:
    outcome = only(library.add(tmp_path / "missing.pdf"))
    assert outcome.status == "failed"
    assert "no such file" in (outcome.error or "")
    assert not [job for job in library.jobs() if job.state == "failed"]


def test_what_came_in_an_archive_is_no_older_version_of_an_upload(library: Library, tmp_path: Path) -> None:
    before = ids(library)
    (tmp_path / "papers.zip").write_bytes(zipped({"lease.txt": b"The lease within the archive.\n"}))
    library.add(tmp_path / "papers.zip")
    assert library.same_name("lease.txt") is None
    staged = library.stage("lease.txt", io.BytesIO(b"Another lease.\n"))
    assert staged.same_name is None
    library.discard(staged)
    library.remove(ids(library) - before)


def test_a_file_that_came_to_hold_what_another_holds_loses_its_own_version(
    library: Library, tmp_path: Path
) -> None:
    before = ids(library)
    path, other = write(tmp_path, draft_txt="A first draft about tulips.\n", note_txt="Tulips are dear.\n")
    library.add([path, other])
    path.write_text(other.read_text())
    outcome = only(library.add(path))
    assert outcome.status == "replaced"
    assert outcome.document is not None
    assert outcome.document.name == "note.txt"
    assert ids(library) - before == {outcome.document.id}
    library.remove(outcome.document.id)


def test_a_changed_upload_asks_replace_or_keep_both(library: Library) -> None:
    staged = library.stage("rent.txt", io.BytesIO(b"The rent is 975 crowns now.\n"))
    assert staged.duplicate_of is None
    assert staged.same_name is not None
    assert staged.same_name.id == named(library, "rent.txt")
    assert library.same_name("nothing.txt") is None
    old = library.original(staged.same_name.id).read_bytes()
    job = library.enqueue_staged(staged, replaces=staged.same_name.id)
    eventually(lambda: library.job(job).is_over)
    assert library.job(job).outcome == "replaced"
    assert "975" in library.text(named(library, "rent.txt"))
    job = library.upload("rent.txt", io.BytesIO(old), replaces=named(library, "rent.txt"))
    eventually(lambda: library.job(job).is_over)
    assert "950" in library.text(named(library, "rent.txt"))
    with pytest.raises(NotFound, match="Add it again"):
        library.enqueue_staged(staged)


def test_a_file_beyond_the_limit_is_refused_and_leaves_nothing(library: Library) -> None:
    library.change_settings(max_file_mb=1)
    try:
        with pytest.raises(ReadError, match="larger than 1 MB"):
            library.upload("big.txt", io.BytesIO(b"x" * (3 << 20)))
    finally:
        library.change_settings(max_file_mb=None)
    assert not any((library.folder / "files" / ".incoming").iterdir())


def test_the_same_file_dropped_in_two_tabs_at_once_is_one_document(library: Library) -> None:
    before = ids(library)
    data = prose(7, 60).encode()
    with Library(library.folder) as other:
        jobs: dict[str, int] = {}
        tabs = [
            threading.Thread(
                target=lambda key=key, tab=tab: jobs.update({key: tab.upload(key, io.BytesIO(data))})
            )
            for key, tab in (("a.txt", library), ("b.txt", other))
        ]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        eventually(lambda: not library.activity().is_busy)
        outcomes = sorted(str(job.outcome) for job in other.jobs() if job.id in jobs.values())
    assert outcomes == ["added", "unchanged"]
    assert len(ids(library) - before) == 1
    assert library.doctor().ok
    library.remove(ids(library) - before)


def test_a_protected_file_waits_for_its_password(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "secret.pdf"
    path.write_bytes(make_pdf(["The vault opens at noon."], password=("swordfish", "owner")))
    outcome = only(library.add(path))
    assert outcome.status == "failed"
    (job,) = [one for one in library.jobs() if one.name == "secret.pdf"]
    assert job.needs_password
    library.retry(job.id, "swordfish")
    eventually(lambda: not library.activity().is_busy)
    document_id = named(library, "secret.pdf")
    assert "vault" in library.text(document_id)
    assert library.page_image(document_id, 1, 0, 9, width=300).boxes
    library.remove(document_id)
    path.write_bytes(make_pdf(["The vault opens at one."], password=("swordfish", "owner")))
    outcome = only(library.add(path, password="swordfish"))
    assert outcome.status == "added", outcome.error
    library.remove(ids(library) & {outcome.document.id})  # type: ignore[union-attr]
    assert files_holding(library.folder, "swordfish") == []


# ---- taking out


def test_every_page_and_chunk_is_a_span_of_the_text(library: Library) -> None:
    for document in library.documents():
        text = library.text(document.id)
        pages, chunks = library.pages(document.id), library.chunks(document.id)
        assert (len(pages), len(chunks)) == (document.pages, document.chunks)
        assert "".join(text[page.start : page.end] for page in pages) == text
        assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
        assert library.chunk(chunks[0].id) == chunks[0]
        assert library.document(document.id) == document
    assert library.text(named(library, "whales.md")) == WHALES
    assert library.original(named(library, "rent.txt")).read_text() == RENT


def test_a_span_is_read_without_the_rest_of_a_long_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    load = text_pieces.Spans._load
    monkeypatch.setattr(
        text_pieces.Spans,
        "_load",
        lambda self, edition, first, last: read.append(last - first + 1) or load(self, edition, first, last),
    )
    text = "".join(f"Line {number} of a long text.\n" for number in range(40_000))
    with Catalog(tmp_path / "library") as catalog:
        document_id = add(catalog, text, step=5_000)
    with Library(tmp_path / "library") as library:
        read.clear()
        for start, end in ((0, 6), (16_380, 16_390), (700_000, 700_100), (len(text) - 5, len(text) + 99)):
            assert library.span(document_id, start, end) == text[start:end]
        assert read == [1, 2, 1, 1], "of 70 pieces"
        assert library.span(document_id, 9, 3) == library.span(document_id, len(text), len(text) + 9) == ""
        assert library.span(document_id, 0, len(text) + 1) == text
        with pytest.raises(ValueError, match="-1 to 5 is none"):
            library.span(document_id, -1, 5)
        with pytest.raises(NotFound):
            library.span("0" * 16, 0, 5)


def test_a_job_is_found_by_its_id_until_it_is_dismissed(library: Library, tmp_path: Path) -> None:
    (path,) = write(tmp_path, copy_txt=BREAD)
    (job_id,) = library.enqueue(path)
    eventually(lambda: library.job(job_id).is_over)
    job = library.job(job_id)
    assert (job.id, job.name, job.outcome) == (job_id, "copy.txt", "unchanged")
    library.dismiss([job_id])
    with pytest.raises(NotFound, match=f"no job {job_id}"):
        library.job(job_id)


def test_counts_and_revision_follow_what_is_there(library: Library) -> None:
    counts, revision = library.counts(), library.revision
    assert (counts.documents, counts.bytes) == (3, len(WHALES + RENT + BREAD))
    library.tag([named(library, "rent.txt")], add=["home"])
    assert library.revision != revision
    assert library.tags() == {"home": 1}
    library.tag([named(library, "rent.txt")], remove=["home"])
    assert library.tags() == {}


def test_search_finds_by_meaning_by_words_and_by_both(library: Library) -> None:
    for mode, query in (
        ("semantic", "sea animals"),
        ("keyword", "krill"),
        ("hybrid", "what do big sea mammals feed on"),
    ):
        hits = library.search(query, k=1, mode=mode)  # type: ignore[arg-type]
        assert [hit.document.name for hit in hits] == ["whales.md"], mode
    assert library.search("krill", scope=Scope(documents=[])) == []
    scoped = library.search("krill", scope=Scope(documents=[named(library, "rent.txt")]))
    assert {hit.document.name for hit in scoped} == {"rent.txt"}


def test_formats_without_pages_have_no_images(library: Library) -> None:
    with pytest.raises(ReadError, match="no page images"):
        library.page_image(named(library, "rent.txt"), 1)
    with pytest.raises(NotFound):
        library.page_image("0" * 16, 1)


def test_what_another_process_adds_is_found_by_meaning_at_once(library: Library, tmp_path: Path) -> None:
    before = ids(library)
    library.search("warm")
    (path,) = write(tmp_path, comet_txt="A comet is a ball of ice that grows a tail near the sun.\n")
    code = f"from explorer import Library\nLibrary({str(library.folder)!r}).add([{str(path)!r}])"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)
    (hit,) = library.search("frozen objects in space", k=1, mode="semantic")
    assert hit.document.name == "comet.txt"
    library.remove(ids(library) - before)
    assert all(hit.document.name != "comet.txt" for hit in library.search("frozen objects in space"))


def test_removed_means_gone(library: Library, tmp_path: Path) -> None:
    before = ids(library)
    (path,) = write(tmp_path, secret_txt="The quizzaciously hidden word is kept by the archivist.\n")
    document = only(library.add(path)).document
    assert document is not None
    assert library.search("quizzaciously", mode="keyword")
    assert library.map().chunk_ids.size
    assert files_holding(library.folder, "quizzaciously")
    library.remove(document.id)
    assert ids(library) == before
    assert library.search("quizzaciously", mode="keyword") == []
    kept = library.stored_map()
    assert kept is not None
    assert len(kept.atlas.chunk_ids) == library.counts().chunks
    assert files_holding(library.folder, "quizzaciously") == []
    with pytest.raises(NotFound):
        library.text(document.id)
    assert library.doctor().ok


# ---- settings and upkeep


def test_settings_say_where_they_come_from(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assert library.setting_source("chunk_tokens") == "default"
    library.change_settings(read_seconds=10)
    assert (library.settings.read_seconds, library.setting_source("read_seconds")) == (10, "page")
    monkeypatch.setenv("EXPLORER_READ_SECONDS", "20")
    assert (library.settings.read_seconds, library.setting_source("read_seconds")) == (20, "environment")
    monkeypatch.delenv("EXPLORER_READ_SECONDS")
    library.change_settings(read_seconds=None)
    with pytest.raises(SettingError):
        library.change_settings(read_seconds=-1)
    with pytest.raises(SettingError, match="There is no setting"):
        library.setting_source("reed_seconds")
