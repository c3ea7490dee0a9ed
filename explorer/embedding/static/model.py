"""Static models as an embedder: the vector of a text is the mean of those of its tokens.

A folder as sentence-transformers (StaticEmbedding) and model2vec save one. Only its tokenizer and its table
are read, with NumPy: no torch, and no extra.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.embedding import folder as folders
from explorer.embedding.base import PrecisionChoice, WantedModel, finite, go_on
from explorer.embedding.options import ModelOptions, split_options
from explorer.embedding.places import find_checked
from explorer.embedding.tokens import Tokens
from explorer.embedding.tuned import STATIC, shown
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Vectors

WEIGHTS = "model.safetensors"
MODULE = "StaticEmbedding"
_READS = 512
"""Our limit, and model2vec's own: the model reads all of a text, but the mean of many words says little."""
_TEXTS_AT_ONCE = 1_000
"""So many texts of 512 tokens with 256 numbers each are half a GB on the way."""
WEIGHTS_MB = 2048
"""Size of the file of vectors, in MB, which is looked at before anything is read: the largest that are given
out, of 500,000 tokens in a hundred languages, take 512."""
TOKENIZER_MB = 256
"""Size of `tokenizer.json`, in MB: of those 500,000 tokens it takes about 40."""
NUMBERS = 600_000_000
"""Numbers of the whole table, 2.4 GB as float32: a small file may give one row to very many tokens."""


class StaticEmbedder:
    """Loads static models by their folder, or the library's own one."""

    is_remote = False

    def takes(self, name: str) -> bool:
        """Whether it is the library's own one, or a folder that says it is of this kind.

        One with prompts or a way to pool set behind its name is left to the package that knows these.
        """
        base, options = split_options(name)
        if options != ModelOptions(dimensions=options.dimensions, precision=options.precision):
            return False
        if base == STATIC or base.startswith(f"{STATIC} in "):
            return True
        try:
            modules = Path(base).expanduser() / "modules.json"
            return modules.is_file() and is_static(modules.parent)
        except OSError:  # a name that no file can have
            return False

    def examine(self, name: str) -> None:
        """Raises ModelError where the folder is missing, damaged or could run code, or a precision is set."""
        base, options = split_options(name)
        if options.precision not in (None, "float32"):
            raise ModelError(
                f"The model {shown(base)} only adds up vectors, which is done in float32. Choose that "
                "precision."
            )
        _checked(base)

    def choose(self, name: str) -> PrecisionChoice:  # noqa: ARG002
        """Always float32."""
        return PrecisionChoice("float32", "cpu", "its vectors are added up, which is quick anyway")

    def identify(self, name: str, precision: str | None) -> tuple[str, str]:  # noqa: ARG002
        """("float32", fingerprint of the folder's files and the options). Raises ModelError."""
        base, options = split_options(name)
        return "float32", options.fingerprint(folders.fingerprint(_checked(base), "float32"))

    def load(self, wanted: WantedModel) -> StaticModel:
        """The model. Raises ModelError."""
        self.examine(wanted.name)
        base, options = split_options(wanted.name)
        return StaticModel(shown(wanted.name), _checked(base), options)


def _checked(base: str) -> Path:
    """The folder of a model. Raises ModelError: it is missing, damaged, could run code, or is too large."""
    folder = find_checked(base)
    for file, most in ((folder / WEIGHTS, WEIGHTS_MB), (folder / "tokenizer.json", TOKENIZER_MB)):
        if file.is_file() and file.stat().st_size > most << 20:
            raise ModelError(
                f"The model's file {file} takes more than {most:,} MB, which no static model does. Copy the "
                "model's files again, or use another one."
            )
    return folder


