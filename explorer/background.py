"""Work in threads of their own: one long piece at a time for pages, which a closed tab does not end and every
tab sees; and, for the worker, whatever waits."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar

from explorer.errors import ExplorerError

if TYPE_CHECKING:
    from typing import Any, ClassVar, Protocol

    class WorkState(Protocol):
        """A frozen dataclass that says how far a piece of work is, and what went wrong with it."""

        __dataclass_fields__: ClassVar[dict[str, Any]]

        @property
        def is_over(self) -> bool: ...

        @property
        def error(self) -> str | None: ...


State = TypeVar("State", bound="WorkState")

log = logging.getLogger(__name__)


class BackgroundWork(Generic[State]):
    """Does what its subclass begins, one piece after the other. Safe to use from many threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._guard = threading.Lock()
        self._state: State | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> State | None:
        """The work that is under way, or the last one until it is dismissed; None where there is none."""
        return self._state

    def cancel(self) -> None:
        """Stop the work that is under way, within a second or so."""
        self._stop.set()

    def dismiss(self) -> None:
        """Forget work that is over."""
        with self._guard:
            if self._state is not None and self._state.is_over:
                self._state = None

    def close(self) -> None:
        """Stop what is under way, and wait for its end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _begin(self, state: State, work: Callable[[], object]) -> State | None:
        """Do `work` in a thread: None, or the state of other work under way, and then nothing is done.

        `work` looks at `_stop` and tells how far it is with `_tell`. What it raises is the state's error.
        """
        with self._guard:
            if self._state is not None and not self._state.is_over:
                return self._state
            self._stop.clear()
            self._state = state
            self._thread = threading.Thread(
                target=self._run, args=(work,), name=self._name, daemon=True
            )  # it must not keep a program that ends
            self._thread.start()
            return None

    def _run(self, work: Callable[[], object]) -> None:
        error = None
        try:
            work()
        except ExplorerError as raised:
            error = str(raised)
        except Exception as raised:
            log.exception("Work in the background failed: %s", self._name)
            error = f"The program itself failed here ({type(raised).__name__}). Nothing was half done."
        self._tell(is_over=True, error=error)

    def _tell(self, **said: object) -> None:
        """Put these into the state."""
        with self._guard:
            if self._state is not None:
                self._state = replace(self._state, **said)


class WaitingWork(ABC):
    """A thread that does what waits, piece by piece, then looks again: as soon as it is woken, and by itself
    after some seconds, since other processes leave work too."""

    def __init__(self, name: str, seconds: float, obstacle: str) -> None:
        """It looks every so many `seconds`. `obstacle`: what the log says of an error before the error."""
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._seconds = seconds
        self._obstacle = obstacle
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def _work(self) -> bool:
        """Do the next piece. False where none waits, or none may be done now. What is wrong with it for now
        is raised as an ExplorerError: it is tried again at the next look."""

    def start(self) -> None:
        """Begin, or go on where the last worker stopped."""
        self._thread.start()

    def wake(self) -> None:
        """There may be work: look now."""
        self._wake.set()

    def stop(self, seconds: float = 5.0) -> None:
        """End after the piece at hand, or sooner where `_work` looks at `_stop`."""
        self._stop.set()
        self._wake.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self._work():
                    continue
            except ExplorerError as error:
                if not self._stop.is_set():
                    log.warning("%s: %s", self._obstacle, error)
            self._wake.wait(self._seconds)
            self._wake.clear()
