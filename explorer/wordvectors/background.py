"""One training of word vectors at a time beside everything else."""

from __future__ import annotations

from collections.abc import Callable

from explorer.background import BackgroundWork
from explorer.errors import Cancelled, ModelError
from explorer.wordvectors.asked import TrainingState
from explorer.wordvectors.process import OnTrained

Train = Callable[[str, OnTrained], object]
"""Trains vectors of a kind; what its second argument raises stops it."""


class TrainingThread(BackgroundWork[TrainingState]):
    """Runs the trainings of one library, one after the other; the vectors that were there stay until one is
    done. Safe to use from many threads."""

    def __init__(self, train: Train) -> None:
        super().__init__("word vectors")
        self._train = train

    def start(self, kind: str) -> None:
        """Begin a training and return at once. Raises ModelError while another runs."""
        if self._begin(TrainingState(kind), lambda: self._work(kind)) is not None:
            raise ModelError("Word vectors are being trained already. Wait for the end of that, or stop it.")

    def _work(self, kind: str) -> None:
        try:
            self._train(kind, self._show)
        except Cancelled:
            self._tell(is_stopped=True)
        else:
            self._tell(share=1.0)

    def _show(self, done: int, whole: int) -> None:
        if self._stop.is_set():
            raise Cancelled("The training was stopped.")
        self._tell(share=done / max(whole, 1))
