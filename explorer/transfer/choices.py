"""The settings of an export: taken over by an empty library, without what leads out of it."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from explorer import settings
from explorer.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explorer.catalog import Catalog
    from explorer.settings import Settings

_PLACES = frozenset({"chat_url", "embed_url", "store", "store_url", "ocr_models"})
_MODELS = frozenset({"model", "reranker"})
_LIMITS = frozenset({"read_seconds", "read_memory_mb", "max_file_mb", "max_pages"})


def take_over(
    catalog: Catalog, found: Mapping[str, Any], *, is_trusted: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The settings that were taken over, and those that were not, with their values.

    It is meant for a library without documents. Left alone is what the library or the environment has chosen
    already. Unless the person says so (`is_trusted`), nothing is taken that leads out of the library or
    widens its limits: addresses of servers, folders of models, more time, memory or pages for a file.
    """
    chosen = catalog.settings.all()
    now = settings.resolve(chosen)
    taken, left = list[str](), list[str]()
    for key, value in sorted(found.items()):
        if key not in settings.PAGE_FIELDS or settings.source_of(key, chosen) != "default" or value is None:
            continue
        if not is_trusted and _leads_out(key, value, now):
            left.append(f"{key}: {value}")
            continue
        try:
            catalog.settings.change(settings.validate_change({key: value}))
            taken.append(key)
        except SettingError as error:
            left.append(str(error))
    return tuple(taken), tuple(left)


def _leads_out(key: str, value: Any, now: Settings) -> bool:
    if key in _PLACES:
        return True
    if key in _MODELS:
        return _is_path(str(value))
    return key in _LIMITS and isinstance(value, int | float) and value > getattr(now, key)


def _is_path(name: str) -> bool:
    """Whether a model's name is the place of a folder, on this machine or another."""
    is_rooted = PurePosixPath(name).is_absolute() or bool(PureWindowsPath(name).anchor)
    return is_rooted or name.startswith(("~", ".")) or "\\" in name
