"""Servers that a person connects: their addresses, the keys that belong to these, and what they say.

A key goes to the address it was given for and nowhere else, so every part that talks to a server uses these.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    import httpx2

_ENDPOINTS = ("/chat/completions", "/embeddings")
_LONGEST = 200
"""How many characters are shown of what a server gives as its reason."""


class Keys:
    """Keys in memory only, each for the address it was given for. Safe to share between threads."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def get(self, address: str) -> str | None:
        """The key for exactly this address (a slash at its end aside)."""
        return self._keys.get(plain(address))

    def set(self, address: str, key: str | None) -> None:
        """Keep a key until the program ends; None or an empty one forgets it."""
        self._keys.pop(plain(address), None)
        if key and key.strip():
            self._keys[plain(address)] = key.strip()

    def all(self) -> dict[str, str]:
        """Every address that has a key, with it."""
        return dict(self._keys)


def plain(address: str) -> str:
    """The address as the protocol's base URL, without the slash or endpoint that was typed at its end."""
    found = address.strip().rstrip("/")
    for endpoint in _ENDPOINTS:
        found = found.removesuffix(endpoint)
    return found


def same(one: str, other: str) -> bool:
    """Whether two addresses name the same server (a slash at their end aside)."""
    return plain(one) == plain(other)


def shown(address: str) -> str:
    """The address as messages show it: without a query or what stands before an @, which may hold secrets."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def host(address: str) -> str:
    """Host and port, as requests name them. Raises ValueError, which says what is wrong with the address."""
    parts = urlsplit(address)
    try:
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        parts = parts._replace(netloc="")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is no web address. It looks like http://localhost:11434/v1.")
    if parts.username or parts.password:
        raise ValueError("holds a user name or password. Put the key in its own field.")
    import httpx2

    return httpx2.URL(address).netloc.decode("ascii")


def usable_key(key: str | None) -> str:
    """The key without the blanks around it. Raises ValueError where it holds characters that no key has."""
    found = (key or "").strip()
    if not (found.isascii() and found.isprintable()):
        raise ValueError("The key holds characters that no key has. Copy it again into Settings.")
    return found


def direct(address: str) -> dict[str, None] | None:
    """Mounts for an HTTP client that reach this machine past any proxy; None for an address outside."""
    own = urlsplit(address).hostname or ""
    bracketed = f"[{own}]" if ":" in own else own
    return {f"all://{bracketed}": None} if is_this_machine(address) else None


def is_this_machine(address: str) -> bool:
    """Whether an address is one of this machine (loopback), which nothing leaves."""
    parts = urlsplit(address)
    name = parts.hostname or ""
    if not name and parts.scheme == "postgresql":
        return True  # by a socket in a folder
    if name.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def proxy(address: str) -> str | None:
    """The proxy that the environment names for an address, as messages show it; None where it names none.

    This machine is reached past any proxy.
    """
    parts = urlsplit(address)
    if is_this_machine(address) or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    known = getproxies()
    found = known.get(parts.scheme) or known.get("all")
    return None if found is None else shown(found if "://" in found else f"http://{found}")


def count_body(request: httpx2.Request, tell: Callable[[int], None]) -> None:
    """Have `tell` called with the bytes of a request's body that went out, once they have, even if not all.

    A request that found no connection is not told.
    """
    import httpx2

    body = request.stream

    class Counted(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            octets = 0
            try:
                for part in body:  # type: ignore[union-attr]
                    octets += len(part)
                    yield part
            finally:
                tell(octets)

        def close(self) -> None:
            if isinstance(body, httpx2.SyncByteStream):
                body.close()

    request.stream = Counted()


def said(body: Any, *secrets: str | None) -> str:
    """What a server gave as its reason, in the shapes that servers use, without the given secrets."""
    found: Any = body
    for _ in range(2):
        if isinstance(found, dict):
            found = found.get("message") or found.get("detail") or found.get("error")
    return short(found, *secrets) if isinstance(found, str) else ""


def short(text: str, *secrets: str | None) -> str:
    """One line of at most 200 characters, without the given secrets.

    The secrets go before it is cut: half of one, left by the cut, would no longer be found.
    """
    line = " ".join(redact(text, *secrets).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def redact(text: str, *secrets: str | None) -> str:
    """`text` without the given secrets, for messages and logs."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "•••")
    return text
