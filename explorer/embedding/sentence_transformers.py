"""Any other model that the sentence-transformers package can load from a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.embedding import folder as folders
from explorer.embedding.base import WantedModel, computing, finite, go_on
from explorer.embedding.bert.precision import choose, texts_at_once
from explorer.embedding.folder_embedder import FolderEmbedder
from explorer.embedding.options import ModelOptions, split_options
from explorer.embedding.places import find_checked
from explorer.embedding.tokens import Tokens, encodable
from explorer.embedding.tuned import shown
from explorer.errors import ModelError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

    from explorer.arrays import Vectors

_READS = 512
"""How many tokens a model is taken to read where it does not say."""


class SentenceTransformersEmbedder(FolderEmbedder):
    """Loads whatever the sentence-transformers package can load from a folder."""

    def load(self, wanted: WantedModel) -> SentenceTransformersModel:
        """The model, loaded (seconds). Raises ModelError."""
        precision = wanted.precision or self.choose(wanted.name).precision
        base, options = split_options(wanted.name)
        if precision == "int8":
            raise ModelError(
                f"The model {base} does not compute in int8: only plain BERT models with mean pooling do, "
                "such as the bundled one. Choose bfloat16 or float32."
            )
        return SentenceTransformersModel(shown(wanted.name), find_checked(base), precision, options)


class SentenceTransformersModel:
    """An `EmbeddingModel` on `sentence_transformers.SentenceTransformer`, loaded from a checked folder."""

    def __init__(
        self,
        name: str,
        folder: Path,
        precision: str | None = None,
        options: ModelOptions = ModelOptions(),  # noqa: B008  (frozen)
    ) -> None:
        """Loads it (seconds). Raises ModelError."""
        self._options = options
        self.name = name
        self.precision = precision or choose().precision
        self.fingerprint = options.fingerprint(folders.fingerprint(folder, self.precision))
        self.texts_at_once = texts_at_once(self.precision)
        self.is_remote = False
        self._folder = folder
        try:
            self._model = opened(folder, options, self.precision)
            self._tokens = _tokens(self._model, folder)
        except Exception as error:  # a foreign folder can fail in any way there is
            raise ModelError(f"The model {name} cannot be loaded: {error}") from error
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        if options.dimensions is not None:
            self.dimension = _cut_to(options.dimensions, self.dimension, name)
        prompt = str(self._model.prompts["document"])
        self.max_tokens = self._tokens.max_tokens - sum(self._tokens.count([prompt]))

    def has_changed(self) -> bool:
        """Whether the folder holds other files now."""
        files = folders.fingerprint(self._folder, self.precision)
        return self._options.fingerprint(files) != self.fingerprint

    def prepare(self) -> None:
        """Nothing: it is loaded when it is made."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not included."""
        return self._tokens.count(texts)

    def encode(self, texts: Sequence[str], check: Callable[[], None] = go_on) -> Vectors:
        """(n, dimension) float32, each row of length 1, in the order of `texts`. Raises ModelError.

        A model's own prompt for passages goes before each text.
        """
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), np.float32)
        check()
        return self._computed(self._model.encode_document, texts)

    def encode_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1; a model's own prompt for questions goes before the text.

        Raises ModelError.
        """
        first: Vectors = self._computed(self._model.encode_query, [text])[0]
        return first

    def _computed(self, encode: Callable[..., torch.Tensor], texts: Sequence[str]) -> Vectors:
        what = f"model {self.name}"
        with computing(what):
            found = encode(
                [encodable(text) for text in texts], show_progress_bar=False, convert_to_tensor=True
            )
            vectors = _normalised(found[:, : self.dimension])
        return finite(vectors, what)


def opened(
    folder: Path, options: ModelOptions, precision: str, device: str | None = None
) -> SentenceTransformer:
    """The model of a checked folder as its package has it, with options applied, but for `dimensions`.

    Raises whatever goes wrong: a foreign folder can fail in any way there is.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    kind = getattr(torch, precision)
    model = SentenceTransformer(
        str(folder),
        device=device,
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True, "dtype": kind},
    )
    model.to(kind)
    if not model.prompts.get("document"):  # the package makes an empty one, which hides these two
        named = (model.prompts.get(name) for name in ("passage", "corpus"))
        model.prompts["document"] = next(filter(None, named), "")
    _apply(options, model)
    return model


def _apply(options: ModelOptions, model: SentenceTransformer) -> None:
    """Make a loaded model pool, read and prompt as was set. Raises ValueError: it doesn't pool."""
    from sentence_transformers.sentence_transformer.modules import Pooling

    if options.tokens is not None:
        model.max_seq_length = min(options.tokens, model.max_seq_length or options.tokens)
    if options.pooling is not None:
        places = [at for at, module in enumerate(model) if isinstance(module, Pooling)]
        if not places:
            raise ValueError("it does not pool token vectors, so that no pooling can be set")
        for at in places:
            model[at] = Pooling(model[at].embedding_dimension, options.pooling)
    if options.query is not None:
        model.prompts["query"] = options.query
    if options.passage is not None:
        model.prompts["document"] = options.passage


def _cut_to(wanted: int, dimension: int, name: str) -> int:
    if wanted > dimension:
        raise ModelError(f"The model {name} gives {dimension} numbers; {wanted} cannot be kept of them.")
    return wanted


def _normalised(vectors: torch.Tensor) -> Vectors:
    from torch.nn.functional import normalize

    rows: Vectors = normalize(vectors.detach().float().cpu(), dim=1).numpy()
    return rows


def _tokens(model: SentenceTransformer, folder: Path) -> Tokens:
    """A counter of tokens, from the folder or from the tokenizer that the package made of older files."""
    reads = model.max_seq_length or _READS
    file = folder / "tokenizer.json"
    if file.is_file():
        return Tokens(file.read_text(encoding="utf-8"), reads)
    return Tokens(model.tokenizer.backend_tokenizer.to_str(), reads)
