"""What a terminal shows: progress bars, and the text of documents made unable to command it."""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING, Any, Self

from explorer.types import Job, Progress

if TYPE_CHECKING:
    from explorer.transfer import TransferProgress
    from explorer.tuning import TuningProgress

_ORDERS = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
"""Unicode categories of characters that a terminal would obey (escapes, turned text) or cannot show."""


def plain(text: str, *, keep_lines: bool = False) -> str:
    """Text with a space for each control character; with `keep_lines`, ends of lines and tabs stay."""
    kept = "\n\t" if keep_lines else ""
    return "".join(c if c in kept or unicodedata.category(c) not in _ORDERS else " " for c in text)


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 page", "1,366 pages"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class FileBars:
    """Two bars on standard error, where that is a terminal: all files, and the one being worked on.

    A file that waits for room on the disk has a line of its own there, terminal or not.
    """

    def __init__(self, is_shown: bool) -> None:
        self._is_shown = is_shown and sys.stderr.isatty()
        self._bars: list[Any] = []
        self._told: set[int] = set()

    def __enter__(self) -> FileBars:
        return self

    def __exit__(self, *_: object) -> None:
        for bar in reversed(self._bars):
            bar.close()

    def show(self, progress: Progress) -> None:
        """Shows how far the files are; `Library.add` calls it. What waits for room is always said, once."""
        for job in progress.jobs:
            if job.error and not job.is_over and job.id not in self._told:
                self._told.add(job.id)
                print(f"waiting   {plain(job.name)}: {plain(job.error)}", file=sys.stderr, flush=True)
        if not self._is_shown:
            return
        if not self._bars:
            self._bars = [_bar(0), _bar(1)]
        over = sum(job.is_over for job in progress.jobs)
        left = progress.activity.seconds_left
        _set(self._bars[0], "Adding files", over, len(progress.jobs), left)
        current = next((job for job in progress.jobs if job.state in ("reading", "embedding")), None)
        if current is not None:
            unit = "pages" if current.state == "reading" else "passages"
            _set(
                self._bars[1],
                f"{plain(current.name)[:40]}: {current.state} {unit}",
                current.done,
                current.total,
            )


class _Bar:
    """One bar, which is there from the first `show` on."""

    def __init__(self, is_shown: bool) -> None:
        self._is_shown = is_shown and sys.stderr.isatty()
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _show(self, label: str, done: int, total: int, left: float | None = None) -> None:
        if self._is_shown:
            self._bar = self._bar or _bar(0)
            _set(self._bar, label, done, total, left)


class MapBar(_Bar):
    """One bar for a map that is being drawn."""

    def show(self, job: Job | None) -> None:
        """Shows how far the drawing is; `job` is None while there is none yet."""
        if job is not None and not job.is_over:
            self._show("Drawing the map", job.done, job.total)


class ByteBar(_Bar):
    """One bar for a copy, in MB."""

    def show(self, done: int, total: int) -> None:
        """Shows how many bytes are done."""
        self._show("Copying, MB", done // 1_000_000, total // 1_000_000)


class TransferBar(_Bar):
    """One bar for an export or an import: what is done, in MB, and how long still."""

    def show(self, progress: TransferProgress) -> None:
        """Shows how far it is."""
        done, total = progress.done // 1_000_000, progress.total // 1_000_000
        self._show(f"{progress.step}, MB", done, total, progress.seconds_left)


class TuningBar(_Bar):
    """One bar for a training: what is being done, how far all of it is, and how long still."""

    def show(self, progress: TuningProgress) -> None:
        """Shows how far it is, in hundredths."""
        self._show(progress.step, int(100 * progress.share), 100, progress.seconds_left)


class StepBar(_Bar):
    """One bar for work of several steps, each with a name of its own."""

    def show(self, what: str, done: int, total: int) -> None:
        """Shows what is being done, and how far."""
        self._show(what, done, total)


def size(octets: int) -> str:
    """Bytes in short: "812 bytes", "48 kB", "3.4 MB"."""
    if octets < 1000:
        return counted(octets, "byte")
    if octets < 1_000_000:
        return f"{octets / 1000:,.0f} kB"
    return f"{octets / 1_000_000:,.1f} MB"


def duration(seconds: float) -> str:
    """A time in short: "40 s", "3 min", "1.5 h"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _bar(position: int) -> Any:
    from tqdm import tqdm  # type: ignore[import-untyped]

    return tqdm(position=position, bar_format="{desc} |{bar}| {n_fmt}/{total_fmt} {postfix}", leave=False)


def _set(bar: Any, label: str, done: int, total: int, left: float | None = None) -> None:
    bar.set_description_str(label, refresh=False)
    bar.set_postfix_str("" if left is None else f"about {duration(left)} left", refresh=False)
    bar.total, bar.n = max(total, 1), done
    bar.refresh()
