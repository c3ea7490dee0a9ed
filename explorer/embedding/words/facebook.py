"""fastText's own binary files (`.bin`), with the n-grams that give unseen words their vectors.

The layout is that of fastText's `FastText::saveModel`: a magic number and a version, thirteen settings, the
dictionary, the matrix of words and n-grams. Compressed models (`.ftz`) are refused.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

from explorer.embedding.words.subwords import Subwords, ngram_rows
from explorer.embedding.words.table import WordTable

if TYPE_CHECKING:
    from explorer.arrays import Vectors

_MAGIC = 793712314
_VERSION = 12
_SETTINGS = struct.Struct("<12id")
_DICTIONARY = struct.Struct("<3i2q")
_ENTRY = struct.Struct("<qb")
_MATRIX = struct.Struct("<2q")
_LONGEST_WORD = 10_000
_MOST_ENTRIES = 20_000_000
_MOST_OCTETS = 16 << 30
"""The largest matrix that is read, 16 GB: those that are published have 7."""


def is_ours(start: bytes) -> bool:
    """Whether a file that begins so is one of fastText's."""
    return len(start) >= 4 and struct.unpack("<i", start[:4])[0] == _MAGIC


def read(stream: BinaryIO, most: int) -> WordTable:
    """The vectors of the first `most` words, which are the most frequent, and all n-grams.

    Raises ValueError: the file is damaged, cut off or compressed.
    """
    import numpy as np

    _, version = struct.unpack("<2i", _exactly(stream, 8))
    if version != _VERSION:
        raise ValueError(f"it is of version {version} of fastText's format; {_VERSION} is read")
    settings = _SETTINGS.unpack(_exactly(stream, _SETTINGS.size))
    dimension, buckets, shortest, longest = settings[0], settings[8], settings[9], settings[10]
    words, number = _dictionary(stream)
    if _exactly(stream, 1) != b"\0":
        raise ValueError("it is compressed (.ftz): take the .bin of the same model")
    rows, columns = _MATRIX.unpack(_exactly(stream, _MATRIX.size))
    if columns != dimension or rows != number + buckets or not 1 < dimension <= 4_096 or buckets < 0:
        raise ValueError("its sizes contradict each other")
    if rows * columns * 4 > _MOST_OCTETS or (not 1 <= shortest <= longest <= 100 and buckets):
        raise ValueError("its sizes are beyond what is read")
    kept = words[:most]
    whole = _matrix(stream, len(kept), columns)
    stream.seek((number - len(kept)) * columns * 4, 1)
    ngrams = _matrix(stream, buckets, columns)
    vectors = np.empty((len(kept), columns), np.float32)
    for row, word in enumerate(kept):
        at = list(ngram_rows(word, shortest, longest, buckets)) if word != "</s>" else []
        vectors[row] = (whole[row] + ngrams[at].sum(0)) / (1 + len(at)) if at else whole[row]
    return WordTable(kept, vectors, subwords=Subwords(ngrams, shortest, longest) if buckets else None)


def until(stream: BinaryIO, end: bytes, most: int) -> bytes:
    """What comes before one byte. Raises ValueError: that is more than `most` bytes, or the file ends."""
    found = bytearray()
    while (octet := stream.read(1)) != end:
        if not octet or len(found) >= most:
            raise ValueError("a word in it does not end")
        found += octet
    return bytes(found)


def _dictionary(stream: BinaryIO) -> tuple[list[str], int]:
    """The words, without the labels that follow them, and how many they are."""
    entries, number, labels, _, pruned = _DICTIONARY.unpack(_exactly(stream, _DICTIONARY.size))
    if entries != number + labels or not 0 < number <= entries <= _MOST_ENTRIES or pruned > 0:
        raise ValueError("its dictionary is damaged, or of a compressed model")
    words = []
    for _ in range(entries):
        word = until(stream, b"\0", _LONGEST_WORD)
        _, kind = _ENTRY.unpack(_exactly(stream, _ENTRY.size))
        if kind == 0:
            words.append(word.decode("utf-8", "replace"))
    if len(words) != number:
        raise ValueError("its dictionary is damaged")
    return words, number


def _matrix(stream: BinaryIO, rows: int, columns: int) -> Vectors:
    import numpy as np

    found: Vectors = np.frombuffer(_exactly(stream, rows * columns * 4), "<f4").reshape(rows, columns)
    if not np.isfinite(found).all():
        raise ValueError("some of its numbers are none")
    return found


def _exactly(stream: BinaryIO, octets: int) -> bytes:
    found = stream.read(octets)
    if len(found) < octets:
        raise ValueError("it is cut off")
    return found
