"""How an export tells of models that the library has of its own: their files, and how they were trained."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, model_validator

from explorer.transfer.form_values import STRICT, Difference, Line, Name, Number, Seconds, Sha256, Share

_MODELS = "models/"
_MODEL_FILE = re.compile(
    r"([0-9]_[A-Z][A-Za-z]{0,29}/)?(README\.md|model\.safetensors|vocab\.txt|merges\.txt"
    r"|(modules|config|config_sentence_transformers|sentence_bert_config|sentence_[a-z]{1,20}_config|vocab"
    r"|tokenizer|tokenizer_config|special_tokens_map|added_tokens|preprocessor_config|processor_config)\.json"
    r"|(tokenizer|spiece|sentencepiece\.bpe)\.model)"
)
"""What the packages that save such models call their files; none of these kinds can run code."""
MODEL_FILES = 40
"""Files of one model in an export."""
MODEL_MB = 4096
"""Size of one file of a model in an export, in MB."""
MODELS = 100
"""Models of its own that an export may hold."""
TRIALS = 10_000
"""Trainings that an export may tell of."""
_MOST_KINDS = 100
OwnModelName = Annotated[str, Field(pattern=r"^(tuned-[1-9][0-9]{0,5}|static):library$")]


def model_file_name(number: int) -> str:
    """The file that holds a file of a model."""
    return f"{_MODELS}{number}"


def parts_of(name: str) -> tuple[str, ...]:
    """The path of a file in its model's folder, of one or two parts.

    Raises ValueError for a name that no file of such a model has.
    """
    if not _MODEL_FILE.fullmatch(name):
        raise ValueError("a model has a file of another name than files of models have")
    return tuple(name.split("/"))


def _is_of_a_model(name: str) -> str:
    parts_of(name)
    return name


class _Checked(BaseModel):
    model_config = STRICT


class ExportedModelFile(_Checked):
    """A file of a model: its name in the model's folder, where it stands in the zip, and what it holds."""

    name: Annotated[str, AfterValidator(_is_of_a_model)]
    file: Annotated[str, Field(pattern=r"^models/[0-9]{1,6}$")]
    size: Annotated[int, Field(ge=0, le=MODEL_MB << 20)]
    sha256: Sha256


class ExportedModel(_Checked):
    """A model that the library has of its own, trained on it or made for it."""

    name: OwnModelName
    files: Annotated[list[ExportedModelFile], Field(min_length=1, max_length=MODEL_FILES)]

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    @model_validator(mode="after")
    def _names_each_file_once(self) -> ExportedModel:
        if len({file.name.casefold() for file in self.files}) < len(self.files):
            raise ValueError("a model has a file twice")
        return self


class ExportedComparison(_Checked):
    """How well two models found the right passages; see `explorer.tuning`, which keeps the same."""

    kind: Line
    before: Share
    after: Share
    low: Difference | None
    high: Difference | None
    """Both None where too few documents leave no bound."""
    questions: Number
    documents: Number


class ExportedTrial(_Checked):
    """What came of a training on the library."""

    number: Annotated[int, Field(ge=1, le=999_999)]
    base: Name
    made_at: Line
    seed: int
    rate: Annotated[float, Field(ge=0, le=1)]
    pairs: Number
    documents: Number
    steps: Number
    confidence: Share
    compared: Annotated[list[ExportedComparison], Field(min_length=1, max_length=_MOST_KINDS)]
    seconds: Seconds
    memory: Number
    name: Line | None
