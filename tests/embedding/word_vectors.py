"""An embedder of one's own, complete: a table of word vectors, in a format that nothing else here reads.

Its folder holds `words.json`, a list of words, and `vectors.npy`, a row for each of them and a last one for
all other words. A text's vector is the mean of its words' rows.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from explorer.arrays import Vectors
from explorer.embedding.base import PrecisionChoice, WantedModel, go_on
from explorer.errors import ModelError

FILES = ("words.json", "vectors.npy")
_WORD = re.compile(r"\w+")


class WordVectorsEmbedder:
    """Loads folders that hold both files."""

    is_remote = False

    def takes(self, name: str) -> bool:
        return all((Path(name) / file).is_file() for file in FILES)

    def examine(self, name: str) -> None:
        self.load(WantedModel(name))

    def choose(self, name: str) -> PrecisionChoice:
        return PrecisionChoice("float32", "cpu", "its rows are stored in it")

    def identify(self, name: str, precision: str | None) -> tuple[str, str]:
        return "float32", fingerprint(Path(name))

    def load(self, wanted: WantedModel) -> WordVectors:
        return WordVectors(wanted.name)


class WordVectors:
    """An `EmbeddingModel`: the mean of a text's word vectors."""

    precision = "float32"
    max_tokens = 512
    texts_at_once = 256
    is_remote = False

    def __init__(self, name: str) -> None:
        """Raises ModelError where its files are damaged."""
        self.name = name
        self._folder = Path(name)
        try:
            words = json.loads((self._folder / "words.json").read_text(encoding="utf-8"))
            self._rows = np.load(self._folder / "vectors.npy", allow_pickle=False).astype(np.float32)
        except (OSError, ValueError) as error:
            raise ModelError(f"The model {name} cannot be loaded: {error}") from error
        if self._rows.ndim != 2 or len(self._rows) != len(words) + 1:
            raise ModelError(f"The model {name} has {len(self._rows)} vectors for {len(words)} words.")
        self._row_of = {word: row for row, word in enumerate(words)}
        self.dimension = self._rows.shape[1]
        self.fingerprint = fingerprint(self._folder)

    def has_changed(self) -> bool:
        return fingerprint(self._folder) != self.fingerprint

    def prepare(self) -> None:
        """Nothing: it is loaded when it is made."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_WORD.findall(text)) for text in texts]

    def encode(self, texts: Sequence[str], check: Callable[[], None] = go_on) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            check()
            vectors[row] = self.encode_query(text)
        return vectors

    def encode_query(self, text: str) -> Vectors:
        words = _WORD.findall(text.lower())[: self.max_tokens]
        unknown = len(self._rows) - 1
        mean = self._rows[[self._row_of.get(word, unknown) for word in words] or [unknown]].mean(0)
        vector: Vectors = mean / np.linalg.norm(mean)
        return vector


def fingerprint(folder: Path) -> str:
    """40 hex digits for what the files hold."""
    parts = [hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in FILES]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:40]


def write_word_vectors(folder: Path, words: Sequence[str], dimension: int = 64) -> Path:
    """A folder for `WordVectorsEmbedder` with random vectors of length 1 for these words."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(1).normal(size=(len(words) + 1, dimension)).astype(np.float32)
    (folder / "words.json").write_text(json.dumps(list(words)), encoding="utf-8")
    np.save(folder / "vectors.npy", draw / np.linalg.norm(draw, axis=1, keepdims=True))
    return folder
