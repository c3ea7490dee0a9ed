"""What may stand behind a model's name: how a folder is pooled, cut and prompted.

    NAME | pooling=cls | tokens=256 | dimensions=256 | query="query: " | passage="passage: "
    NAME | precision=float32

Most models say all of it in their own files. A plain folder of Hugging Face says none of it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import Literal, cast, get_args

from explorer.errors import ModelError

Pooling = Literal["mean", "cls", "max"]
Precision = Literal["int8", "bfloat16", "float32"]
_IN_FINGERPRINT = ("pooling", "tokens", "dimensions", "query", "passage")
_SIGN = re.compile(r"\s+\|\s+")
_PART = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|(.*?))\s*', re.DOTALL)


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """What a person set; None leaves it to the model's own files."""

    pooling: Pooling | None = None
    """What of the token vectors makes the text's: their mean, the first one, or the greatest numbers."""
    tokens: int | None = None
    """How many tokens it is to read, special ones included; never more than it can."""
    dimensions: int | None = None
    """How many numbers of a vector are kept. Only of models trained for it ("Matryoshka") are the first ones
    enough."""
    query: str | None = None
    """Goes before each question."""
    passage: str | None = None
    """Goes before each passage."""
    precision: Precision | None = None
    """In what it computes, instead of what suits the machine."""

    @property
    def change_what_it_does(self) -> bool:
        """Whether anything but the precision is set."""
        return replace(self, precision=None) != ModelOptions()

    def fingerprint(self, of_files: str) -> str:
        """40 hex digits for a model's files and these options; the files' own where none is set."""
        if not self.change_what_it_does:  # the precision is in the files' own
            return of_files
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in _IN_FINGERPRINT)
        return hashlib.sha256(f"{of_files} ModelOptions({said})".encode()).hexdigest()[:40]


def split_options(name: str) -> tuple[str, ModelOptions]:
    """The name or folder of a model, and what was set behind it.

    Raises ModelError: an option is unknown, or has a value that it cannot have.
    """
    base, *parts = _SIGN.split(name)
    found: dict[str, str | int] = {}
    for part in parts:
        given = _PART.fullmatch(part)
        key = given[1] if given else part
        if given is None or key not in ModelOptions.__dataclass_fields__:
            known = ", ".join(ModelOptions.__dataclass_fields__)
            raise ModelError(
                f"The model {base} has no option {key!r}. Known are: {known}; each as KEY=VALUE."
            )
        value = given[2] if given[2] is not None else given[3]
        found[key] = _number(key, value) if key in ("tokens", "dimensions") else value
    pooling, precision = found.get("pooling"), found.get("precision")
    if pooling is not None and pooling not in get_args(Pooling):
        raise ModelError(f"{pooling!r} is no way to pool; there are {', '.join(get_args(Pooling))}.")
    if precision is not None and precision not in get_args(Precision):
        raise ModelError(f"{precision!r} is no precision; there are {', '.join(get_args(Precision))}.")
    return base, ModelOptions(**cast("dict[str, None]", found))


def join_options(base: str, options: ModelOptions) -> str:
    """The name that `split_options` takes apart. Raises ModelError: a value cannot be written there."""
    parts = [base]
    for name in ModelOptions.__dataclass_fields__:
        value = getattr(options, name)
        if value is not None:
            parts.append(f'{name}="{value}"' if name in ("query", "passage") else f"{name}={value}")
    joined = " | ".join(parts)
    if split_options(joined) != (base, options):
        raise ModelError("A prompt cannot hold a quotation mark, nor the sign between options. Leave it out.")
    return joined


def _number(key: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 8 <= int(value) <= 100_000:
        raise ModelError(f"The option {key}={value} is no number from 8 to 100000.")
    return int(value)
