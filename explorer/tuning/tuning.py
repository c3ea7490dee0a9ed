"""Training a library's model further: begun, watched and stopped, adopted, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.background import BackgroundWork
from explorer.embedding.registry import folder_of
from explorer.errors import Cancelled, ModelError, SettingError
from explorer.settings import variable
from explorer.tuning import kept
from explorer.tuning.process import train_in_child
from explorer.tuning.results import OnTuned, Trial, TuningPlan, TuningProgress

if TYPE_CHECKING:
    from explorer.library import Library


@dataclass(frozen=True, slots=True)
class TuningState:
    """The training that this process began: how far it is, or what came of it."""

    progress: TuningProgress
    trial: Trial | None = None
    error: str | None = None
    is_over: bool = False


class Tuning(BackgroundWork[TuningState]):
    """Trains the embedding model of a library on the library. Safe to share between threads."""

    def __init__(self, library: Library) -> None:
        super().__init__("tuning")
        self._library = library

    def run(
        self,
        plan: TuningPlan = TuningPlan(),  # noqa: B008  (frozen)
        on_progress: OnTuned = lambda _: None,
    ) -> Trial:
        """Train the model that Settings name, judge it on held-out documents, and adopt it if it is better:
        what came of it, after some minutes.

        What `on_progress` raises stops it, and nothing is kept. Raises ExplorerError: there are too few
        documents, the model is a server's, or it failed; the message says why.
        """
        self.check()
        number = train_in_child(self._library.folder, plan, on_progress)
        trial = next(one for one in self.trials() if one.number == number)
        if trial.name is not None:
            self._adopt(trial.name)
        return trial

    def check(self) -> None:
        """Raises ModelError where the model that Settings name cannot be trained further, and SettingError
        where no other one could be adopted."""
        settings = self._library.settings
        if settings.embed_url:
            raise ModelError(
                "An embedding server is set, whose model cannot be trained from here. Take its address "
                "out of Settings first."
            )
        if self._library.setting_source("model") == "environment":
            raise SettingError(
                f"The embedding model is set by {variable('model')}, so no other one could be adopted. Take "
                "that out of the environment, and name the model in Settings."
            )
        folder_of(settings.embedder, self._library.folder)

    def trials(self) -> list[Trial]:
        """Every training that was judged, the first one first. Raises StorageError."""
        return kept.trials(self._library.folder)

    def former(self) -> str | None:
        """The model that the present one was made from; None where that is not one of the library's own."""
        present = self._library.settings.embedder
        return next((one.base for one in self.trials() if one.name == present), None)

    def back(self) -> str:
        """Return to the model that the present one was made from: its name.

        While documents are still being redone with the present model, that is called off, and the former
        model's index goes on as it is. After that they have to be redone, which Settings offer.

        Raises ModelError: the present model is none that was trained here.
        """
        former = self.former()
        if former is None:
            raise ModelError("The present model was not trained here, so there is no former one.")
        self._adopt(former)
        return former

    def _adopt(self, name: str) -> None:
        self._library.cancel_redo()
        self._library.change_settings(model=name)

    # ---- in the background, for pages

    def begin(self, plan: TuningPlan = TuningPlan()) -> None:  # noqa: B008  (frozen)
        """Do `run` in a thread and return at once; nothing is kept of one that is cancelled. Raises
        ModelError: one runs already, or this model cannot be trained."""
        self.check()
        begun = TuningState(TuningProgress("Starting", 0, 1, 0.0))
        if self._begin(begun, lambda: self._tell(trial=self.run(plan, self._show))) is not None:
            raise ModelError("A model is being trained already. Wait for the end of that, or stop it.")

    def _show(self, progress: TuningProgress) -> None:
        if self._stop.is_set():
            raise Cancelled("Stopped; nothing was kept of this training.")
        self._tell(progress=progress)
