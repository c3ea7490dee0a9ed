"""A request to an embedding server, and what to do when it fails: ask again later, or say what is wrong."""

from __future__ import annotations

import base64
import email.utils
import json
import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Any

from explorer import addresses
from explorer.errors import ModelError, ServerAway

if TYPE_CHECKING:
    import ssl

    import httpx2

    from explorer.arrays import Vectors

log = logging.getLogger(__name__)

TRIES = 7
"""With the waits between them, which add up to 31.5 seconds, a server may be away for half a minute."""
QUERY_TRIES, QUERY_SECONDS, QUERY_WAIT = 2, 10.0, 3.0
"""For a question, whose asker waits: tries, how long each may take, the longest wait between them."""
STALL_SECONDS = 60.0
"""How long a server may say nothing: loading a model takes tens of seconds."""
WHOLE_SECONDS = 300.0
"""How long one request may take whose answer arrives in drops."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds before the second try, then doubled, give or take a quarter so that not all come together."""
SPREAD = 0.25
"""After a wait that all keep, each goes on at a moment of its own within this share of it."""
PATIENCE = 120.0
"""A server that asks to wait longer than this is over its limit: that is said instead of waiting."""
CONNECT_SECONDS = 10.0
AWAY_SECONDS = 120.0
"""Once all tries have failed, those who come within so many seconds have one, until one succeeds."""
_BYTES_A_TEXT = 1 << 18
"""Most that is read of an answer: 16,000 numbers in decimal for each text."""
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_TOO_LARGE = 413
_PERHAPS_TOO_LARGE = frozenset({400, 422})
_CHECK_BOTH = "Check both in Settings; the address usually ends in /v1"
_NOT_ACCEPTED = "did not accept the request. Check the model, or make EXPLORER_EMBED_TOKENS smaller"


class TooLarge(ModelError):  # noqa: N818 (named as the others are)
    """The server does not take so much at once, or dislikes one of the texts."""


class _Passing(Exception):  # noqa: N818 - an event on the way, never shown
    """A failure that may be gone at the next try.

    `wait` is what the server asks for, in seconds; `said` its reason, which may quote what it was sent.
    """

    def __init__(self, what: str, wait: float | None = None, said: str = "") -> None:
        super().__init__(what)
        self.wait = wait
        self.said = said


