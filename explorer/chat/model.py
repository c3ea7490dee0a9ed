"""A language model behind any server that speaks OpenAI's chat API: one streamed call, errors in plain words.

The key goes to the address it was given for and nowhere else: redirects are not followed, what the
environment would add to a request is taken off again, and no message or log line holds it.
"""

from __future__ import annotations

import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, TypedDict
from urllib.parse import urlsplit

from explorer import addresses
from explorer.errors import ChatError, PromptTooLong
from explorer.settings import variable

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

log = logging.getLogger(__name__)

STALL_SECONDS = 90.0
"""A server may say nothing for this long: a model without a GPU takes about a minute to read a large
prompt."""
CONNECT_SECONDS = 10.0
LONGEST = 100_000
"""The most characters of one answer. Answers are a page or two; a model that repeats itself has no end."""
WAIT_SECONDS = 0.5
"""How often whoever reads an answer that does not come may stop it."""
ASK_SECONDS = 1.5
"""How long a server may take to say what its model is like: the first answer waits for it."""
MAX_RETRIES = 1
"""One more try after a dropped connection, 429 or 5xx; the client waits as the server asks it to."""

_TOO_LONG = re.compile(
    r"context[ _-]?(?:length|window|size)|maximum context|too many tokens|token limit|"
    r"(?:prompt|input|request) is too (?:long|large)|exceeds? .{0,60}\btokens",
    re.IGNORECASE,
)
_SAID_CONTEXT = re.compile(
    r"(?:maximum context|context[ _-]?(?:length|window|size)|n_ctx)\D{0,40}?(\d[\d,]{2,8})", re.IGNORECASE
)
_CONTEXTS = ("max_model_len", "context_length", "context_window", "max_context_length", "n_ctx")
"""What servers call the tokens that a model takes, in their list of models. The list is no part of the
protocol's text, and what a model was trained with (`n_ctx_train`) is not what it was started with."""
_MOST_LISTED = 500
_LEAST_CONTEXT = 256
_FAILS = 500
"""The status from which on a server says that it fails, as one does that still loads its model."""
_HEADERS = {"host", "accept", "accept-encoding", "connection", "content-type", "content-length"}
_HEADERS |= {"transfer-encoding", "user-agent"}


class Turn(TypedDict):
    """One message of the chat protocol."""

    role: Literal["system", "user", "assistant"]
    content: str


