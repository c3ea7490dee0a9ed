"""`python -m explorer`: what the app does, and upkeep, without a browser, also while the app runs.

With no command it starts the app. Results go to standard output, progress and errors to standard error. Exit
status: 0 all went well, 1 something failed or is wrong, 2 the command was not understood, 130 it was stopped
by Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli import (
    app,
    distill,
    finetune,
    output,
    parser,
    pictures,
    removing,
    searching,
    serving,
    tables,
    upkeep,
    watching,
    words,
)
from explorer.cli.arguments import folder_of, library_of, password, scope_of
from explorer.cli.terminal import ByteBar, FileBars, MapBar, StepBar, TransferBar, counted, plain
from explorer.cli.unmarked import Unmarking
from explorer.errors import ExplorerError
from explorer.types import Progress

if TYPE_CHECKING:
    from explorer.library import Library
    from explorer.types import Atlas, Report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    options = parser.parse(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character shows "?" instead
    try:
        return COMMANDS[options.command](options)
    except ExplorerError as error:
        return _failed(str(error), is_json=options.json)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read the output has gone (`| head`). Python would complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001  (a traceback helps nobody here, and may hold words of a document)
        return _failed(_fault(error), is_json=options.json)


def _failed(message: str, *, is_json: bool) -> int:
    if is_json:
        output.as_json({"error": message})
    print(f"error: {plain(message)}", file=sys.stderr)
    return 1


def _fault(error: Exception) -> str:
    """What a fault of the program is called: its kind and its place, not its own words."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"the program failed ({type(error).__name__} in {Path(last.filename).name}, line {last.lineno}). "
        "`doctor` says whether the library is damaged; if everything agrees, please report this line."
    )