class Requests:
    """Asks one model at one address. Safe to use from several threads, which wait together."""

    def __init__(self, address: str, model: str, key_of: Callable[[str], str | None]) -> None:
        """Raises ModelError where the address cannot be right."""
        self._address = addresses.plain(address)
        self._shown = addresses.shown(self._address)
        self._model = model
        self._key_of = key_of
        self._client_kept: httpx2.Client | None = None
        self._tls: ssl.SSLContext | None = None
        self._guard = threading.Lock()
        self._not_before = 0.0
        self._spread = 0.0
        self._away_until = 0.0
        try:
            addresses.host(self._address)
        except ValueError as error:
            raise ModelError(f"The address of the embedding server {error}") from None

    def embed(
        self, texts: Sequence[str], *, is_question: bool = False, unwanted: threading.Event | None = None
    ) -> Vectors:
        """(n, dimension) float32 of length 1 for n ≥ 1 texts, in at most TRIES requests.

        A question is asked at once, whatever others were told to wait, and given up soon. Once `unwanted` is
        set, nothing is waited for and nothing more is sent.

        Raises:
            TooLarge: fewer or shorter texts might do.
            ServerAway: the server was not there, or failed, for longer than is waited.
            ModelError: the server refused or sent something else, or the vectors are unwanted.
        """
        tries, patience = (QUERY_TRIES, QUERY_WAIT) if is_question else (self._tries(), PATIENCE)
        unwanted = unwanted or threading.Event()
        try:
            key = addresses.usable_key(self._key_of(self._address))
        except ValueError as error:
            raise ModelError(str(error)) from None
        for attempt in range(1, tries + 1):
            if not is_question:
                self._wait_for_turn(unwanted)
            try:
                vectors = self._once(texts, key, is_question)
            except _Passing as failure:
                wait = failure.wait if failure.wait is not None else _pause(attempt)
                is_last = attempt == tries or wait > patience
                if not is_last or (failure.wait is not None and wait <= PATIENCE):
                    self._hold_back(wait)
                if is_last:
                    if not is_question and tries > 1:
                        self._away_until = time.monotonic() + AWAY_SECONDS
                    asked = f" It asks to wait {wait:.0f} seconds." if wait > patience else ""
                    message = f"{failure}{failure.said}{asked} Try again later."
                    raise ServerAway(addresses.redact(message, key)) from None
                log.warning("Embedding request failed (try %d of %d): %s", attempt, tries, failure)
                if is_question:
                    unwanted.wait(wait)
            except ModelError as error:
                raise type(error)(addresses.redact(str(error), key)) from None
            else:
                self._away_until = 0.0
                return vectors
        raise AssertionError("the last try returns or raises")

    def _tries(self) -> int:
        return 1 if time.monotonic() < self._away_until else TRIES

    def _hold_back(self, wait: float) -> None:
        """Let all wait: one that was told to speaks for all."""
        with self._guard:
            moment = time.monotonic() + wait
            if moment > self._not_before:
                self._not_before, self._spread = moment, wait * SPREAD

    def _wait_for_turn(self, unwanted: threading.Event) -> None:
        share = random.random()  # noqa: S311
        while not unwanted.wait(max(self._turn(share) - time.monotonic(), 0.0)):
            if self._turn(share) <= time.monotonic():
                return
        raise ModelError(f"{self._shown} was not asked again: what it was asked for is no longer wanted.")

    def _turn(self, share: float) -> float:
        with self._guard:
            return self._not_before + share * self._spread

    def _once(self, texts: Sequence[str], key: str, is_question: bool) -> Vectors:
        stall, whole = (QUERY_SECONDS, QUERY_SECONDS) if is_question else (STALL_SECONDS, WHOLE_SECONDS)
        client = self._new_client() if is_question else self._client()
        try:
            body = _in_time(partial(self._post, client, texts, key, stall, whole), whole)
        except TimeoutError:
            raise _Passing(f"{self._shown} did not answer within {whole:g} seconds.") from None
        finally:
            if is_question:  # its own, so that nobody else's request ends with one that is late
                client.close()
        try:
            answer = json.loads(body)
            if isinstance(answer, dict) and not answer.get("data") and (said := _reason(answer, key)):
                raise ModelError(f"{self._shown} gave no embeddings (HTTP 200).{said}")
            return _vectors(answer, len(texts))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise self._no_embeddings(addresses.short(str(error), key)) from None

    def _post(
        self, client: httpx2.Client, texts: Sequence[str], key: str, stall: float, whole: float
    ) -> bytes:
        """The body of an answer with status 200. Raises TimeoutError, _Passing and ModelError."""
        import httpx2

        deadline = time.monotonic() + whole
        timeout = httpx2.Timeout(stall, connect=min(stall, CONNECT_SECONDS))
        headers = {"authorization": f"Bearer {key}"} if key else {}
        asked = {"model": self._model, "input": list(map(_sendable, texts)), "encoding_format": "float"}
        try:
            with client.stream(
                "POST", f"{self._address}/embeddings", json=asked, headers=headers, timeout=timeout
            ) as answer:
                body = _read(answer, len(texts) * _BYTES_A_TEXT + (1 << 20), deadline)
                if answer.status_code != 200:
                    said = _reason(_parsed(body), key)
                    self._refuse(answer.status_code, answer.headers, said, len(texts))
                return body
        except httpx2.ConnectTimeout:
            seconds = f"{timeout.connect:g} seconds"
            raise _Passing(f"{self._shown} cannot be reached (no connection in {seconds}).") from None
        except httpx2.TimeoutException:
            raise _Passing(f"{self._shown} said nothing for {stall:g} seconds.") from None
        except httpx2.TransportError as error:
            raise _Passing(f"{self._shown} cannot be reached ({type(error).__name__}).") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise self._no_embeddings(type(error).__name__) from None

    def _client(self) -> httpx2.Client:
        with self._guard:
            if self._client_kept is None:
                self._client_kept = self._new_client()
            return self._client_kept

    def _new_client(self) -> httpx2.Client:
        import httpx2

        if self._tls is None:
            self._tls = httpx2.create_ssl_context()  # takes a hundred times as long as all the rest
        return httpx2.Client(
            verify=self._tls,
            follow_redirects=False,
            mounts=addresses.direct(self._address),
            headers={"user-agent": "document-explorer"},
        )

    def _no_embeddings(self, what: str) -> ModelError:
        return ModelError(
            f"{self._shown} gave an answer that is not OpenAI's /v1/embeddings ({what}). Check the address "
            "in Settings; it usually ends in /v1."
        )

    def _refuse(self, status: int, headers: httpx2.Headers, said: str, texts: int) -> None:
        """Raises what an answer other than 200 means."""
        if status in _PASSING:
            raise _Passing(f"{self._shown} failed (HTTP {status}).", _retry_after(headers), said)
        if status == _TOO_LARGE:
            raise TooLarge(f"{self._shown} finds the request too large (HTTP {status}).{said}")
        if status in _PERHAPS_TOO_LARGE and texts > 1:
            raise TooLarge(f"{self._shown} refused {texts} texts (HTTP {status}).{said}")
        if 300 <= status < 400:
            raise ModelError(
                f"{self._shown} sends its callers on to another address (HTTP {status}). Redirects are not "
                "followed, so that the key stays where it belongs. If you trust that address, set it instead."
            )
        advice = {
            400: _NOT_ACCEPTED,
            401: "refused the key. Check the key in Settings, or EXPLORER_EMBED_KEY",
            403: "does not allow this. Check the key and what it may use",
            404: f"does not know the model '{self._model}', or the address is not right. {_CHECK_BOTH}",
            405: f"takes no such request at this address. {_CHECK_BOTH}",
            422: _NOT_ACCEPTED,
        }
        raise ModelError(f"{self._shown} {advice.get(status, 'refused the request')} (HTTP {status}).{said}")


