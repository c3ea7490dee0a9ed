"""The commands `bin`, `restore` and `remove`: take documents out, bring them back, erase them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from explorer.cli import output
from explorer.cli.arguments import library_of, named
from explorer.cli.terminal import counted, plain

if TYPE_CHECKING:
    from explorer.types import Document


def put_into_bin(options: argparse.Namespace) -> int:
    """Put documents into the bin; without any, list what is in it."""
    with library_of(options) as library:
        chosen = named(options.documents, library.documents(), "in this library")
        held = library.bin([document.id for document in chosen]) if chosen else []
        days = library.settings.bin_days
        listed = library.binned()
    if options.json:
        output.as_json([asdict(one) for one in listed])
    elif not options.documents:
        output.binned(listed)
    elif held:
        print(f"Into the bin, for {counted(days, 'day')}: {_names(chosen)}.")
    else:
        print(f"Removed for good, as the bin keeps nothing here: {_names(chosen)}.")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Bring documents back from the bin; what has to be read again is waited for by the app, not here."""
    with library_of(options) as library:
        chosen = named(options.documents, [one.document for one in library.binned()], "in the bin")
        back = set(library.restore([document.id for document in chosen]))
    again = [document for document in chosen if document.id not in back]
    if options.json:
        output.as_json({"back": sorted(back), "again": sorted(document.id for document in again)})
        return 0
    if back:
        print(f"Back: {_names([document for document in chosen if document.id in back])}.")
    if again:
        print(f"All was redone meanwhile; back when the queue has read it again: {_names(again)}.")
    return 0


def remove(options: argparse.Namespace) -> int:
    """Remove documents with every byte, those of the bin too."""
    with library_of(options) as library:
        known = [*library.documents(), *(one.document for one in library.binned())]
        chosen = named(options.documents, known, "in this library or its bin")
        library.remove([document.id for document in chosen])
    if options.json:
        output.as_json({"removed": [document.id for document in chosen]})
    else:
        print(f"Removed for good: {_names(chosen)}.")
    return 0


def _names(documents: Sequence[Document]) -> str:
    return ", ".join(plain(document.name) for document in documents)
