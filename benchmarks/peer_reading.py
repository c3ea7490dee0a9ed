"""The other side of `reading.py`, run in an environment of its own: markitdown, and pypdf's plain text.

    python peer_reading.py markitdown|pypdf FILE ...

Prints, for each file, one line of JSON: its text (or the error) and the seconds of wall-clock and processor
time that it took, imports not counted.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable


def main(which: str, *files: str) -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    read = {"markitdown": _markitdown, "pypdf": _pypdf}[which]()
    for file in files:
        started, worked = time.perf_counter(), time.process_time()
        pages: list[str] = []
        error = None
        try:
            pages = read(file)
        except Exception as raised:  # noqa: BLE001  whatever a peer raises is its result
            error = f"{type(raised).__name__}: {raised}"
        took = {"seconds": time.perf_counter() - started, "work": time.process_time() - worked}
        print(json.dumps({"file": file, "pages": pages, "error": error, **took}), flush=True)


def _markitdown() -> Callable[[str], list[str]]:
    from markitdown import MarkItDown

    reader = MarkItDown(enable_plugins=False)
    return lambda file: [reader.convert(file).text_content]


def _pypdf() -> Callable[[str], list[str]]:
    from pypdf import PdfReader

    return lambda file: [page.extract_text() for page in PdfReader(file).pages]


if __name__ == "__main__":
    main(*sys.argv[1:])
