"""A request to an embedding server with all its tries, until it is answered, refused or given up.

One try ends in one of five ways (`answers`):

- the server answers with vectors;
- it refuses the request, the key or a text: ModelError, and no other try;
- it finds the request too large: TooLarge, and `batches` sends less at once;
- it fails in a way that may pass, or is silent: another try after a wait, which all who ask it keep (`pace`);
- it asks to wait for longer than we are patient: it is over its limit, which is said instead of waiting.

After the last try that failed it is away: ServerAway. How long and how often is in `manner`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from explorer import addresses
from explorer.embedding.server.answers import AnswerReader, PassingFailure
from explorer.embedding.server.manner import PASSAGES, QUESTION
from explorer.embedding.server.pace import Pace, pause
from explorer.embedding.server.posting import Poster
from explorer.errors import ModelError, ServerAway

if TYPE_CHECKING:
    from explorer.arrays import Vectors
    from explorer.embedding.server.manner import Manner

log = logging.getLogger(__name__)


class Requests:
    """Asks one model at one address. Safe to use from several threads, which wait together."""

    def __init__(
        self,
        address: str,
        model: str,
        key_of: Callable[[str], str | None],
        tell: Callable[[str, int], None],
    ) -> None:
        """`key_of` gives the key of an address, `tell` is called with it and the bytes of each request.

        Raises ModelError where the address cannot be right.
        """
        self._address = addresses.plain(address)
        self._key_of = key_of
        self._reader = AnswerReader(addresses.shown(self._address), model)
        self._poster = Poster(self._address, self._reader, partial(tell, self._reader.shown))
        self._pace = Pace()
        try:
            addresses.host(self._address)
        except ValueError as error:
            raise ModelError(f"The address of the embedding server {error}") from None

    def embed(
        self, texts: Sequence[str], *, is_question: bool = False, unwanted: threading.Event | None = None
    ) -> Vectors:
        """(n, dimension) float32 of length 1 for n ≥ 1 texts.

        A question is asked at once, whatever others were told to wait, and given up soon. Once `unwanted` is
        set, nothing is waited for and nothing more is sent.

        Raises:
            TooLarge: fewer or shorter texts might do.
            ServerAway: the server was not there, or failed, for longer than is waited.
            ModelError: the server refused or sent something else, or the vectors are unwanted.
        """
        manner = QUESTION if is_question else PASSAGES
        tries = manner.tries if is_question else self._pace.tries(manner.tries)
        unwanted = unwanted or threading.Event()
        key = self._key()
        for attempt in range(1, tries + 1):
            if not is_question:
                self._wait_for_turn(unwanted)
            try:
                vectors = self._try(texts, key, manner)
            except PassingFailure as failure:
                wait = self._wait_after(failure, attempt, tries, manner, key)
                if is_question:
                    unwanted.wait(wait)
            else:
                self._pace.note_there()
                return vectors
        raise AssertionError("the last try returns or raises")

    def _key(self) -> str:
        try:
            return addresses.usable_key(self._key_of(self._address))
        except ValueError as error:
            raise ModelError(str(error)) from None

    def _wait_for_turn(self, unwanted: threading.Event) -> None:
        if not self._pace.wait_for_turn(unwanted):
            shown = self._reader.shown
            raise ModelError(f"{shown} was not asked again: what it was asked for is no longer wanted.")

    def _try(self, texts: Sequence[str], key: str, manner: Manner) -> Vectors:
        """The vectors. Raises PassingFailure, TooLarge and ModelError, the last two without the key."""
        try:
            return self._reader.vectors(self._poster.post(texts, key, manner), key)
        except ModelError as error:
            raise type(error)(addresses.redact(str(error), key)) from None

    def _wait_after(
        self, failure: PassingFailure, attempt: int, tries: int, manner: Manner, key: str
    ) -> float:
        """Seconds until the next try; passages of others wait as long. Raises ServerAway after the last."""
        wait = pause(attempt) if failure.wait is None else failure.wait
        if attempt < tries and wait <= manner.patience:
            self._pace.hold_back(wait)
            log.warning("Embedding request failed (try %d of %d): %s", attempt, tries, failure)
            return wait
        if failure.wait is not None and wait <= PASSAGES.patience:
            self._pace.hold_back(wait)  # what the server asks for holds for those who come next
        if tries > 1 and not manner.is_question:
            self._pace.note_away()
        asked = f" It asks to wait {wait:.0f} seconds." if wait > manner.patience else ""
        message = f"{failure}{failure.said}{asked} Try again later."
        raise ServerAway(addresses.redact(message, key)) from None
