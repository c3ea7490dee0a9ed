"""The kinds of work that are killed: what a command does, whom a kill hits, and what has to hold afterwards.

A new kind is one row in `KINDS`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer import Library
from tests.catalog import released
from tests.faults.ground import Ground, marker
from tests.folders import eventually

COMMAND, WORKER, CHILDREN, ALL = "the command", "the worker", "the worker's children", "all at once"
Values = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of work. Each function is given the ground; `check` also what the command said."""

    prepare: Callable[[Ground], Values]
    """What the command is about; its values are written into `body`."""
    body: str
    """Python that the command runs on `library`; `say` acknowledges."""
    check: Callable[[Ground, Library, Values, Sequence[str]], None]
    seconds: float
    """The kill comes at a random moment of these."""
    of_twenty: int
    """How many of twenty kills are of this kind."""
    victims: tuple[str, ...] = (COMMAND, WORKER, ALL)


# ---- adding


def _new_files(ground: Ground) -> Values:
    made = ground.write(ground.draw.randint(2, 4), longest=ground.draw.choice((10, 60)))
    return {"paths": [str(path) for path in made], "texts": {p.name: text for p, text in made.items()}}


def _added(ground: Ground, library: Library, values: Values, said: Sequence[str]) -> None:
    ground.settle(library)
    for job in library.jobs():
        if job.state == "failed":  # its reader was killed under it: that costs this one file, and is said
            assert job.name in (job.error or "")
            library.retry(job.id)
    ground.settle(library)
    there = {document.name for document in library.documents()} & set(values["texts"])
    assert there in (set(), set(values["texts"])), "files are queued all or none"
    assert there or "queued" not in said
    ground.texts |= {name: values["texts"][name] for name in there}


# ---- removing


def _some(ground: Ground) -> Values:
    names = ground.draw.sample(sorted(ground.texts), 2)
    return {"names": names}


def _removed(ground: Ground, library: Library, values: Values, said: Sequence[str]) -> None:
    there = {document.name for document in library.documents()} & set(values["names"])
    assert there in (set(), set(values["names"])), "what is removed together goes together"
    if "removed" in said:
        assert not there
    for name in set(values["names"]) - there:
        del ground.texts[name]
        ground.gone.append(name)


# ---- doing all again, drawing, copying, asking


def _nothing(_: Ground) -> Values:
    return {}


def _redone(ground: Ground, library: Library, values: Values, said: Sequence[str]) -> None:
    eventually(lambda: not library.is_redoing, 180)
    assert library.needs_redo == ()


def _drawn(ground: Ground, library: Library, values: Values, said: Sequence[str]) -> None:
    ground.settle(library)
    job = library.maps.job()
    if job is not None and job.state == "failed":
        assert "process ended early" in (job.error or "")
    elif job is not None:
        atlas = library.stored_map()
        assert atlas is not None
        ids = {chunk.id for one in library.documents() for chunk in library.chunks(one.id)}
        assert set(atlas.atlas.chunk_ids.tolist()) == ids


def _target(ground: Ground) -> Values:
    return {"target": str(ground.folder.parent / "copy")}


def _copied(ground: Ground, library: Library, values: Values, said: Sequence[str]) -> None:
    target = Path(values["target"])
    assert target.exists() or "copied" not in said
    if not target.exists():
        library.transfer.backup(target)  # what is left of the killed one is not in its way
    with Library(target) as copy:
        assert {one.name: copy.text(one.id) for one in copy.documents()} == ground.texts
    assert not target.with_name("copy.unfinished").exists()
    shutil.rmtree(target)


def _archive(ground: Ground) -> Values:
    return {"target": str(ground.folder.parent / "library.zip")}


def _exported(ground: Ground, library: Library, values: Values, said: Sequence[str]) -> None:
    target = Path(values["target"])
    assert target.exists() or "exported" not in said
    if not target.exists():
        library.transfer.export(target)  # what is left of the killed one is not in its way
    with Library(ground.folder.parent / "fresh") as fresh:
        fresh.transfer.bring_in(target)
        assert {one.name: fresh.text(one.id) for one in fresh.documents()} == ground.texts
    target.unlink()
    shutil.rmtree(ground.folder.parent / "fresh")
    assert not list(target.parent.glob("*library.zip*"))


