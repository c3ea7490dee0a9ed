"""A library with something of everything in it, one of its bytes flipped, and what comes of that."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from explorer import CatalogLost, ExplorerError, Library, doctor
from tests.faults.ground import ROOT, marker
from tests.folders import eventually, prose

RIGHT, REPAIRED, NAMED = "served right", "repaired", "named"
EARLIER = "of an earlier moment"
CATALOGUE = "catalog.sqlite3"


@dataclass
class Whole:
    """The library before anything is flipped, and what it answers then."""

    folder: Path
    """As a kill of all processes left it, with its last writes in the log of the catalogue."""
    folded: Path
    """The same with everything in the catalogue's one file."""
    sources: Path
    answers: dict[str, Any]
    words: list[str] = field(default_factory=list)
    """Words of documents, which no message may hold."""


def build(place: Path) -> Whole:
    """A library with notes, a PDF, tags, a conversation, a map, an attic, a log and a leftover upload."""
    folder, sources, made = place / "library", place / "sources", place / "made"
    sources.mkdir(parents=True)
    words = [marker(f"note{number}") for number in range(4)]
    for number, word in enumerate(words):
        text = f"The word is {word}.\n\n{prose(number, 6 if number else 90)}"
        (sources / f"note{number}.txt").write_text(text)
    shutil.copy(ROOT / "samples" / "river-restoration.pdf", sources / "river.pdf")
    with Library(made) as library:
        outcomes = library.add(sources)
        assert all(one.status == "added" for one in outcomes), outcomes
        library.tag([one.id for one in library.documents()][:2], ["kept"])
        talk = library.conversations.create("A talk")
        number = library.conversations.ask(talk, "How is the river restored?")
        assert library.conversations.wait(number, 60)
        library.map()
        library.stage("left.txt", (sources / "note1.txt").open("rb"))
        spare = library.folder / "files" / ("0" * 64)
        spare.write_text("nobody's")
        library.doctor(repair=True)
        library.tag([one.id for one in library.documents()][2:3], ["last"])  # so that the log holds something
        answers = {name: ask() for name, ask in questions(library)}
        eventually(lambda: library.doctor().ok)
        shutil.copytree(made, folder)
        assert library._catalog.database.forget()
        shutil.copytree(made, place / "folded")
    return Whole(folder, place / "folded", sources, answers, words)


def questions(library: Library) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Everything that people see of a library, each in a form that can be compared."""
    yield "documents", lambda: sorted((one.name, one.pages) for one in library.documents())
    yield "tags", library.tags
    yield "texts", lambda: {one.name: library.text(one.id) for one in library.documents()}
    yield (
        "originals",
        lambda: {
            one.name: hashlib.sha256(library.original(one.id).read_bytes()).hexdigest()
            for one in library.documents()
        },
    )
    yield (
        "passages",
        lambda: [
            (chunk.start, chunk.end, chunk.page, chunk.headings)
            for one in sorted(library.documents(), key=lambda one: one.name)
            for chunk in library.chunks(one.id)
        ],
    )
    yield "words", lambda: [hit.document.name for hit in library.search(marker("note2"), 1, "keyword")]
    yield (
        "meaning",
        lambda: [hit.document.name for hit in library.search("fish and river banks", 3, "semantic")],
    )
    yield (
        "talks",
        lambda: [
            (talk.title, message.question, [(one.page, one.start, one.end) for one in message.citations])
            for talk in library.conversations.list()
            for message in library.conversations.messages(talk.id)
        ],
    )
    yield "settings", lambda: (library.settings.chunk_tokens, library._catalog.library_id)
    yield "jobs", lambda: sorted(job.state for job in library.jobs())
    yield "map", lambda: _points(library)


def _points(library: Library) -> Any:
    atlas = library.stored_map()
    return None if atlas is None else (len(atlas.atlas.chunk_ids), len(atlas.atlas.clusters) > 0)


@dataclass
class Trial:
    """One flip: what was said, and what was answered wrong without a word."""

    outcome: str
    said: list[str]
    wrong: list[str]


def flip(path: Path, position: int, draw: random.Random) -> None:
    """Change every bit of one byte, or one bit of it."""
    with path.open("r+b") as file:
        file.seek(position)
        (byte,) = file.read(1)
        file.seek(position)
        file.write(bytes([byte ^ draw.choice((0xFF, 1 << draw.randrange(8)))]))


def judge(whole: Whole, folder: Path) -> Trial:
    """Ask a library with a flipped byte everything, have it examined and mended, and ask again."""
    said: list[str] = []
    try:
        with Library(folder) as library:
            eventually(lambda: not library._catalog.jobs.has_work(), 120)
            wrong = asked(library, whole, said)
            report = library.doctor(verify=True)
            said += report.problems
            if not wrong and not said:
                return Trial(RIGHT, said, [])
            silent = wrong if not said else []
            if mended(library, whole):
                return Trial(REPAIRED, said, silent)
            return Trial(NAMED if said else EARLIER, said, silent)
    except CatalogLost as error:
        said.append(str(error))
    except ExplorerError as error:
        return Trial(NAMED, [*said, str(error)], [])
    assert doctor.restore(folder) is not None
    with Library(folder) as library:
        eventually(lambda: not library._catalog.jobs.has_work(), 120)
        texts = {one.name: library.text(one.id) for one in library.documents()}
        assert texts == whole.answers["texts"], "restored from the originals"
    return Trial(REPAIRED, said, [])


def asked(library: Library, whole: Whole, said: list[str]) -> list[str]:
    """Which questions got another answer than before; what was refused is added to `said`."""
    wrong = []
    for name, ask in questions(library):
        try:
            if ask() != whole.answers[name]:
                wrong.append(name)
        except ExplorerError as error:
            said.append(str(error))
    return wrong


def mended(library: Library, whole: Whole) -> bool:
    """Whether repair, adding the files again, redoing and drawing again bring everything back."""
    try:
        library.doctor(repair=True)
        eventually(lambda: not library._catalog.jobs.has_work(), 120)
        library.add(whole.sources)
        said: list[str] = []
        wrong = asked(library, whole, said)
        return (
            library.doctor(verify=True).ok and not said and not set(wrong) - {"talks", "map", "jobs", "tags"}
        )
    except ExplorerError:
        return False


def pages(path: Path) -> dict[str, list[int]]:
    """The pages (from 0) of the catalogue's file by the table or index that each belongs to."""
    con = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        found: dict[str, list[int]] = {}
        for name, number in con.execute("SELECT name, pageno FROM dbstat ORDER BY pageno"):
            found.setdefault(name, []).append(number - 1)
        return found
    finally:
        con.close()
