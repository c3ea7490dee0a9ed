"""docling-rs, the library behind presentations, OpenDocument texts, RTF and old Office files.

It was chosen by measurement: it finds every word of the expected renderings of these formats, takes
milliseconds and 12 MB of memory, and has limits of its own (depth and size of XML parts, no document types).
Its native module is loaded by itself, since `import docling_rs` would import docling-core and pandas too: 1
to 3 seconds and 100 MB for a Python object model of what the native module already gives as JSON.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from explorer.errors import PasswordNeeded, ReadError
from explorer.readers.ole import container
from explorer.readers.reading import Source
from explorer.readers.rtf import rewriting

_NAME = "docling_rs._native"
_MARKS = (
    re.compile(r"(\*\*)(?!\s)([^*\n]+?)(?<!\s)\*\*"),
    re.compile(r"(?<!\*)(\*)(?!\s)([^*\n]+?)(?<!\s)\*(?!\*)"),
)
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((?:https?:|mailto:|ftp:|file:|#)[^()\s]*\)")


@cache
def _native() -> ModuleType:
    """The native module. Raises ImportError where it is not installed."""
    package = importlib.util.find_spec("docling_rs")
    for folder in (package.submodule_search_locations or []) if package else []:
        for suffix in importlib.machinery.EXTENSION_SUFFIXES:
            path = Path(folder) / f"_native{suffix}"
            if path.is_file():
                loader = importlib.machinery.ExtensionFileLoader(_NAME, str(path))
                spec = importlib.util.spec_from_loader(_NAME, loader)
                if spec is not None:
                    module = importlib.util.module_from_spec(spec)
                    loader.exec_module(module)
                    return module
    raise ImportError("docling_rs has no native module here")


def convert(source: Source, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(docling's JSON document of a file, what the file says of itself). `kind` is docling's format name.

    Nothing is fetched, nothing is recognised, pictures are left out. Raises PasswordNeeded for a protected
    file, ReadError for a damaged one.
    """
    try:
        native = _native()
    except ImportError as error:
        print(f"docling-rs: {error}", file=sys.stderr)  # noqa: T201  to the parent's log
        raise ReadError(
            f"{source.shown} cannot be read on this computer: the library for its format is not made for it. "
            "Save it as PDF or DOCX."
        ) from error
    converter = native.DocumentConverter(
        fetch_images=False,
        do_ocr=False,
        do_table_structure=False,
        keep_picture_images=False,
        metadata="json",
        password=source.password,
    )
    try:
        source = container.prepared(source)
        data = source.path.read_bytes() if source.content is None else source.content
        if kind == "rtf":
            data = rewriting.prepared(data)
        result = converter.convert_bytes(f"file.{kind}", data, format=kind)
    except native.WrongPasswordError as error:
        raise PasswordNeeded(f"That is not the password of {source.shown}: enter its password.") from error
    except native.PasswordRequiredError as error:
        raise PasswordNeeded(f"{source.shown} is protected: enter its password.") from error
    except native.EncryptionError as error:
        raise ReadError(f"{source.shown} is protected in a way that cannot be opened here.") from error
    except native.ConversionError as error:
        print(f"docling-rs: {error}", file=sys.stderr)  # noqa: T201  to the parent's log
        raise ReadError(f"{source.shown} could not be read: the file is damaged.") from error
    return json.loads(result.document_json), json.loads(result.metadata_json or "{}")


def unmarked(text: str) -> str:
    """Text without Markdown's marks for bold, italic and links; "2*3*4" keeps its stars."""
    if "*" in text:
        for pattern in _MARKS:
            text = pattern.sub(_unmarked, text)
    return _LINK.sub(r"\1", text) if "](" in text else text


def _unmarked(found: re.Match[str]) -> str:
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    inside = found[2]
    within_words = (before.isalnum() and inside[0].isalnum()) or (after.isalnum() and inside[-1].isalnum())
    return found[0] if within_words else inside
