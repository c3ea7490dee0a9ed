"""One training at a time in a thread of its own, for pages: a closed tab does not end it, and every tab of
the app sees how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from explorer.errors import Cancelled, ExplorerError, ModelError
from explorer.wordvectors.asked import TrainingState
from explorer.wordvectors.process import OnTrained

log = logging.getLogger(__name__)

Train = Callable[[str, OnTrained], object]
"""Trains vectors of a kind; what its second argument raises stops it."""


class TrainingThread:
    """Runs the trainings of one library, one after the other. Safe to use from many threads."""

    def __init__(self, train: Train) -> None:
        self._train = train
        self._guard = threading.Lock()
        self._state: TrainingState | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> TrainingState | None:
        """The training that runs, or the last one until it is dismissed; None where there is none."""
        return self._state

    def start(self, kind: str) -> None:
        """Begin a training and return at once. Raises ModelError while another runs."""
        with self._guard:
            if self._state is not None and not self._state.is_over:
                raise ModelError(
                    "Word vectors are being trained already. Wait for the end of that, or stop it."
                )
            self._stop = threading.Event()
            self._state = TrainingState(kind)
            self._thread = threading.Thread(
                target=self._run, args=(kind, self._stop), name="word vectors", daemon=True
            )  # it must not keep a program that ends
            self._thread.start()

    def stop(self) -> None:
        """Stop the training that runs, within a second or so; the vectors that were there stay."""
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

    def _run(self, kind: str, stop: threading.Event) -> None:
        def show(done: int, whole: int) -> None:
            if stop.is_set():
                raise Cancelled("The training was stopped.")
            self._tell(share=done / max(whole, 1))

        try:
            self._train(kind, show)
            self._tell(is_over=True, share=1.0)
        except Cancelled:
            self._tell(is_over=True, is_stopped=True)
        except ExplorerError as error:
            self._tell(is_over=True, error=str(error))
        except Exception as error:
            log.exception("A training failed")
            self._tell(is_over=True, error=f"The program itself failed here ({type(error).__name__}).")

    def _tell(self, **said: object) -> None:
        with self._guard:
            if self._state is not None:
                self._state = replace(self._state, **said)  # type: ignore[arg-type]
