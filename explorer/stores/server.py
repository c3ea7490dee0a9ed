"""A server that a person named for the vectors of a library, and what the library may use there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from explorer import addresses
from explorer.errors import StoreAway
from explorer.settings import variable

if TYPE_CHECKING:
    from explorer.arrays import Ids, Vectors

_MOST_NUMBERS = 120_000
"""Numbers of vectors that go into one request: written out they are below 2 MB, the least limit of all."""
_ENCRYPTED = ("https", "postgresql")
"""PostgreSQL's own rules for certificates are asked for where it is reached
(`explorer.stores.served.pgvector`)."""


def space_of(library_id: str, library: Path) -> str:
    """How the names of a library's collections begin: `explorer_`, 16 hexadecimal digits, `_`.

    They are of the library and of the place of its folder, so that a copy of the folder, which holds the same
    library, has collections of its own. After that comes the number of the generation, which stands for a
    model and a way of cutting passages.
    """
    named = f"{library_id}\0{library.absolute()}".encode()
    return f"explorer_{hashlib.sha256(named).hexdigest()[:16]}_"


@dataclass(frozen=True, slots=True)
class StoreServer:
    """Where a store stands that is no part of this program. Nothing of a library's text goes there."""

    address: str
    space: str
    """How the names of this library's collections begin; all others there are left alone."""
    key_of: Callable[[str], str | None] = field(repr=False)
    """Gives the key that a person set for an address."""
    tell: Callable[[str, int], None] = field(repr=False, default=lambda _address, _octets: None)
    """Is told the address and the bytes of each request that goes out."""

    @property
    def shown(self) -> str:
        """The address as messages show it."""
        return addresses.shown(self.address)

    def key(self) -> str:
        """The key for this address, or "".

        Raises:
            StoreAway: it holds what no key has; or the server is on another machine and there is no key, or
                the way there is not encrypted: then nothing is sent.
        """
        try:
            key = addresses.usable_key(self.key_of(self.address))
        except ValueError as error:
            raise StoreAway(str(error)) from None
        lacks = None
        if not addresses.is_this_machine(self.address):
            if not self.address.startswith(_ENCRYPTED):
                lacks = "the way there is not encrypted. Give its address with https://."
            elif not key:
                lacks = (
                    "there is no key for it. Type the key in Settings, or set "
                    f"{variable('store_key')} beside {variable('store_url')}."
                )
        if lacks is not None:
            raise StoreAway(
                f"Nothing is sent to the vector store {self.shown}: it is on another machine, and {lacks}"
            )
        return key

    def sent(self, octets: int) -> None:
        """A request went there."""
        self.tell(self.shown, octets)

    def generation(self, name: str) -> int | None:
        """The generation whose collection has this name; None where it is not one of this library's."""
        number = name.removeprefix(self.space)
        return int(number) if number != name and number.isascii() and number.isdecimal() else None


def parts(ids: Ids, vectors: Vectors) -> Iterator[tuple[Ids, Vectors]]:
    """Ids (n,) and vectors (n, dimension) in parts that fit into one request each."""
    step = max(1, _MOST_NUMBERS // max(1, vectors.shape[1]))
    for start in range(0, len(ids), step):
        yield ids[start : start + step], vectors[start : start + step]


def written(vectors: Vectors) -> list[list[float]]:
    """Vectors (n, dimension) as rows of numbers with eight decimals: half as long in JSON as in full, and
    cosines stay the same to seven."""
    import numpy as np

    rows: list[list[float]] = np.round(vectors.astype(np.float64), 8).tolist()
    return rows