def _pause(attempt: int) -> float:
    return min(FIRST_WAIT * 2.0 ** (attempt - 1), LONGEST_WAIT) * random.uniform(0.75, 1.25)  # noqa: S311


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds, however the header says it (RFC 9110, 10.2.3); None where it does not.

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


def _in_time(work: Callable[[], bytes], seconds: float) -> bytes:
    """What `work` gives; TimeoutError after so many seconds, however far it is by then.

    A client's own limits begin anew with each byte, of the headers too, and looking up a name has none. So it
    has a thread of its own, which is left behind when it is late and ends with its connection.
    """
    result: Future[bytes] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as error:  # noqa: BLE001  (raised to the one who waits)
            result.set_exception(error)

    threading.Thread(target=run, name="embedding-request", daemon=True).start()
    return result.result(seconds)


def _read(answer: httpx2.Response, most: int, deadline: float) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > most:
            raise ModelError(f"{answer.url.host} sends more than embeddings can be. Check the address.")
        if time.monotonic() > deadline:
            raise TimeoutError
        parts.append(part)
    return b"".join(parts)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _reason(answer: Any, key: str) -> str:
    """What a server says about its failure, as the end of a message; nothing where it says nothing."""
    said = addresses.said(answer, key)
    return f' It said: "{said}"' if said else ""


def _vectors(answer: Any, count: int) -> Vectors:
    """Raises ValueError, KeyError or TypeError for what is no answer to a request of `count` texts."""
    import numpy as np

    rows = answer["data"]
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


def _sendable(text: str) -> str:
    """No lone surrogates, which JSON in UTF-8 cannot hold; never empty, which servers refuse."""
    return text.encode("utf-8", "replace").decode() or " "
