"""The command `distill`: a static model is made of the library's model, for machines that must be quick."""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer.cli import output
from explorer.cli.arguments import library_of
from explorer.cli.terminal import plain
from explorer.embedding.static.distilling import distil, place_in
from explorer.embedding.tuned import STATIC
from explorer.errors import ModelError


def distill(options: argparse.Namespace) -> int:
    """Make it, and say how it is used."""
    with library_of(options) as library:
        source = options.source or library.settings.embedder
        if options.source is None and source.startswith(STATIC):
            raise ModelError(
                f"The library's model is {STATIC} already. Name the model that a new one is to be made of."
            )
        folder: Path = options.out or place_in(library.folder)
        made = distil(source, folder, options.dimensions, library=library.folder)
    name = STATIC if options.out is None else str(made)
    if options.json:
        output.as_json({"model": name, "folder": str(made), "from": source})
        return 0
    print(f"Made a static model of {plain(source)} in {plain(str(made))}.")
    print(
        f"To search with it, name {plain(name)} as the embedding model in Settings, and redo all documents."
    )
    return 0
