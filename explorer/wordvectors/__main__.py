"""The training process: `python -m explorer.wordvectors FOLDER KIND SEED` trains on a library.

It prints a line of JSON for its progress, and one for an error; `process` reads them.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from filelock import FileLock, Timeout

from explorer import processes
from explorer.embedding.words import files
from explorer.embedding.words.names import FOLDER, own_file
from explorer.embedding.words.texts import words_of
from explorer.errors import ExplorerError, ModelError, NotFound
from explorer.wordvectors.training import Kind, plan_for, train

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.catalog import Catalog

_PAUSE = 0.25
_READING_SHARE = 10
"""Splitting the texts into words is shown as the first tenth of the work."""


def main(arguments: list[str]) -> int:
    """Train and keep: 0 when it is done, 1 when it failed, which was said."""
    folder, kind, seed = Path(arguments[0]), cast("Kind", arguments[1]), int(arguments[2])
    processes.leave_with_parent()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)  # pages and questions come first; Windows has no nice
    try:
        (folder / FOLDER).mkdir(exist_ok=True)
        with FileLock(folder / FOLDER / ".training.lock", timeout=0):
            _train(folder, kind, seed)
    except Timeout:
        _say(error="Word vectors of this library are being trained already. Wait for the end of that.")
        return 1
    except MemoryError:
        _say(error="The word vectors could not be trained: this machine has too little free memory for it.")
        return 1
    except ExplorerError as error:
        _say(error=str(error))
        return 1
    return 0


def _train(folder: Path, kind: Kind, seed: int) -> None:
    from explorer.catalog import Catalog

    report = _reporter()
    with Catalog(folder) as catalog:
        ids, documents = _documents(catalog, report)
    plan = plan_for(kind, sum(map(len, documents)), seed)
    table = train(documents, plan, lambda done, whole: report(_scaled(done, whole), 100))
    with Catalog(folder) as catalog:
        if not catalog.documents.list():  # the library was erased: no word of it may come back
            raise ModelError("All documents were removed meanwhile, so nothing was kept of them.")
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    files.write(own_file(folder, kind), table, files.About(kind, moment, len(ids), seed, tuple(ids)))


def _documents(catalog: Catalog, report: Callable[[int, int], None]) -> tuple[list[str], list[list[str]]]:
    """The documents' ids and the words of each, in the order in which they were added.

    Raises ModelError: there is none.
    """
    known: dict[str, str] = {}
    ids, found = [], []
    documents = sorted(catalog.documents.list(), key=lambda document: (document.added_at, document.id))
    for number, document in enumerate(documents):
        with contextlib.suppress(NotFound):  # removed meanwhile
            words = words_of(catalog.documents.text(document.id))
            ids.append(document.id)
            found.append([known.setdefault(word, word) for word in words])  # each word once in memory
        report((number + 1) * _READING_SHARE // len(documents), 100)
    if not found:
        raise ModelError("This library holds no document to learn words from. Add some first.")
    return ids, found


def _scaled(done: int, whole: int) -> int:
    return _READING_SHARE + done * (100 - _READING_SHARE) // max(whole, 1)


def _reporter() -> Callable[[int, int], None]:
    """Says how far it is a few times a second at most."""
    last = [0.0, -1]

    def report(done: int, whole: int) -> None:
        now = time.monotonic()
        if done != last[1] and (now - last[0] >= _PAUSE or done == whole):
            last[:] = [now, done]
            _say(done=done, all=whole)

    return report


def _say(**said: Any) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