def _export_of_others(ground: Ground) -> Values:
    made = ground.write(2)
    target = ground.folder.parent / "others.zip"
    with Library(ground.folder.parent / "others") as others:
        others.add(list(made))
        others.transfer.export(target)
    shutil.rmtree(ground.folder.parent / "others")
    return {"target": str(target), "texts": {path.name: text for path, text in made.items()}}


def _brought_in(ground: Ground, library: Library, values: Values, said: Sequence[str]) -> None:
    ground.settle(library)
    target = Path(values["target"])
    there = {document.name for document in library.documents()} & set(values["texts"])
    assert there == set(values["texts"]) or "brought in" not in said
    came = library.transfer.bring_in(target)  # the rest; what is there is not doubled
    assert (came.known, came.left_out) == (len(there), ())
    ground.settle(library)
    ground.texts |= values["texts"]
    target.unlink()


def _binned(ground: Ground, library: Library, values: Values, said: Sequence[str]) -> None:
    held = {one.document.name: one.document.id for one in library.binned()}
    assert set(held) in (set(), set(values["names"])), "what is put into the bin together is there together"
    assert not held or "back" not in said
    library.restore(list(held.values()))
    assert not library.binned()


def _question(ground: Ground) -> Values:
    return {"question": f"What is the word {marker(ground.draw.choice(sorted(ground.texts)))}?"}


def _asked(ground: Ground, library: Library, values: Values, said: Sequence[str]) -> None:
    talks = library.conversations.list()
    if "asked" in said:
        assert talks
    for talk in talks:
        for message in library.conversations.messages(talk.id):
            assert message.question.startswith("What is the word")
        eventually(
            lambda one=talk.id: all(  # type: ignore[misc]
                message.state != "streaming" for message in library.conversations.messages(one)
            ),
            60,
        )
        library.conversations.delete(talk.id)


KINDS: dict[str, Kind] = {
    "adding": Kind(
        _new_files,
        'library.enqueue({paths!r})\nsay("queued")\nlibrary.add({paths!r})\nsay("added")',
        _added,
        seconds=2.5,
        of_twenty=5,
        victims=(COMMAND, WORKER, CHILDREN, ALL),
    ),
    "removing": Kind(
        _some,
        "library.remove([one.id for one in library.documents() if one.name in {names!r}])\n"
        'say("removed")\nlibrary.search("harbour")',
        _removed,
        seconds=0.5,
        of_twenty=3,
    ),
    "redoing": Kind(
        _nothing,
        'library.redo()\nsay("begun")\nimport time\nwhile library.is_redoing: time.sleep(0.1)',
        _redone,
        seconds=3.0,
        of_twenty=2,
        victims=(COMMAND, WORKER, CHILDREN, ALL),
    ),
    "drawing": Kind(
        _nothing,
        'library.map()\nsay("drawn")',
        _drawn,
        seconds=4.0,
        of_twenty=1,
        victims=(COMMAND, WORKER, CHILDREN, ALL),
    ),
    "copying": Kind(
        _target,
        'library.transfer.backup(Path({target!r}))\nsay("copied")',
        _copied,
        seconds=0.3,
        of_twenty=1,
        victims=(COMMAND,),
    ),
    "exporting": Kind(
        _archive,
        'library.transfer.export(Path({target!r}))\nsay("exported")',
        _exported,
        seconds=0.5,
        of_twenty=1,
        victims=(COMMAND,),
    ),
    "importing": Kind(
        _export_of_others,
        'library.transfer.bring_in(Path({target!r}))\nsay("brought in")',
        _brought_in,
        seconds=0.7,
        of_twenty=1,
    ),
    "binning": Kind(
        _some,
        "ids = [one.id for one in library.documents() if one.name in {names!r}]\n"
        'library.bin(ids)\nsay("binned")\nlibrary.restore(ids)\nsay("back")',
        _binned,
        seconds=0.3,
        of_twenty=1,
    ),
    "asking": Kind(
        _question,
        "talk = library.conversations.create()\nnumber = library.conversations.ask(talk, {question!r})\n"
        'say("asked")\nlibrary.conversations.wait(number, 60)',
        _asked,
        seconds=1.5,
        of_twenty=1,
    ),
}


def older_library(folder: Path) -> dict[str, str]:
    """A library in `folder` as an earlier version left it; its documents by name."""
    released.unpack("schema-1", folder)
    shutil.copytree(folder, folder.with_name("twin"))
    with Library(folder.with_name("twin")) as library:
        found = {one.name: library.text(one.id) for one in library.documents()}
    shutil.rmtree(folder.with_name("twin"))
    return found
