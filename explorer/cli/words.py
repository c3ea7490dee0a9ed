"""The command `words`: word vectors are trained on the library, and asked what words mean in it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from explorer.cli import output
from explorer.cli.arguments import library_of
from explorer.cli.terminal import StepBar, plain, size

if TYPE_CHECKING:
    from explorer.wordvectors import LibraryWords, Neighbour, TrainedVectors, WordUse


def words(options: argparse.Namespace) -> int:
    """Do what the verb says."""
    with library_of(options) as library:
        _VERBS[options.verb](library.words, options)
    return 0


def _train(words: LibraryWords, options: argparse.Namespace) -> None:
    with StepBar(not options.json) as bar:
        made = words.train(
            options.kind, lambda done, whole: bar.show("Training", done, whole), seed=options.seed
        )
    _print([made], options)


def _list(words: LibraryWords, options: argparse.Namespace) -> None:
    _print(words.trained(), options)


def _forget(words: LibraryWords, options: argparse.Namespace) -> None:
    words.forget(options.kind)
    _print(words.trained(), options)


def _print(trained: Sequence[TrainedVectors], options: argparse.Namespace) -> None:
    if options.json:
        output.as_json([asdict(one) for one in trained])
        return
    for one in trained:
        print(f"{one.name}: of {one.trained_at}, documents: {one.documents}, {size(one.octets)}")
        if one.removed:
            print(f"  documents removed since, words of which are in it still: {one.removed}")
    if not trained:
        print("This library has no word vectors of its own. Train them: python -m explorer words train")


def _nearest(words: LibraryWords, options: argparse.Namespace) -> None:
    _neighbours(words.nearest(options.word, options.k, options.vectors), options)


def _analogy(words: LibraryWords, options: argparse.Namespace) -> None:
    _neighbours(words.analogy(options.a, options.b, options.c, options.k, options.vectors), options)


def _neighbours(found: Sequence[Neighbour], options: argparse.Namespace) -> None:
    if options.json:
        output.as_json([asdict(one) for one in found])
        return
    for one in found:
        print(f"{one.cosine:6.3f}  {plain(one.word)}")


def _similarity(words: LibraryWords, options: argparse.Namespace) -> None:
    cosine = words.similarity(options.a, options.b, options.vectors)
    if options.json:
        output.as_json({"cosine": cosine})
    else:
        print(f"{cosine:.3f}")


def _compare(words: LibraryWords, options: argparse.Namespace) -> None:
    found = words.compare(options.a, options.b, options.k, options.vectors)
    if options.json:
        output.as_json(asdict(found))
        return
    print(f"{plain(options.a)} and {plain(options.b)}: {found.cosine:.3f}")
    print(f"near both: {plain(', '.join(found.shared)) or 'nothing'}")
    for use in (found.first, found.second):
        _use(use)


def _use(use: WordUse) -> None:
    print(f"\n{plain(use.word)}, near it alone: {plain(', '.join(use.only)) or 'nothing'}")
    for hit in use.hits:
        output.hit(hit)
    if not use.hits:
        print("No passage of the library holds it.")


_VERBS: dict[str, Callable[[LibraryWords, argparse.Namespace], None]] = {
    "train": _train,
    "list": _list,
    "forget": _forget,
    "nearest": _nearest,
    "analogy": _analogy,
    "similarity": _similarity,
    "compare": _compare,
}
