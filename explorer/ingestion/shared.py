"""What the stages of a pipeline share: the library, the models, what waits between them, when to stop."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explorer.ingestion.progress import JobProgress
from explorer.ingestion.room import Held
from explorer.ingestion.waiting import Waiting
from explorer.settings import Settings, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.catalog import Catalog, Task
    from explorer.embedding.loaded import LoadedModels


@dataclass(frozen=True, slots=True)
class PipelineContext:
    """Handed to the threads that read and to the one that embeds; each part is safe to use from all."""

    catalog: Catalog
    models: LoadedModels
    on_change: Callable[[], None]
    """Called whenever the documents that can be found have changed."""
    ready: Waiting = field(default_factory=Waiting)
    """What was read and waits to be embedded."""
    stopping: threading.Event = field(default_factory=threading.Event)
    wake: threading.Event = field(default_factory=threading.Event)
    """Set when there may be new work."""
    held: Held = field(init=False)
    """The files that wait for room on the disk."""
    waste: threading.Event = field(default_factory=threading.Event)
    """Set while there may be embeddings that no document needs."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "held", Held(self.catalog.folder))

    def settings(self) -> Settings:
        """The settings of this moment: this process's environment, then the library's own values."""
        return resolve(self.catalog.settings.all())

    def progress_of(self, task: Task) -> JobProgress:
        """What keeps the row of a job in step with its work."""
        return JobProgress(self.catalog.work, task.job.id, self.stopping)