def add(options: argparse.Namespace) -> int:
    """Add files and folders; one line for each file."""
    secret = password() if options.password else None
    with library_of(options, may_create=True) as library, FileBars(is_shown=not options.json) as bars:
        outcomes = library.add(
            options.paths, on_progress=bars.show, password=secret, replace=not options.keep_both
        )
    if options.json:
        output.as_json([asdict(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            output.outcome(outcome)
        if not outcomes:
            print("There was no file in what you named.", file=sys.stderr)
    return 1 if not outcomes or any(outcome.status == "failed" for outcome in outcomes) else 0


def ask(options: argparse.Namespace) -> int:
    """Print an answer as it streams, then its sources."""
    from explorer.chat import UNCITED

    with library_of(options) as library:
        answer = library.ask(options.question, scope_of(options, library))
        unmarking = Unmarking()
        for piece in answer:
            if not options.json:
                print(plain(unmarking.feed(piece), keep_lines=True), end="", flush=True)
        if not options.json:
            print(plain(unmarking.rest(), keep_lines=True), end="", flush=True)
        names = {document.id: document.name for document in library.documents()}
    citations = [
        {**asdict(citation), "document": names.get(citation.document_id)} for citation in answer.citations
    ]
    if options.json:
        output.as_json(
            {
                "question": options.question,
                "found": answer.found,
                "uncited": answer.is_uncited,
                "text": answer.text,
                "citations": citations,
                "hits": [asdict(hit) for hit in answer.hits],
            }
        )
        return 0
    print("\n" if citations else "")
    output.citations(citations)
    if answer.is_uncited:
        print(UNCITED)
    if not answer.found:
        for hit in answer.hits[:3]:
            output.hit(hit)
    return 0


def draw(options: argparse.Namespace) -> int:
    """Draw the map and print its subjects."""
    with library_of(options) as library:
        atlas = _map(library, options, is_shown=not options.json)
    if options.json:
        output.atlas_as_json(atlas, options.dimensions)
    else:
        output.atlas(atlas)
    return 0


def _map(library: Library, options: argparse.Namespace, *, is_shown: bool) -> Atlas:
    """Wait for the map on another thread, so that Ctrl-C stops the drawing too."""
    with MapBar(is_shown) as bar, ThreadPoolExecutor(1) as waiter:
        drawing = waiter.submit(library.map, options.dimensions, options.redraw)
        try:
            while not wait([drawing], timeout=0.25).done:
                bar.show(library.maps.job())
        except KeyboardInterrupt:
            library.maps.cancel()
            raise
        return drawing.result()


def evaluate(options: argparse.Namespace) -> int:
    """Print how well search finds what answers the questions of a file."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    from explorer import evaluation

    with library_of(options) as library:
        questions = evaluation.read_questions(options.questions, library)
        is_quiet = options.json or not sys.stderr.isatty()
        figures = evaluation.evaluate(
            tqdm(questions, "Asking", leave=False, disable=is_quiet, unit=" questions"),
            lambda text, k, scope: library.search(text, k, options.mode, scope),
            documents=library.counts().documents,
            within=options.within,
        )
        configuration = {**evaluation.configuration(library), "mode": options.mode}
    if options.json:
        output.as_json({"configuration": configuration, "figures": [asdict(figure) for figure in figures]})
    else:
        output.figures(figures, len(questions), configuration, within=options.within)
    return 0


def doctor(options: argparse.Namespace) -> int:
    """Compare catalogue, indexes and files; mend on request."""
    from explorer import doctor

    folder = folder_of(options).expanduser().absolute()
    restored = doctor.restore(folder) if options.repair else None
    with library_of(options) as library:
        emptied = library.upkeep.empty_attic() if options.empty_attic else None
        if options.repair:
            report = _repaired(library, verify=options.verify, is_shown=not options.json)
        else:
            report = _examined(library, options.verify, is_shown=not options.json)
    done = [*(restored.lines() if restored else ()), *report.repaired]
    if emptied is not None:
        done.append(f"Deleted {counted(emptied, 'file')} that repair had set aside.")
    report = replace(report, repaired=tuple(done))
    if options.json:
        output.as_json({"ok": report.ok, **asdict(report)})
    else:
        output.report(report, str(folder), is_repaired=options.repair)
    return 0 if report.ok else 1


def back_up(options: argparse.Namespace) -> int:
    """Copy the library to a new folder, also while the app runs."""
    with library_of(options) as library, ByteBar(is_shown=not options.json) as bar:
        made = library.transfer.backup(options.target, on_progress=bar.show)
    if options.json:
        output.as_json(asdict(made))
    else:
        output.backup(made)
    return 1 if made.missing else 0


def export(options: argparse.Namespace) -> int:
    """Write the library into one file, or into a folder of plain files."""
    with library_of(options) as library, TransferBar(is_shown=not options.json) as bar:
        if options.plain is not None:
            made = library.transfer.export_plain(options.plain, on_progress=bar.show)
        else:
            made = library.transfer.export(options.target, on_progress=bar.show)
    output.transferred(made, is_json=options.json)
    return 1 if made.missing or made.damaged else 0


def bring_in(options: argparse.Namespace) -> int:
    """Bring the documents and conversations of an export into the library."""
    from explorer.transfer.archive import Archive

    Archive(options.archive.expanduser()).close()  # one that is refused must leave no new, empty library
    with library_of(options, may_create=True) as library, TransferBar(is_shown=not options.json) as bar:
        came = library.transfer.bring_in(
            options.archive,
            on_progress=bar.show,
            with_servers=options.with_servers,
            read_anew=options.read_anew,
        )
    output.transferred(came, is_json=options.json)
    return 1 if came.left_out else 0


def _examined(library: Library, verify: bool, *, is_shown: bool, repair: bool = False) -> Report:
    with StepBar(is_shown) as bar:
        return library.doctor(repair, verify, on_step=bar.show)


def _repaired(library: Library, *, verify: bool, is_shown: bool) -> Report:
    """The report after all is mended, and after what had to be added again was; Ctrl-C leaves it queued."""
    known = {job.id for job in library.jobs() if job.state == "failed"}
    report = _examined(library, verify, is_shown=is_shown, repair=True)
    with FileBars(is_shown) as bars:
        while library.activity().is_busy:
            bars.show(Progress(library.activity(), tuple(library.jobs())))
            library.warm()  # starts another worker where the last one was killed
            time.sleep(0.5)
    failed = [job for job in library.jobs() if job.state == "failed" and job.id not in known]
    problems = [f"{job.name} was not added again: {job.error}" for job in failed]
    after = library.doctor()  # it looks once more at whatever was found changed
    return replace(after, repaired=report.repaired, problems=(*after.problems, *problems))


def start(options: argparse.Namespace) -> int:
    """Start the app; returns when it ends."""
    return app.run(options.options)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "add": add,
    "search": searching.search,
    "ask": ask,
    "map": draw,
    "evaluate": evaluate,
    "doctor": doctor,
    "backup": back_up,
    "bin": removing.put_into_bin,
    "restore": removing.restore,
    "remove": removing.remove,
    "export": export,
    "import": bring_in,
    "space": upkeep.space,
    "tables": tables.tables,
    "addresses": upkeep.addresses,
    "erase": upkeep.erase,
    "words": words.words,
    "pictures": pictures.pictures,
    "distill": distill.distill,
    "finetune": finetune.finetune,
    "watch": watching.watch,
    "mcp": serving.mcp,
    "serve": serving.serve,
    parser.APP: start,
}
