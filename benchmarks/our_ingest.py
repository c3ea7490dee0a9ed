"""Our side of `ingest.py`: adds files to a fresh library through the public API, in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(folder: str, *files: str) -> None:
    from explorer import Library

    with Library(Path(folder)) as library:
        outcomes = library.add(list(files))
        documents = library.documents()
    failed = [f"{outcome.name}: {outcome.error}" for outcome in outcomes if outcome.status == "failed"]
    counts = {
        "documents": len(documents),
        "pages": sum(document.pages for document in documents),
        "chunks": sum(document.chunks for document in documents),
    }
    print(json.dumps(counts | {"failed": failed}))


if __name__ == "__main__":
    main(*sys.argv[1:])
