"""A language model behind any server that speaks OpenAI's chat API: one streamed call, errors in plain words.

The key goes to the address it was given for and nowhere else: redirects are not followed, what the
environment would add to a request is taken off again, and no message or log line holds it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypedDict
from urllib.parse import urlsplit

from explorer import addresses
from explorer.errors import ChatError
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
MAX_RETRIES = 1
"""One more try after a dropped connection, 429 or 5xx; the client waits as the server asks it to."""

_HEADERS = {"host", "accept", "accept-encoding", "connection", "content-type", "content-length"}
_HEADERS |= {"transfer-encoding", "user-agent"}


class Turn(TypedDict):
    """One message of the chat protocol."""

    role: Literal["system", "user", "assistant"]
    content: str


class ChatModel:
    """One model at one address. Safe to share between threads.

    `address` is what the protocol calls the base URL, mostly ending in `/v1`. `key` may be None for servers
    that want none; `tell` is called with the bytes of each request that went out. Raises ChatError where the
    address or the key cannot be right.
    """

    def __init__(
        self,
        address: str,
        model: str,
        key: str | None = None,
        stall: float = STALL_SECONDS,
        tell: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.address = addresses.plain(address)
        self.model = model.strip()
        self.stall = stall
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
        """The pieces of the answer as they arrive; closing the iterator ends the request.

        Raises:
            ChatError: the server refused, failed, was silent for `stall` seconds, broke off, has
                no end or is not there.
        """
        finished, left = False, LONGEST
        with self._plain_errors(), self._client() as client:
            messages: Any = list(turns)
            with client.chat.completions.create(model=self.model, messages=messages, stream=True) as events:
                for event in events:
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
            raise ChatError(addresses.redact(self._message(error), self._key)) from None

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
