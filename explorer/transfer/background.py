"""One transfer at a time beside everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.background import BackgroundWork
from explorer.errors import Cancelled, StorageError
from explorer.transfer.meter import Meter, TransferProgress
from explorer.transfer.results import BroughtIn, Exported

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


class Background(BackgroundWork[TransferState]):
    """Runs transfers of one library, one after the other. Safe to use from many threads."""

    def __init__(self) -> None:
        super().__init__("transfer")

    def start(self, title: str, work: Work) -> None:
        """Begin a transfer and return at once. Raises StorageError while another runs."""
        begun = TransferState(title, TransferProgress("Starting", 0, 0))
        other = self._begin(begun, lambda: self._work(work))
        if other is not None:
            raise StorageError(f"{other.title} is still under way. Wait for its end, or stop it.")

    def _work(self, work: Work) -> None:
        try:
            result = work(Meter(lambda progress: self._tell(progress=progress), self._stop.is_set))
        except Cancelled as error:
            self._tell(lines=(str(error),))
        else:
            self._tell(lines=result.lines(), file=result.path if isinstance(result, Exported) else None)
