"""Removed means gone, through the public API: no byte in the library, the log or a temporary file is left."""

from __future__ import annotations

import io
import os
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import Library, Scope
from explorer.catalog import FORGOTTEN
from explorer.worker import log as worker_log
from explorer.worker.protocol import ADDRESS_FILE
from tests.chat_server import serving
from tests.readers.pdf.pdfs import make_pdf
from ui.chat import talk

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CORE = 'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
QUESTION = "At what depth does the lighthouse keeper store the oil for the lamp?"
SENTENCE = "The lighthouse keeper stores the oil for the lamp at a depth of nine metres"


def made(kind: str) -> tuple[str, str, str, str]:
    """Words of one file that occur nowhere else: in its name, title, a heading and the text."""
    return f"nomquax{kind}zel", f"titquax{kind}zel", f"hedquax{kind}zel", f"texquax{kind}zel"


def write_all(folder: Path) -> list[Path]:
    return [write(folder, *made(write.__name__)) for write in (md, txt, html, docx, pdf)]


def md(folder: Path, name: str, title: str, heading: str, word: str) -> Path:
    text = f"---\ntitle: {title}\n---\n# {heading}\n\n{SENTENCE}, says {word}.\n"
    return _put(folder / f"{name}.md", text.encode())


def txt(folder: Path, name: str, title: str, heading: str, word: str) -> Path:
    return _put(
        folder / f"{name}.txt", f"{title}\n\n{heading}\n\n{SENTENCE}, says {word}.\n".encode("utf-16")
    )


def html(folder: Path, name: str, title: str, heading: str, word: str) -> Path:
    head = f"<html><head><title>{title}</title></head>"
    return _put(folder / f"{name}.html", f"{head}<h1>{heading}</h1><p>{SENTENCE}, says {word}.</p>".encode())


def docx(folder: Path, name: str, title: str, heading: str, word: str) -> Path:
    style = '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'
    body = f"<w:p>{style}<w:r><w:t>{heading}</w:t></w:r></w:p>"
    body += f"<w:p><w:r><w:t>{SENTENCE}, says {word}.</w:t></w:r></w:p>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        core = f"<cp:coreProperties {CORE} {DC}><dc:title>{title}</dc:title></cp:coreProperties>"
        archive.writestr("docProps/core.xml", core)
    return _put(folder / f"{name}.docx", out.getvalue())


def pdf(folder: Path, name: str, title: str, heading: str, word: str) -> Path:
    data = make_pdf([f"{heading}\n{SENTENCE},\nsays {word}."], title=title)
    return _put(folder / f"{name}.pdf", data)


