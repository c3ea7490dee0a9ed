"""The one background process of a library, and the way to it from every other process."""

from explorer.worker import log, protocol
from explorer.worker.client import WorkerClient
from explorer.worker.verbs import IndexState

__all__ = ["IndexState", "WorkerClient", "log", "protocol"]
