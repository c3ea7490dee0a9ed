"""A language model behind any server that speaks OpenAI's chat API: one streamed call, errors in plain words.

The key goes to the address it was given for and nowhere else: redirects are not followed, what the
environment would add to a request is taken off again, and no message or log line holds it.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypedDict
from urllib.parse import urlsplit

from explorer.errors import ChatError

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

log = logging.getLogger(__name__)

STALL_SECONDS = 90.0
"""How long a server may say nothing: a large prompt on a model without a GPU takes about a minute to read."""
CONNECT_SECONDS = 10.0
LONGEST = 100_000
"""Characters of one answer. Ours are a page or two; a model that repeats itself has no end."""
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
    that want none. Raises ChatError where the address or the key cannot be right.
    """

    def __init__(
        self, address: str, model: str, key: str | None = None, stall: float = STALL_SECONDS
    ) -> None:
        self.address = _plain_address(address)
        self.model = model.strip()
        self.stall = stall
        self._key = (key or "").strip()
        self._host = _checked_host(self.address)
        if not self.model:
            raise ChatError(
                f"No model is named for {self.place}. Choose one in Settings (or EXPLORER_CHAT_MODEL)."
            )
        if not (self._key.isascii() and self._key.isprintable()):
            raise ChatError("The key holds characters that no key has. Copy it again into Settings.")

    @property
    def place(self) -> str:
        """The address as messages show it: without a query, which may hold secrets."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}{parts.path}"

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
        # A proxy is for what lies outside: text for a model on this machine must not take the way through it.
        own = urlsplit(self.address).hostname or ""
        direct = {f"all://{_bracketed(own)}": None} if _is_this_machine(own) else None
        http = httpx2.Client(
            follow_redirects=False,
            timeout=timeout,
            mounts=direct,
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

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        """Every failure of the client as a ChatError without a cause: causes may quote the request."""
        import httpx2
        import openai

        try:
            yield
        except ChatError:
            raise
        except openai.APIStatusError as error:
            message = self._refusal(
                error.status_code, _said(error.body), error.response.headers.get("location")
            )
        except (openai.APITimeoutError, httpx2.TimeoutException):
            message = (
                f"{self.place} said nothing for {self.stall:.0f} seconds. It may be loading the model or be "
                "too busy: ask again in a moment, or choose a smaller model."
            )
        except (openai.APIConnectionError, httpx2.TransportError) as error:
            message = self._unreachable(error)
        except openai.APIError as error:
            message = f"{self.place} reported an error in its answer: {_short(error.message)} Ask again."
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            message = (
                f"{self.place} gave an answer that is not OpenAI's chat API ({type(error).__name__}). "
                "Check the address in Settings; it usually ends in /v1."
            )
        else:
            return
        message = redact(message, self._key)
        log.warning("Chat request failed: %s", message)
        raise ChatError(message) from None

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
            401: f"refused the key (HTTP 401). Check the key in Settings, or EXPLORER_CHAT_KEY.{said}",
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


class ChatKeys:
    """Keys in memory only, each for the address it was given for. Safe to share between threads."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def get(self, address: str) -> str | None:
        """The key for exactly this address (a slash at its end aside)."""
        return self._keys.get(_plain_address(address))

    def set(self, address: str, key: str | None) -> None:
        """Keep a key until the program ends; None or nothing forgets it."""
        self._keys.pop(_plain_address(address), None)
        if key and key.strip():
            self._keys[_plain_address(address)] = key.strip()


def redact(text: str, *secrets: str | None) -> str:
    """`text` without the given secrets, for messages and logs."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "•••")
    return text


def same_address(one: str, other: str) -> bool:
    """Whether two addresses name the same server (a slash at their end aside)."""
    return _plain_address(one) == _plain_address(other)


def _plain_address(address: str) -> str:
    return address.strip().rstrip("/").removesuffix("/chat/completions")


def _checked_host(address: str) -> str:
    parts = urlsplit(address)
    try:
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        parts = parts._replace(netloc="")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ChatError(
            "The address of the language model is no web address. It looks like http://localhost:11434/v1."
        )
    if parts.username or parts.password:
        raise ChatError(
            "The address of the language model holds a user name or password. Put the key in its own field."
        )
    import httpx2

    return httpx2.URL(address).netloc.decode("ascii")


def _is_this_machine(host: str) -> bool:
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _said(body: Any) -> str:
    """What the server gave as its reason, in the shapes that servers use."""
    found: Any = body
    for _ in range(2):
        if isinstance(found, dict):
            found = found.get("message") or found.get("detail") or found.get("error")
    return _short(found) if isinstance(found, str) else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else line[:199] + "…"