def is_static(folder: Path) -> bool:
    """Whether a model's folder says that it is a static one. Raises ModelError: it cannot be read."""
    modules = folders.read_json(folder / "modules.json")
    kinds = [str(one.get("type", "")).rpartition(".")[2] for one in modules if isinstance(one, dict)]
    places = [str(one.get("path", "")) for one in modules if isinstance(one, dict)]
    return kinds in ([MODULE], [MODULE, "Normalize"]) and places[0] in ("", ".")


class StaticModel:
    """An `EmbeddingModel` of one vector a token."""

    precision = "float32"
    texts_at_once = 128
    is_remote = False

    def __init__(self, name: str, folder: Path, options: ModelOptions) -> None:
        """Loads it. Raises ModelError: its files are damaged or do not fit each other."""
        self.name = name
        self._folder, self._options = folder, options
        self.fingerprint = options.fingerprint(folders.fingerprint(folder, self.precision))
        try:
            self._tokens = Tokens.from_folder(folder, _READS)
            self._table = _table(folder, self._tokens.words)
        except ModelError:
            raise
        except Exception as error:  # safetensors and the Rust tokenizer raise what they like
            raise ModelError(f"The model {name} cannot be loaded: {error}") from error
        if options.dimensions is not None:
            if options.dimensions > self._table.shape[1]:
                raise ModelError(
                    f"The model {name} gives {self._table.shape[1]} numbers; {options.dimensions} cannot be "
                    "kept of them."
                )
            self._table = self._table[:, : options.dimensions]
        self.dimension = int(self._table.shape[1])
        self.max_tokens = self._tokens.max_tokens

    def has_changed(self) -> bool:
        """Whether the folder holds other files now, or is gone."""
        try:
            files = folders.fingerprint(self._folder, self.precision)
        except ModelError:
            return True
        return self._options.fingerprint(files) != self.fingerprint

    def prepare(self) -> None:
        """Nothing: it is loaded when it is made."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text."""
        return self._tokens.count(texts)

    def encode(self, texts: Sequence[str], check: Callable[[], None] = go_on) -> Vectors:
        """(n, dimension) float32, each row of length 1, in the order of `texts`; zeros for a text of no known
        token."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            check()
            ids = self._tokens.ids(texts[start : start + _TEXTS_AT_ONCE])
            for row, of_text in enumerate(ids, start):
                if of_text:
                    vectors[row] = self._table[of_text].sum(axis=0, dtype=np.float32)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return finite(vectors, f"model {self.name}")

    def encode_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1: a question is a text like any other."""
        first: Vectors = self.encode([text])[0]
        return first


def _table(folder: Path, tokens: int) -> Vectors:
    """(tokens, dimension) float32, the weights of tokens in it. Raises ModelError: it is none for so many
    tokens."""
    import numpy as np
    from safetensors import safe_open

    with safe_open(folder / WEIGHTS, "np") as file:
        shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
        name = next(
            (one for one in ("embedding.weight", "embeddings") if len(shapes.get(one, ())) == 2), None
        )
        if name is None:
            raise ModelError(
                f"The file {folder / WEIGHTS} holds no table of vectors. Copy the model's files again."
            )
        rows = max(shapes[name][0], *(math.prod(shapes.get(one, ())) for one in ("mapping", "weights")))
        if rows * shapes[name][1] > NUMBERS:
            raise ModelError(
                f"The file {folder / WEIGHTS} makes a table of more than {NUMBERS:,} numbers, which no "
                "static model has. Copy the model's files again, or use another one."
            )
        held = {one: file.get_tensor(one) for one in (name, "mapping", "weights") if one in shapes}
    table: Vectors = held[name].astype(np.float32)
    if "mapping" in held:
        table = table[held["mapping"].astype(np.int64)]
    if "weights" in held:
        table *= held["weights"].astype(np.float32)[:, None]
    if len(table) < tokens:
        raise ModelError(
            f"The model in {folder} has vectors for {len(table)} tokens, and a tokenizer of {tokens}. Its "
            "files do not belong together: copy them again."
        )
    return np.ascontiguousarray(table)
