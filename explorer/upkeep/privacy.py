"""The addresses that the program talks to, and what went there: privacy at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from explorer import addresses
from explorer.worker import outgoing

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.catalog.contacts import Contact
    from explorer.worker.outgoing import Origin

_PURPOSES = {
    "chat": (
        "Language model",
        "Each question, what was asked and answered before it, and the passages that fit, with the names of "
        "their documents.",
    ),
    "embed": ("Embedding server", "The text of every document, with titles and headings, and each question."),
    "store": (
        "Vector store",
        "The vectors of all passages, with numbers for names, and that of each question. No text; but who "
        "has the embedding model can work out much of what a vector was made from.",
    ),
}


@dataclass(frozen=True, slots=True)
class OutgoingAddress:
    """One address that requests go to, or went to. Moments are in UTC."""

    address: str
    """Without a query or what stands before an @, which may hold secrets."""
    purpose: str
    """What it is, in words: "Language model"."""
    gets: str
    """What is sent there, in words."""
    is_this_machine: bool
    """Whether it is one of this machine: then nothing leaves it."""
    origin: Origin | None
    """Where it is set up; None where it is not any more."""
    proxy: str | None
    """The proxy that stands between, which sees where requests go, and all of them without https."""
    since: datetime | None
    """Since when this library knows it to be set up."""
    first: datetime | None
    last: datetime | None
    requests: int
    octets: int
    """Bytes of what was sent, without headers."""


def listed(catalog: Catalog) -> list[OutgoingAddress]:
    """What is set up now, then what was earlier and got something. Raises SettingError and StorageError."""
    now = outgoing.set_up(catalog)
    catalog.contacts.note(now)
    origins: dict[tuple[str, str], Origin] = {
        (purpose, address): one for (purpose, address), one in now.items()
    }
    contacts = {(one.purpose, one.address): one for one in catalog.contacts.all()}
    found = [
        _told(contacts[key], origins.get(key)) for key in contacts if key in origins or contacts[key].requests
    ]
    return sorted(found, key=lambda one: one.origin is None)


def _told(contact: Contact, origin: Origin | None) -> OutgoingAddress:
    purpose, gets = _PURPOSES[contact.purpose]
    return OutgoingAddress(
        address=contact.address,
        purpose=purpose,
        gets=gets,
        is_this_machine=addresses.is_this_machine(contact.address),
        origin=origin,
        proxy=addresses.proxy(contact.address) if origin is not None else None,
        since=_moment(contact.since),
        first=_moment(contact.first),
        last=_moment(contact.last),
        requests=contact.requests,
        octets=contact.octets,
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