class _Call:
    """One request, between the thread that makes it and the one that reads it."""

    def __init__(self) -> None:
        self.arrived: SimpleQueue[str | BaseException | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._response: httpx2.Response | None = None
        self.is_over = False

    def begun(self, response: httpx2.Response) -> None:
        with self._lock:
            self._response = response

    def hang_up(self) -> None:
        """Nobody reads any more: cut the connection, so that the server stops working too. Where it has not
        begun to answer, there is nothing to cut yet; the connection ends once it has."""
        with self._lock:
            self.is_over, response = True, self._response
        stream = response.extensions.get("network_stream") if response is not None else None
        connection = stream.get_extra_info("socket") if stream is not None else None
        if connection is not None:
            with suppress(OSError):  # it was over already
                connection.shutdown(socket.SHUT_RDWR)


class ChatModel:
    """One model at one address. Safe to share between threads.

    `address` is what the protocol calls the base URL, mostly ending in `/v1`. `key` may be None for servers
    that want none; `tell` is called with the bytes of each request that went out. `context`: how many tokens
    the model takes with its answer, where somebody said. Raises ChatError where the address or the key cannot
    be right.
    """

    def __init__(
        self,
        address: str,
        model: str,
        key: str | None = None,
        stall: float = STALL_SECONDS,
        tell: Callable[[int], None] = lambda _: None,
        *,
        context: int | None = None,
    ) -> None:
        self.address = addresses.plain(address)
        self.model = model.strip()
        self.stall = stall
        self.context = context
        self._tell = tell
        try:
            self._host = addresses.host(self.address)
        except ValueError as error:
            raise ChatError(f"The address of the language model {error}") from None
        if not self.model:
            raise ChatError(
                f"No model is named for {self.place}. Choose one in Settings (or {variable('chat_model')})."
            )
        try:
            self._key = addresses.usable_key(key)
        except ValueError as error:
            raise ChatError(str(error)) from None

    @property
    def place(self) -> str:
        """The address as messages show it: without a query, which may hold secrets."""
        return addresses.shown(self.address)

    def stream(self, turns: Sequence[Turn]) -> Iterator[str]:
        """The pieces of the answer as they arrive, "" while none does, twice a second; closing the iterator
        ends the request.

        Raises:
            ChatError: the server refused, failed, was silent for `stall` seconds, broke off, has
                no end or is not there.
            PromptTooLong: it takes no request of this length.
        """
        call = _Call()
        threading.Thread(target=self._receive, args=(turns, call), name="chat", daemon=True).start()
        try:
            while True:
                try:
                    found = call.arrived.get(timeout=WAIT_SECONDS)
                except Empty:
                    found = ""
                if found is None:
                    return
                if isinstance(found, BaseException):
                    raise found
                yield found
        finally:
            call.hang_up()

    def _receive(self, turns: Sequence[Turn], call: _Call) -> None:
        """Hands on what arrives, on a thread of its own, until nobody listens any more."""
        try:
            for piece in self._pieces(turns, call):
                call.arrived.put(piece)
            call.arrived.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the answer is read
            call.arrived.put(error)

    def _pieces(self, turns: Sequence[Turn], call: _Call) -> Iterator[str]:
        finished, left = False, LONGEST
        with self._plain_errors(), self._client() as client:
            messages: Any = list(turns)
            with client.chat.completions.create(model=self.model, messages=messages, stream=True) as events:
                call.begun(events.response)
                for event in events:
                    if call.is_over:
                        return
                    for choice in event.choices or ():
                        finished = finished or choice.finish_reason is not None
                        piece = choice.delta.content if choice.delta is not None else None
                        if not piece:
                            continue
                        left -= len(piece)
                        if left < 0:
                            raise ChatError(
                                f"{self.place} did not come to an end and was stopped after {LONGEST:,} "
                                "characters. Ask again, or choose another model in Settings."
                            )
                        yield piece
        if not finished:
            raise ChatError(
                f"{self.place} broke off in the middle of its answer, or does not speak OpenAI's chat API. "
                "Ask again; if it happens each time, check the address in Settings (it usually ends in /v1)."
            )

    def told_context(self) -> int | None:
        """How many tokens the model takes with its answer, as the server's list of models tells; None where
        it has none, or it does not tell.

        Raises:
            ChatError: the server is not there, fails, or says nothing for `ASK_SECONDS`.
        """
        for one in self._listed():
            if one.get("id") == self.model:
                inner = one.get("meta")
                known = {**(inner if isinstance(inner, Mapping) else {}), **one}
                sizes = [known[name] for name in _CONTEXTS if isinstance(known.get(name), int)]
                return next((size for size in sizes if size >= _LEAST_CONTEXT), None)
        return None

    def listed_models(self) -> list[str]:
        """The names of the models that the server lists, at most 500, in its order; none where it has no such
        list. Raises as `told_context`."""
        names = [one.get("id") for one in self._listed()[:_MOST_LISTED]]
        return list(dict.fromkeys(name for name in names if isinstance(name, str) and name.strip()))

    def _listed(self) -> list[Mapping[str, Any]]:
        """The entries of the server's list of models. Raises as `told_context`."""
        import openai

        listed: Any = None
        with self._plain_errors(), self._client() as client:
            asking = client.with_options(timeout=ASK_SECONDS, max_retries=0)
            try:
                listed = asking.get("/models", cast_to=object)
            except openai.APIStatusError as error:
                if error.status_code >= _FAILS:
                    raise
                log.info("%s does not list its models (HTTP %s)", self.place, error.status_code)
        models = listed.get("data") if isinstance(listed, Mapping) else None
        return [one for one in models if isinstance(one, Mapping)] if isinstance(models, list) else []

    def _client(self) -> OpenAI:
        import httpx2
        from openai import OpenAI

        timeout = httpx2.Timeout(self.stall, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
        http = httpx2.Client(
            follow_redirects=False,
            timeout=timeout,
            mounts=addresses.direct(self.address),
            event_hooks={"request": [self._leave_only_ours]},
        )
        return OpenAI(
            base_url=self.address, api_key=self._key or "none", max_retries=MAX_RETRIES, http_client=http
        )

    def _leave_only_ours(self, request: httpx2.Request) -> None:
        """Take off what OPENAI_* variables and the client add: organisation, platform, headers for others."""
        if request.url.netloc.decode("ascii") != self._host:
            raise ChatError(f"A request meant for {self.place} was about to go elsewhere; it was not sent.")
        for name in list(request.headers):
            if name.lower() not in _HEADERS:
                del request.headers[name]
        request.headers["user-agent"] = "document-explorer"
        if self._key:
            request.headers["authorization"] = f"Bearer {self._key}"
        addresses.count_body(request, self._tell)

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        """Every failure of the client as a ChatError without a cause: causes may quote the request."""
        import httpx2
        import openai

        try:
            yield
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            # What the server said may quote a document: it is shown, and not logged.
            log.warning("Chat request to %s failed (%s)", self.place, type(error).__name__)
            said = addresses.redact(self._message(error), self._key)
            if isinstance(error, openai.APIStatusError) and _is_too_long(error.status_code, error.body):
                raise PromptTooLong(said, _said_context(error.body)) from None
            raise ChatError(said) from None

    def _message(self, error: Exception) -> str:
        import httpx2
        import openai

        match error:
            case openai.APIStatusError():
                said = addresses.said(error.body, self._key)
                return self._refusal(error.status_code, said, error.response.headers.get("location"))
            case openai.APITimeoutError() | httpx2.TimeoutException():
                return (
                    f"{self.place} said nothing for {self.stall:.0f} seconds. It may be loading the model or "
                    "be too busy: ask again in a moment, or choose a smaller model."
                )
            case openai.APIConnectionError() | httpx2.TransportError():
                return self._unreachable(error)
            case openai.APIError():
                reason = addresses.short(error.message, self._key)
                return f"{self.place} reported an error in its answer: {reason} Ask again."
        return (
            f"{self.place} gave an answer that is not OpenAI's chat API ({type(error).__name__}). "
            "Check the address in Settings; it usually ends in /v1."
        )

    def _unreachable(self, error: Exception) -> str:
        cause = error.__cause__ or error
        if type(cause).__name__ in ("RemoteProtocolError", "ReadError"):
            return f"The connection to {self.place} was cut while it answered. Ask again."
        return (
            f"{self.place} cannot be reached ({type(cause).__name__}). Check that the server runs and that "
            "the address in Settings is right."
        )

    def _refusal(self, status: int, said: str, location: str | None) -> str:
        said = f' It said: "{said}"' if said else ""
        if 300 <= status < 400:
            target = urlsplit(location or "").netloc or "another path"
            return (
                f"{self.place} sends its callers on to {target} (HTTP {status}). Redirects are not followed, "
                "so that the key stays where it belongs. If you trust that address, put it into Settings."
            )
        advice = {
            400: f"did not accept the request (HTTP 400). Check the model, or ask about less.{said}",
            401: f"refused the key (HTTP 401). Check the key in Settings, or {variable('chat_key')}.{said}",
            403: f"does not allow this (HTTP 403). Check the key and what it may use.{said}",
            404: (
                f"does not know the model '{self.model}', or is not the right address (HTTP 404). Check both "
                f"in Settings; the address usually ends in /v1.{said}"
            ),
            413: f"finds the request too large (HTTP 413). Ask about fewer documents.{said}",
            429: f"is over its limit or out of credit (HTTP 429). Wait a moment and ask again.{said}",
        }
        other = f"failed (HTTP {status}). Ask again in a moment; the server's own log says more.{said}"
        return f"{self.place} {advice.get(status, other)}"


def _is_too_long(status: int, body: object) -> bool:
    return status == 413 or (status in (400, 422) and bool(_TOO_LONG.search(str(body))))


def _said_context(body: object) -> int | None:
    """How many tokens a refusal says that the model takes."""
    found = _SAID_CONTEXT.search(str(body))
    number = int(found[1].replace(",", "")) if found else 0
    return number if number >= _LEAST_CONTEXT else None
