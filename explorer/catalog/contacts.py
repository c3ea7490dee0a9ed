"""The addresses outside the program that its requests go to: how many went there, and how many bytes.

Nothing of what was asked is kept, and no key: an address, what it is for, four figures and two moments. Who
sends a request says so by `count`, and goes on at once: a thread writes it down. So a kill loses the count of
the last moment, and a full disk or a catalogue that is busy holds up nobody's question.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any

import apsw

from explorer.catalog.chosen_settings import CONTACTS
from explorer.catalog.columns import dumps, fetch_one, now
from explorer.catalog.database import Database
from explorer.errors import StorageError

log = logging.getLogger(__name__)

_RETRY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Contact:
    """One address for one purpose. Times are seconds since 1970; `octets` are those of bodies."""

    purpose: str
    address: str
    since: float | None = None
    """When this library first saw it set up; None once it is not any more."""
    first: float | None = None
    """When the first request went there, and the last one."""
    last: float | None = None
    requests: int = 0
    octets: int = 0


_Key = tuple[str, str]


class Contacts:
    """`catalog.contacts`. Safe to share between threads; each process counts its own requests."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unsaved: dict[_Key, Contact] = {}
        self._guard = threading.Lock()
        self._saving = threading.Lock()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def count(self, purpose: str, address: str, octets: int) -> None:
        """A request went to this address, with a body of so many bytes."""
        moment = now()
        with self._guard:
            one = Contact(purpose, address, first=moment, last=moment, requests=1, octets=octets)
            self._unsaved[purpose, address] = _added(self._unsaved.get((purpose, address)), one)
            if self._thread is None and not self._database.is_read_only:
                self._thread = threading.Thread(target=self._run, name="contacts", daemon=True)
                self._thread.start()
        self._wake.set()

    def note(self, set_up: Collection[_Key]) -> None:
        """What is set up at this moment, as (purpose, address): it is noted since when.

        What is not any more stays listed if anything went there. Raises StorageError.
        """
        with self._database.read() as con:
            before = _stored(con)
            if self._database.is_read_only or _noted(before, set_up) == before:
                return
        with self._database.write() as con:
            _keep(con, _noted(_stored(con), set_up))

    def all(self) -> list[Contact]:
        """Every address that is set up or that anything went to, in order of purpose and address."""
        with self._saving:
            with self._database.read() as con:
                found = _stored(con)
            with self._guard:
                unsaved = dict(self._unsaved)
        for key, more in unsaved.items():
            found[key] = _added(found.get(key), more)
        return [found[key] for key in sorted(found)]

    def forget(self) -> None:
        """Pass over what this process has counted and not written down yet."""
        with self._saving, self._guard:
            self._unsaved.clear()

    def close(self) -> None:
        """Write down what is not yet; what cannot be is said in the log."""
        self._closed.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(5.0)
        self._try_to_save()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._wake.wait()
            self._wake.clear()
            while not self._try_to_save():
                if self._closed.wait(_RETRY_SECONDS):
                    return

    def _try_to_save(self) -> bool:
        try:
            self._save()
        except StorageError as error:
            log.warning("what was sent where cannot be written down: %s", error)
            return False
        return True

    def _save(self) -> None:
        with self._saving:  # so that nobody reads what is neither here nor there
            with self._guard:
                unsaved = dict(self._unsaved)
            if not unsaved or self._database.is_read_only:
                return
            with self._database.write() as con:
                found = _stored(con)
                for key, more in unsaved.items():
                    found[key] = _added(found.get(key), more)
                _keep(con, found)
            with self._guard:
                for key, saved in unsaved.items():
                    left = _less(self._unsaved[key], saved)
                    if left.requests:
                        self._unsaved[key] = left
                    else:
                        del self._unsaved[key]


def _added(one: Contact | None, more: Contact) -> Contact:
    if one is None:
        return more
    return replace(
        one,
        first=one.first or more.first,
        last=max(one.last or 0.0, more.last or 0.0),
        requests=one.requests + more.requests,
        octets=one.octets + more.octets,
    )


def _less(one: Contact, saved: Contact) -> Contact:
    return replace(one, requests=one.requests - saved.requests, octets=one.octets - saved.octets)


def _noted(before: dict[_Key, Contact], set_up: Collection[_Key]) -> dict[_Key, Contact]:
    after = {}
    for key in {*before, *set_up}:
        one = before.get(key) or Contact(*key)
        if key in set_up:
            after[key] = one if one.since is not None else replace(one, since=now())
        elif one.requests:
            after[key] = replace(one, since=None)
    return after


def _stored(con: apsw.Connection) -> dict[_Key, Contact]:
    row = fetch_one(con, "SELECT value FROM setting WHERE key = ?", (CONTACTS,))
    rows: list[dict[str, Any]] = [] if row is None else json.loads(row[0])
    return {(one["purpose"], one["address"]): Contact(**one) for one in rows}


def _keep(con: apsw.Connection, contacts: dict[_Key, Contact]) -> None:
    con.execute("DELETE FROM setting WHERE key = ?", (CONTACTS,))
    if contacts:
        rows = [asdict(contacts[key]) for key in sorted(contacts)]
        con.execute("INSERT INTO setting VALUES (?, ?)", (CONTACTS, dumps(rows)))
