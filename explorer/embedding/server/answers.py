"""What an embedding server's answer means: vectors, or which kind of failure."""

from __future__ import annotations

import base64
import email.utils
import json
import time
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from explorer import addresses
from explorer.errors import ModelError
from explorer.settings import variable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explorer.arrays import Vectors

_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_TOO_LARGE = 413
_PERHAPS_TOO_LARGE = frozenset({400, 422})
_CHECK_BOTH = "Check both in Settings; the address usually ends in /v1"
_NOT_ACCEPTED = f"did not accept the request. Check the model, or make {variable('embed_tokens')} smaller"


class TooLarge(ModelError):  # noqa: N818 (named as the others are)
    """The server does not take this much at once, or dislikes one of the texts."""


class PassingFailure(Exception):  # noqa: N818 - an event on the way, never shown
    """A failure that may be gone at the next try.

    `wait` is what the server asks for, in seconds; `said` its reason, which may quote what it was sent.
    """

    def __init__(self, what: str, wait: float | None = None, said: str = "") -> None:
        super().__init__(what)
        self.wait = wait
        self.said = said


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """What came back for one request of `texts` texts; the names of `headers` are found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    texts: int


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """Reads the answers for one model at one address; its messages name both."""

    shown: str
    """The address as messages show it."""
    model: str

    def vectors(self, answer: ServerAnswer, key: str) -> Vectors:
        """(texts, dimension) float32 of length 1, in the order of the texts.

        Raises PassingFailure, TooLarge or ModelError for all other answers. Their messages may still hold the
        key where a server repeats it.
        """
        if answer.status != 200:
            raise self._refusal(answer, key)
        try:
            content = json.loads(answer.body)
            if isinstance(content, dict) and not content.get("data") and (said := _reason(content, key)):
                raise ModelError(f"{self.shown} gave no embeddings (HTTP 200).{said}")
            return _vectors(content, answer.texts)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise self.none(addresses.short(str(error), key)) from None

    def none(self, what: str) -> ModelError:
        """The error for an answer that is not one of the protocol; `what` says in which way."""
        return ModelError(
            f"{self.shown} gave an answer that is not OpenAI's /v1/embeddings ({what}). Check the address "
            "in Settings; it usually ends in /v1."
        )

    def _refusal(self, answer: ServerAnswer, key: str) -> ModelError | PassingFailure:
        """What an answer other than 200 means."""
        status, said = answer.status, _reason(_parsed(answer.body), key)
        if status in _PASSING:
            return PassingFailure(f"{self.shown} failed (HTTP {status}).", retry_after(answer.headers), said)
        if status == _TOO_LARGE:
            return TooLarge(f"{self.shown} finds the request too large (HTTP {status}).{said}")
        if status in _PERHAPS_TOO_LARGE and answer.texts > 1:
            return TooLarge(f"{self.shown} refused {answer.texts} texts (HTTP {status}).{said}")
        if 300 <= status < 400:
            return ModelError(
                f"{self.shown} sends its callers on to another address (HTTP {status}). Redirects are not "
                "followed, so that the key stays where it belongs. If you trust that address, set it instead."
            )
        return ModelError(f"{self.shown} {self._advice(status)} (HTTP {status}).{said}")

    def _advice(self, status: int) -> str:
        advice = {
            400: _NOT_ACCEPTED,
            401: f"refused the key. Check the key in Settings, or {variable('embed_key')}",
            403: "does not allow this. Check the key and what it may use",
            404: f"does not know the model '{self.model}', or the address is not right. {_CHECK_BOTH}",
            405: f"takes no such request at this address. {_CHECK_BOTH}",
            422: _NOT_ACCEPTED,
        }
        return advice.get(status, "refused the request")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait, however the header says it (RFC 9110, 10.2.3); None without.

    A date that names no zone is one of UTC, as the older forms of it always are.
    """
    value = str(headers.get("retry-after", "")).strip()
    try:
        return max(0.0, float(value)) if value else None
    except ValueError:
        pass
    try:
        date = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    return float(max(moment - time.time(), 0.0))


def _parsed(body: bytes) -> Any:
    """What a body of JSON says; None for any other."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _reason(content: Any, key: str) -> str:
    """What a server says about its failure, as the end of a message; nothing where it says nothing."""
    said = addresses.said(content, key)
    return f' It said: "{said}"' if said else ""


def _vectors(content: Any, count: int) -> Vectors:
    """Raises ValueError, KeyError or TypeError for what is no answer to a request of `count` texts."""
    import numpy as np

    rows = content["data"]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("no list of vectors")
    places = [row.get("index", number) for number, row in enumerate(rows)]
    if sorted(places) != list(range(count)):
        raise ValueError(f"{len(rows)} vectors for {count} texts")
    given = [rows[places.index(number)]["embedding"] for number in range(count)]
    found = np.asarray([_numbers(one) for one in given], np.float64)
    if found.ndim != 2 or not found.shape[1] or not np.isfinite(found).all():
        raise ValueError("vectors of different lengths, or numbers that are none")
    largest = np.abs(found).max(axis=1, keepdims=True)
    if not largest.all():
        raise ValueError("a vector of zeros")
    found /= largest  # no square of a number overflows now, or comes to nothing
    vectors: Vectors = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return vectors


def _numbers(embedding: Any) -> Any:
    """Some servers answer in base64, float32 with the low byte first, whatever they were asked for."""
    import numpy as np

    if isinstance(embedding, str):
        return np.frombuffer(base64.b64decode(embedding, validate=True), "<f4")
    return embedding
