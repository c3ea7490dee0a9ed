"""The command `pictures`: they are looked at, and found by a picture or by words."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli import output
from explorer.cli.arguments import library_of, scope_of
from explorer.cli.terminal import StepBar, counted, plain
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.library import Library
    from explorer.pictures import PictureHit

_LOOK_SECONDS = 0.5


def pictures(options: argparse.Namespace) -> int:
    """Do what the verb says."""
    with library_of(options) as library:
        _VERBS[options.verb](library, options)
    return 0


def _list(library: Library, options: argparse.Namespace) -> None:
    state = library.picture_search.state()
    if options.json:
        output.as_json(asdict(state))
        return
    knows = "pictures and words" if state.reads_text else "pictures"
    print(f"{plain(state.model)}: {plain(state.problem) if state.problem else f'knows {knows}'}")
    stopped = ", stopped" if state.is_stopped else ""
    print(f"{state.done:,} of {counted(state.total, 'picture')} looked at{stopped}")


def _stop(library: Library, options: argparse.Namespace) -> None:
    library.picture_search.stop()
    _list(library, options)


def _fill(library: Library, options: argparse.Namespace) -> None:
    """Raises ModelError where the model cannot be used."""
    library.picture_search.go_on()
    with StepBar(not options.json) as bar:
        while (state := library.picture_search.state()).is_working:
            bar.show("Looking at pictures", state.done, state.total)
            time.sleep(_LOOK_SECONDS)
    if state.problem:
        raise ModelError(state.problem)
    _list(library, options)


def _like(library: Library, options: argparse.Namespace) -> None:
    image, scope = Path(options.given), scope_of(options, library)
    _found(library.picture_search.search(image=image, k=options.k, scope=scope), options)


def _showing(library: Library, options: argparse.Namespace) -> None:
    scope = scope_of(options, library)
    _found(library.picture_search.search(text=options.given, k=options.k, scope=scope), options)


def _found(hits: list[PictureHit], options: argparse.Namespace) -> None:
    if options.json:
        output.as_json([asdict(hit) for hit in hits])
        return
    for hit in hits:
        of = f", picture {hit.picture.number}" if hit.picture else ""
        said = f": {plain(hit.picture.description)}" if hit.picture and hit.picture.description else ""
        print(f"{hit.rank:3}. {hit.score:.2f}  {plain(hit.document.name)}, page {hit.page:,}{of}{said}")
    if not hits:
        print("Nothing found. `pictures list` says how many pictures were looked at.")


_VERBS: dict[str, Callable[[Library, argparse.Namespace], None]] = {
    "list": _list,
    "stop": _stop,
    "fill": _fill,
    "like": _like,
    "showing": _showing,
}
