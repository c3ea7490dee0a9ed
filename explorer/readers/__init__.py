"""Files → pages of text. Parsing happens in child processes; `ReaderPool` is the way in.

    known_formats.py   the table of formats: one row for each, and where its reader is
    registry.py        look-ups in it: which format a file is in, what picker, docs and messages say
    format.py          one row of it
    reading.py limits.py    what a reader gets and returns; the limits it works within
    assembly.py        puts a reading together, within the limits
    decoding.py language.py    encodings and languages
    package.py xml_parsing.py  zipped packages with XML in them; the one place where XML and HTML are parsed
    detection/         which format a file is in
    process/           the children and the pool of them; `python -m explorer.readers` is a child
    text/ markup/ office/ ocr/ pdf/ containers/    the formats, one module each

The app, the command line and the worker never import a parser: they talk to a pool.
"""

from __future__ import annotations

from explorer.readers.ocr.recognised import OFF as OCR_OFF
from explorer.readers.registry import find, has_images, labels, short_label

__all__ = ["OCR_OFF", "find", "has_images", "labels", "short_label"]
