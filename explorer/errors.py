"""The errors that people see.

Each message says what happened, to which file, and what to do. The tree:

    ExplorerError
    ├── NotFound         no such document, page, conversation or library
    ├── ReadError        a file cannot be read
    │   └── PasswordNeeded   it is protected, or the password is wrong
    ├── ModelError       an embedding model cannot be loaded or does not fit the library
    │   └── ServerAway       its server was not there, failed or was over its limit, at every try
    ├── ChatError        the language model's server refused, failed or stalled
    │   └── PromptTooLong    it takes no request of this length
    ├── SettingError     a value that a setting cannot have
    ├── WorkerError      the background process could not be started or stopped answering
    ├── StorageError     a file of the library cannot be written or opened
    │   ├── DiskFull         there is no room on its disk
    │   ├── StoreAway        the server of its vector store was not there, failed or refused the key
    │   └── CatalogLost      the catalogue is missing or empty, its originals are there
    └── Cancelled        the person stopped it
"""

from __future__ import annotations


class ExplorerError(Exception):
    """Base of all errors raised on purpose; `str(error)` is fit for a page."""


class NotFound(ExplorerError):
    """Something was asked for by an id or a name that the library does not have."""


class ReadError(ExplorerError):
    """A file could not be read."""


class PasswordNeeded(ReadError):
    """The file is protected and no password, or a wrong one, was given."""


class ModelError(ExplorerError):
    """An embedding model could not be loaded."""


class ServerAway(ModelError):
    """An embedding server could not be reached, or failed at every try. Later it may work."""


class ChatError(ExplorerError):
    """The language model's server could not answer."""


class PromptTooLong(ChatError):
    """The language model takes no request of this length. `context`: how many tokens it says that it takes
    with its answer; None where it does not say."""

    def __init__(self, message: str, context: int | None = None) -> None:
        super().__init__(message)
        self.context = context


class SettingError(ExplorerError):
    """A setting has a value that it cannot take."""


class WorkerError(ExplorerError):
    """The background process could not be reached."""


class StorageError(ExplorerError):
    """The library's folder could not be written or opened."""


class DiskFull(StorageError):
    """The disk that holds the library has no room; once it has, the same works."""


class StoreAway(StorageError):
    """The server of the vector store could not be reached, failed or refused the key. Later it may work; the
    library compares its passages itself meanwhile."""


class CatalogLost(StorageError):
    """The catalogue is missing or empty, its originals are there: `doctor.restore` mends it."""


class Cancelled(ExplorerError):
    """The work was stopped by the person who started it."""
