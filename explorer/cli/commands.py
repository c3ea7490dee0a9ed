"""`python -m explorer`: add, search, ask, map, evaluate, doctor without a browser, also while the app runs.

Results go to standard output, progress and errors to standard error. Exit status: 0 all went well, 1
something failed or is wrong, 2 the command was not understood, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import libraries
from explorer.cli.terminal import FileBars, MapBar, counted, plain
from explorer.errors import ExplorerError, NotFound
from explorer.types import Hit, Outcome, Scope

if TYPE_CHECKING:
    from explorer.library import Library
    from explorer.types import Atlas

_DESCRIPTION = "Search, ask and map your own documents, on your own machine."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character shows "?" instead
    try:
        return int(options.run(options))
    except ExplorerError as error:
        if options.json:
            _print_json({"error": str(error)})
        print(f"error: {plain(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read the output has gone (`| head`). Python would complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


# ---- commands


def add(options: argparse.Namespace) -> int:
    """Add files and folders; one line for each file."""
    password = _password() if options.password else None
    with _open(options, may_create=True) as library, FileBars(is_shown=not options.json) as bars:
        outcomes = library.add(
            options.paths, on_progress=bars.show, password=password, replace=not options.keep_both
        )
    if options.json:
        _print_json([asdict(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            _print_outcome(outcome)
        if not outcomes:
            print("There was no file in what you named.", file=sys.stderr)
    return 1 if not outcomes or any(outcome.status == "failed" for outcome in outcomes) else 0


def search(options: argparse.Namespace) -> int:
    """Print the best passages."""
    with _open(options) as library:
        hits = library.search(options.query, options.k, options.mode, _scope(options, library))
        if options.json:
            _print_json({"query": options.query, "mode": options.mode, "hits": [asdict(hit) for hit in hits]})
        else:
            for hit in hits:
                _print_hit(hit)
            if not hits:
                print("Nothing found. Try other words, or a wider scope.")
    return 0


def ask(options: argparse.Namespace) -> int:
    """Print an answer as it streams, then its sources."""
    from explorer.chat.answers import UNCITED

    with _open(options) as library:
        answer = library.ask(options.question, _scope(options, library))
        for piece in answer:
            if not options.json:
                print(plain(piece, keep_lines=True), end="", flush=True)
        names = {document.id: document.name for document in library.documents()}
        citations = [
            {**asdict(citation), "document": names.get(citation.document_id)} for citation in answer.citations
        ]
        if options.json:
            _print_json(
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
        for citation in citations:
            print(f"[{citation['number']}] {plain(str(citation['document']))}, page {citation['page']}")
        if answer.is_uncited:
            print(UNCITED)
        if not answer.found:
            for hit in answer.hits[:3]:
                _print_hit(hit)
    return 0


def draw(options: argparse.Namespace) -> int:
    """Draw the map and print its subjects."""
    with _open(options) as library:
        atlas = _map(library, options.dimensions, is_shown=not options.json)
        if options.json:
            _print_json(
                {
                    "dimensions": options.dimensions,
                    "chunk_ids": atlas.chunk_ids.tolist(),
                    "xy": atlas.xy.tolist(),
                    "cluster_ids": atlas.cluster_ids.tolist(),
                    "clusters": [asdict(cluster) for cluster in atlas.clusters],
                }
            )
            return 0
    for cluster in sorted(atlas.clusters, key=lambda one: -one.size):
        print(f"{cluster.size:>8,}  {plain(cluster.label)}")
    alone = int((atlas.cluster_ids == -1).sum())
    print(f"{alone:>8,}  unclustered\n{len(atlas.chunk_ids):>8,}  passages")
    return 0


def _map(library: Library, dimensions: int, *, is_shown: bool) -> Atlas:
    """Wait for the map on another thread, so that Ctrl-C stops the drawing too."""
    with MapBar(is_shown) as bar, ThreadPoolExecutor(1) as waiter:
        drawing = waiter.submit(library.map, dimensions)
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

    with _open(options) as library:
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
        _print_json({"configuration": configuration, "figures": [asdict(figure) for figure in figures]})
        return 0
    for name, value in configuration.items():
        print(f"{name:<14}{plain(value)}")
    where = "within their documents" if options.within else "all documents"
    print(f"\n{counted(len(questions), 'question')}, {where}; in brackets the bootstrap 95 % interval\n")
    for figure in figures:
        part = "" if figure.count == len(questions) else f"  of {counted(figure.count, 'question')}"
        print(f"{figure.name:<24}{figure.value:.3f}  [{figure.low:.3f} {figure.high:.3f}]{part}")
    return 0


def doctor(options: argparse.Namespace) -> int:
    """Compare catalogue, indexes and files; mend on request."""
    with _open(options) as library:
        report = library.doctor(repair=options.repair)
        folder = library.folder
    if options.json:
        _print_json({"ok": report.ok, **asdict(report)})
        return 0 if report.ok else 1
    for line in report.repaired:
        print(f"repaired: {plain(line)}")
    for line in report.problems:
        print(f"problem: {plain(line)}")
    counts = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in report.counts.items())
    print(f"{plain(str(folder))}: {counts}")
    for line in report.notes:
        print(plain(line))
    if report.ok:
        print("Everything agrees.")
    elif not options.repair:
        print("`doctor --repair` mends what can be mended.")
    return 0 if report.ok else 1


# ---- what is printed


def _print_outcome(outcome: Outcome) -> None:
    tail = f": {plain(outcome.error)}" if outcome.error else ""
    if outcome.document is not None and outcome.status != "failed":
        pages, passages = outcome.document.pages, outcome.document.chunks
        tail = f" ({counted(pages, 'page')}, {counted(passages, 'passage')})"
    within = f" in {plain(outcome.part_of)}" if outcome.part_of else ""
    print(f"{outcome.status:<9} {plain(outcome.name)}{within}{tail}")
    for warning in outcome.warnings:
        print(f"          {plain(warning)}")


def _print_hit(hit: Hit) -> None:
    place = f", page {hit.passage.page}" if hit.document.pages > 1 else ""
    headings = "".join(f" › {plain(heading)}" for heading in hit.chunk.headings)
    print(f"{hit.rank}. {plain(hit.document.name)}{place}{headings}  ({hit.score:.3f})")
    print(f"   {' '.join(plain(hit.passage.text).split())}\n")


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=_jsonable, indent=2))


def _jsonable(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a result")


# ---- what was asked for


def _open(options: argparse.Namespace, *, may_create: bool = False) -> Library:
    """The library that was named: by its folder, or by the name it has in the app."""
    from explorer.library import Library

    if options.library is None:
        return Library()
    folder = Path(options.library).expanduser()
    if not folder.is_dir():
        for info in libraries.list_libraries():
            if options.library in (info.name, info.folder.name):
                return Library(info.folder)
        if not may_create:
            raise NotFound(f"There is no library {options.library!r}. {_known_libraries()}")
    return Library(folder)


def _known_libraries() -> str:
    names = [info.name for info in libraries.list_libraries()]
    return f"There are: {', '.join(names)}." if names else "There is none yet: `add` makes one."


def _scope(options: argparse.Namespace, library: Library) -> Scope | None:
    if options.kind:
        _check_kinds(options.kind, library)
    scope = Scope(
        documents=_document_ids(options.document, library) if options.document else None,
        tags=options.tag,
        kinds=options.kind,
        folders=options.folder,
        dates=(options.first, options.last) if options.first or options.last else None,
    )
    return None if scope.is_everything else scope


def _check_kinds(wanted: Sequence[str], library: Library) -> None:
    known = sorted({document.kind for document in library.documents()})
    for one in wanted:
        if known and one not in known:
            raise NotFound(f"There is no document of kind {one!r} in this library, only: {', '.join(known)}.")


def _document_ids(wanted: Sequence[str], library: Library) -> list[str]:
    found: list[str] = []
    documents = library.documents()
    for one in wanted:
        ids = [document.id for document in documents if one in (document.id, document.name)]
        if not ids:
            raise NotFound(f"There is no document named {one!r} in this library.")
        found += ids
    return found


def _password() -> str:
    """Asked for without showing it; from a pipe, its first line. Never an argument: others could see it."""
    if sys.stdin.isatty():
        return getpass.getpass("Password of the files: ")
    return sys.stdin.readline().rstrip("\r\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m explorer", description=_DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--library", metavar="FOLDER", help="folder or name of a library (default: EXPLORER_HOME)"
    )
    common.add_argument("--json", action="store_true", help="print JSON, for scripts")

    one = commands.add_parser("add", parents=[common], help="add files, and folders with all that is in them")
    one.add_argument("paths", nargs="+", metavar="PATH")
    one.add_argument("--keep-both", action="store_true", help="keep the old version of a file that changed")
    one.add_argument("--password", action="store_true", help="ask for the password of protected files")
    one.set_defaults(run=add)

    one = commands.add_parser("search", parents=[common, _scope_options()], help="print the best passages")
    one.add_argument("query")
    one.add_argument("-k", type=_positive, default=10, metavar="N", help="how many (default: 10)")
    one.add_argument("--mode", choices=("hybrid", "semantic", "keyword"), default="hybrid")
    one.set_defaults(run=search)

    one = commands.add_parser(
        "ask", parents=[common, _scope_options()], help="answer a question, with sources"
    )
    one.add_argument("question")
    one.set_defaults(run=ask)

    one = commands.add_parser("map", parents=[common], help="draw the map, print its subjects")
    one.add_argument("--dimensions", type=int, choices=(2, 3), default=2)
    one.set_defaults(run=draw)

    one = commands.add_parser(
        "evaluate", parents=[common], help="measure search on questions of your own (docs/retrieval.md)"
    )
    one.add_argument("--questions", type=Path, required=True, metavar="FILE", help="a file of JSON lines")
    one.add_argument("--within", action="store_true", help="ask each within the documents it refers to")
    one.add_argument("--mode", choices=("hybrid", "semantic", "keyword"), default="hybrid")
    one.set_defaults(run=evaluate)

    one = commands.add_parser("doctor", parents=[common], help="check that everything in the library agrees")
    one.add_argument("--repair", action="store_true", help="mend what can be mended")
    one.set_defaults(run=doctor)
    return parser


def _scope_options() -> argparse.ArgumentParser:
    scope = argparse.ArgumentParser(add_help=False)
    limits = scope.add_argument_group("where to look (all that is given must hold; repeat to widen)")
    limits.add_argument(
        "--document", action="append", metavar="NAME", help="only in documents of this name or id"
    )
    limits.add_argument("--tag", action="append", help="only in documents with this tag")
    limits.add_argument("--kind", action="append", help="only in documents of this kind, such as pdf")
    limits.add_argument("--folder", action="append", help="only in documents added from this folder")
    limits.add_argument("--from", dest="first", type=_day, metavar="DAY", help="dated this day or later")
    limits.add_argument("--to", dest="last", type=_day, metavar="DAY", help="dated this day or earlier")
    return scope


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it like 2022-12-31") from None


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)
