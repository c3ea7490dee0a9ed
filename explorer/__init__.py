"""Drop documents in, search them, ask them, see them: the engine.

    from explorer import Library, Scope

    with Library(folder) as library:
        library.add(["report.pdf"])
        for hit in library.search("what did it cost?"):
            print(hit.document.name, hit.passage.page, hit.passage.text)

Names are imported when they are first used, so that `import explorer` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.chat.answers import Answer
    from explorer.claims.checking import CheckedClaim, check
    from explorer.errors import (
        Cancelled,
        CatalogLost,
        ChatError,
        DiskFull,
        ExplorerError,
        ModelError,
        NotFound,
        PasswordNeeded,
        PromptTooLong,
        ReadError,
        ServerAway,
        SettingError,
        StorageError,
        StoreAway,
        WorkerError,
    )
    from explorer.library import Library
    from explorer.settings import Settings
    from explorer.tables import Table
    from explorer.types import (
        Activity,
        Alike,
        Atlas,
        Binned,
        Box,
        Chunk,
        Citation,
        Cluster,
        Conversation,
        Counts,
        Document,
        Hit,
        Job,
        Message,
        Outcome,
        Page,
        PageImage,
        Passage,
        Picture,
        PictureImage,
        Progress,
        Report,
        Scope,
        SpanRef,
        Staged,
        StoredMap,
    )

_HOMES = {
    "explorer.chat.answers": ("Answer",),
    "explorer.claims.checking": ("CheckedClaim", "check"),
    "explorer.errors": (
        "Cancelled",
        "CatalogLost",
        "ChatError",
        "DiskFull",
        "ExplorerError",
        "ModelError",
        "NotFound",
        "PasswordNeeded",
        "PromptTooLong",
        "ReadError",
        "ServerAway",
        "SettingError",
        "StorageError",
        "StoreAway",
        "WorkerError",
    ),
    "explorer.library": ("Library",),
    "explorer.settings": ("Settings",),
    "explorer.tables": ("Table",),
    "explorer.types": (
        "Activity",
        "Alike",
        "Atlas",
        "Binned",
        "Box",
        "Chunk",
        "Citation",
        "Cluster",
        "Conversation",
        "Counts",
        "Document",
        "Hit",
        "Job",
        "Message",
        "Outcome",
        "Page",
        "PageImage",
        "Passage",
        "Picture",
        "PictureImage",
        "Progress",
        "Report",
        "Scope",
        "SpanRef",
        "Staged",
        "StoredMap",
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Activity",
    "Alike",
    "Answer",
    "Atlas",
    "Binned",
    "Box",
    "Cancelled",
    "CatalogLost",
    "ChatError",
    "CheckedClaim",
    "Chunk",
    "Citation",
    "Cluster",
    "Conversation",
    "Counts",
    "DiskFull",
    "Document",
    "ExplorerError",
    "Hit",
    "Job",
    "Library",
    "Message",
    "ModelError",
    "NotFound",
    "Outcome",
    "Page",
    "PageImage",
    "Passage",
    "PasswordNeeded",
    "Picture",
    "PictureImage",
    "Progress",
    "PromptTooLong",
    "ReadError",
    "Report",
    "Scope",
    "ServerAway",
    "SettingError",
    "Settings",
    "SpanRef",
    "Staged",
    "StorageError",
    "StoreAway",
    "StoredMap",
    "Table",
    "WorkerError",
    "check",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'explorer' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
