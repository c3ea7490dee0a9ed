"""One transfer at a time in a thread of its own, for pages: a closed tab does not end it, and every tab of
the app sees how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from explorer.errors import Cancelled, ExplorerError, StorageError
from explorer.transfer.meter import Meter, TransferProgress
from explorer.transfer.results import BroughtIn, Exported

log = logging.getLogger(__name__)

Work = Callable[[Meter], Exported | BroughtIn]


@dataclass(frozen=True, slots=True)
class TransferState:
    """A transfer that runs, or the last one: what it is, how far, and what came of it."""

    title: str
    progress: TransferProgress
    is_over: bool = False
    lines: tuple[str, ...] = ()
    """What came of it, in words."""
    error: str | None = None
    file: Path | None = None
    """The file that was written, once it is there."""


class Background:
    """Runs transfers of one library, one after the other. Safe to use from many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._state: TransferState | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> TransferState | None:
        """The transfer that runs, or the last one until it is dismissed; None where there is none."""
        return self._state

    def start(self, title: str, work: Work) -> None:
        """Begin a transfer and return at once. Raises StorageError while another runs."""
        with self._guard:
            if self._state is not None and not self._state.is_over:
                raise StorageError(f"{self._state.title} is still under way. Wait for its end, or stop it.")
            self._stop = threading.Event()
            self._state = TransferState(title, TransferProgress("Starting", 0, 0))
            self._thread = threading.Thread(
                target=self._run, args=(work, self._stop), name="transfer", daemon=True
            )  # it must not keep a program that ends
            self._thread.start()

    def cancel(self) -> None:
        """Stop the transfer that runs, within a second or so."""
        self._stop.set()

    def dismiss(self) -> None:
        """Forget one that is over."""
        with self._guard:
            if self._state is not None and self._state.is_over:
                self._state = None

    def close(self) -> None:
        """Stop what runs, and wait for its end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, work: Work, stop: threading.Event) -> None:
        try:
            result = work(Meter(self._show, stop.is_set))
            self._end(lines=result.lines(), file=result.path if isinstance(result, Exported) else None)
        except Cancelled as error:
            self._end(lines=(str(error),))
        except ExplorerError as error:
            self._end(error=str(error))
        except Exception as error:
            log.exception("A transfer failed")
            self._end(
                error=f"The program itself failed here ({type(error).__name__}). Nothing was half done."
            )

    def _show(self, progress: TransferProgress) -> None:
        with self._guard:
            if self._state is not None:
                self._state = replace(self._state, progress=progress)

    def _end(self, lines: tuple[str, ...] = (), error: str | None = None, file: Path | None = None) -> None:
        with self._guard:
            if self._state is not None:
                self._state = replace(self._state, is_over=True, lines=lines, error=error, file=file)
