"""JSON over HTTP, to the one address that a person named: within its time, and led nowhere else."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from explorer import addresses
from explorer.errors import StorageError, StoreAway

if TYPE_CHECKING:
    import httpx2

    from explorer.stores.server import StoreServer

_CONNECT_SECONDS = 5.0
QUESTION_SECONDS = 10.0
"""How long a question may take. Then the library compares its passages itself."""
WRITE_SECONDS = 60.0
_MOST_BYTES = 64 << 20
"""The longest answer that is read: ten thousand ids are far below."""

Method = Literal["GET", "POST", "PUT", "DELETE"]


class StoreRequests:
    """Asks one server. For one thread at a time."""

    def __init__(self, server: StoreServer, headers: Mapping[str, str]) -> None:
        """`headers` name the headers that carry the key, with what stands before it: {"api-key": ""}. No key,
        none of these. Raises StoreAway as `StoreServer.key`."""
        # These write each request's address into the log; a person's log is no place for that.
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        self._server = server
        self._key = server.key()
        self._headers = {name: before + self._key for name, before in headers.items()} if self._key else {}
        self._made: httpx2.Client | None = None

    def ask(
        self,
        method: Method,
        path: str,
        body: Any = None,
        *,
        seconds: float = WRITE_SECONDS,
        may_lack: bool = False,
    ) -> Any:
        """What the server answers, as JSON; None for an empty answer and, with `may_lack`, where what the
        path names is not there (404).

        Raises:
            StoreAway: it cannot be reached, fails, is over its limit, wants another key or leads elsewhere.
            StorageError: it refuses this request, or answers with what is no JSON.
        """
        import httpx2

        try:
            status, text = self._exchanged(method, path, body, seconds)
        except httpx2.TimeoutException:
            raise self._away(f"did not answer within {seconds:g} seconds") from None
        except httpx2.TransportError as error:
            raise self._away(f"cannot be reached ({type(error).__name__})") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise self._away(f"is no address that can be asked ({type(error).__name__})") from None
        if status == 404 and may_lack:
            return None
        if status >= 300:
            raise self._refused(status, text)
        if not text.strip():
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise StorageError(
                f"The vector store {self._server.shown} answers with what is no JSON."
            ) from None

    def close(self) -> None:
        """Let go of the connections."""
        if self._made is not None:
            self._made.close()
        self._made = None

    def _exchanged(self, method: Method, path: str, body: Any, seconds: float) -> tuple[int, bytes]:
        import httpx2

        octets = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        headers = {**self._headers, **({"content-type": "application/json"} if octets else {})}
        timeout = httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
        address = f"{self._server.address.rstrip('/')}{path}"
        deadline = time.monotonic() + seconds
        with self._client().stream(
            method, address, content=octets, headers=headers, timeout=timeout
        ) as answer:
            parts, size = [], 0
            for part in answer.iter_bytes():
                size += len(part)
                if size > _MOST_BYTES:
                    raise StorageError(
                        f"The vector store {self._server.shown} sends more than it was asked for."
                    )
                if time.monotonic() > deadline:
                    raise httpx2.ReadTimeout("too slow")
                parts.append(part)
            return answer.status_code, b"".join(parts)

    def _client(self) -> httpx2.Client:
        import httpx2

        if self._made is None:
            self._made = httpx2.Client(
                follow_redirects=False,
                mounts=addresses.direct(self._server.address),
                headers={"user-agent": "document-explorer"},
                event_hooks={"request": [lambda one: addresses.count_body(one, self._server.sent)]},
            )
        return self._made

    def _refused(self, status: int, text: bytes) -> StorageError:
        try:
            body = json.loads(text)
        except (ValueError, RecursionError):
            body = None
        said = addresses.said(_reason(body), self._key)
        more = f": {said}" if said else ""
        if status < 400:
            return self._away(
                "leads to another address, where nothing is sent. Enter that one if it is right"
            )
        if status in (401, 403):
            return self._away(f"refuses the key, or wants one ({status}{more})")
        if status == 429:
            return self._away(f"is over its limit (429{more})")
        if status >= 500:
            return self._away(f"fails ({status}{more})")
        return StorageError(f"The vector store {self._server.shown} refuses what was asked ({status}{more}).")

    def _away(self, what: str) -> StoreAway:
        return StoreAway(f"The vector store {self._server.shown} {what}.")


def _reason(body: Any) -> Any:
    """What stands for the reason, out of the shapes of Qdrant and Weaviate too."""
    if not isinstance(body, dict):
        return body
    if isinstance(body.get("status"), dict):
        return body["status"]
    errors = body.get("error")
    return errors[0] if isinstance(errors, list) and errors else body