def _put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def holders(folder: Path, word: str) -> list[str]:
    """Files whose bytes or name hold a word, in the encodings that our parts write, in either case. What a
    worker removes while we look is gone, as it should be: `os.walk`, since `rglob` raises on a folder that
    vanishes."""
    wanted = [word.lower().encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    found = []
    for at, folders, files in os.walk(folder):
        for path in (Path(at, name) for name in [*folders, *files]):
            try:
                data = path.read_bytes().lower() if path.is_file() else b""
            except FileNotFoundError:
                continue
            if any(one in data for one in wanted) or word.lower() in path.name.lower():
                found.append(str(path.relative_to(folder)))
    return found


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything is that the library and its processes may write."""
    for name in ("TMPDIR", "TEMP", "TMP", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    return tmp_path


@pytest.fixture
def library(place: Path) -> Iterator[Library]:
    with Library(place / "library") as library:
        yield library


def test_what_was_used_in_every_way_is_gone(
    place: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = place / "sources"
    sources.mkdir()
    paths = write_all(sources)
    stays = _put(sources / "stays.md", b"# Stays\n\nThe ferry leaves the harbour at seven in the morning.\n")
    outcomes = library.add([*paths, stays])
    assert {outcome.status for outcome in outcomes} == {"added"}, outcomes
    shutil.rmtree(sources)
    kinds = [path.suffix[1:] for path in paths]
    gone = [document.id for document in library.documents() if document.name != "stays.md"]
    tag = "tagquaxzel"
    library.tag(gone, add=[tag])

    for kind in kinds:
        for word in made(kind)[2:]:
            assert library.search(word, mode="keyword"), f"{word} is found before"
        assert holders(library.folder, made(kind)[3]), "the search for bytes finds something before"
    for mode in ("hybrid", "semantic"):
        assert library.search(SENTENCE, mode=mode)  # type: ignore[arg-type]
    assert library.page_image(_id(library, "pdf"), 1, 0, 20).png
    conversation = library.conversations.create()
    quoted = library.conversations.ask(conversation, QUESTION)
    assert library.conversations.wait(quoted, 120)
    told = [f"It is nine metres deep, says {made(kind)[3]} [{n}]. " for n, kind in enumerate(kinds, 1)]
    with serving(pieces=told) as server:
        monkeypatch.setenv("EXPLORER_CHAT_URL", server.address)
        monkeypatch.setenv("EXPLORER_CHAT_MODEL", "m")
        written = library.conversations.ask(conversation, QUESTION, Scope(documents=gone))
        assert library.conversations.wait(written, 120)
    first, second = library.conversations.messages(conversation)
    assert first.found and second.found and made(kinds[0])[3] in second.text
    assert len(library.map().chunk_ids) >= len(paths)

    library.remove(gone)

    assert (library.folder / ADDRESS_FILE).exists(), "the worker still runs"
    probes = [word for kind in kinds for word in made(kind)] + [tag, "quaxmd", "depth of nine metres"]
    assert _left(place, probes) == {}
    for kind in kinds:
        for word in made(kind):
            assert library.search(word, mode="keyword") == []
    assert all(hit.document.name == "stays.md" for hit in library.search(SENTENCE))
    kept = library.stored_map()
    assert kept is not None and kept.is_current
    assert kept.atlas.chunk_ids.tolist() == [
        chunk.id for one in library.documents() for chunk in library.chunks(one.id)
    ]
    first, second = library.conversations.messages(conversation)
    assert first.question == second.question == QUESTION
    assert {ref.document_id for ref in first.citations} == {None}
    assert talk.describe(library, first)["copy"].endswith("document removed")
    assert second.forgotten and talk.describe(library, second)["note"] == FORGOTTEN
    assert _left(place, probes) == {}, "nothing came back while it was searched"
    assert library.doctor().problems == ()


def test_a_redo_in_between_leaves_nothing(place: Path, library: Library) -> None:
    words = made("md")
    path = md(place, *words)
    (outcome,) = library.add(path)
    path.unlink()
    library.change_settings(chunk_tokens=40)
    library.redo()
    deadline = time.monotonic() + 120
    while library.is_redoing:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert outcome.document is not None
    library.remove(outcome.document.id)
    assert _left(place, words) == {}


def test_the_log_stands_outside_and_stays_small(place: Path) -> None:
    folder = place / "library"
    folder.mkdir()
    log = worker_log.path(folder)
    assert folder not in log.parents
    assert log != worker_log.path(place / "other" / "library"), "libraries of one name have their own logs"
    with worker_log.opened(folder) as file:
        assert not isinstance(file, int)
        file.write(b"a line of the past\n" * 100_000 + b"the newest line\n")
    assert log.stat().st_size > worker_log.MAX_BYTES
    with worker_log.opened(folder):
        pass
    kept = log.read_bytes()
    assert worker_log.KEPT_BYTES - 100 < len(kept) <= worker_log.KEPT_BYTES
    assert kept.startswith(b"a line") and kept.endswith(b"the newest line\n")
    worker_log.forget(folder)
    assert not log.exists()


def test_without_a_place_for_the_log_work_goes_on(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = _put(place / "file", b"")
    monkeypatch.setattr(worker_log, "path", lambda _: blocked / "x.log")
    with worker_log.opened(place) as file:
        assert isinstance(file, int)


def _id(library: Library, kind: str) -> str:
    return next(document.id for document in library.documents() if document.kind == kind)


def _left(place: Path, probes: object) -> dict[str, list[str]]:
    assert isinstance(probes, (list, tuple))
    left = {probe: holders(place, probe) for probe in probes}
    return {probe: files for probe, files in left.items() if files}
