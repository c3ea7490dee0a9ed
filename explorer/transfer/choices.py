"""The settings and models of an export: taken over by an empty library, without what leads out of it."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from explorer import libraries, settings
from explorer.errors import SettingError
from explorer.transfer import arriving, own_models

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explorer.catalog import Catalog
    from explorer.settings import Settings
    from explorer.transfer.archive import Archive
    from explorer.transfer.form import ExportManifest
    from explorer.transfer.meter import Meter
    from explorer.transfer.model_form import ExportedTrial

_PLACES = frozenset({"chat_url", "embed_url", "store", "store_url", "ocr_models"})
_MODELS = frozenset({"model", "reranker"})
_LIMITS = frozenset({"read_seconds", "read_memory_mb", "max_file_mb", "max_pages"})


class Choices:
    """What of an export a library takes over besides documents and conversations, if it holds no document."""

    def __init__(self, catalog: Catalog, *, is_trusted: bool, is_anew: bool) -> None:
        """`is_trusted`: also what leads out of the library; `is_anew`: nothing is believed of the export."""
        self._catalog = catalog
        self._is_trusted = is_trusted
        self._is_anew = is_anew

    @property
    def takes_models(self) -> bool:
        """Whether the library may get models of its own: where it has documents, these are of its model; and
        where nothing is believed of the export, they are none to believe either."""
        return not self._is_anew and arriving.is_new(self._catalog)

    def take_models(
        self, archive: Archive, meter: Meter
    ) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """The names of the models that the library has now, and of those that it has not with the reason."""
        said = archive.manifest
        if not said.models:
            return (), ()
        if not self.takes_models:
            here = own_models.folders_of(self._catalog.folder)
            why = "nothing is believed of the export" if self._is_anew else "the library has documents"
            return (), tuple((one.name, f"{why}.") for one in said.models if one.name not in here)
        meter.step("Bringing in models")
        trials = [one if self._is_trusted else _leading_nowhere(one) for one in said.trials]
        return own_models.bring_in(archive, self._catalog.folder, meter, trials)

    def take_settings(self, said: ExportManifest) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The settings that were taken over, and those that were not, with their values.

        Left alone is what the library or the environment has chosen already. Unless the person says so,
        nothing is taken that leads out of the library or widens its limits: addresses of servers, folders of
        models, more time, memory or pages for a file.
        """
        if not arriving.is_new(self._catalog):
            return (), ()
        taken = {info.name for info in libraries.list_libraries()}
        if self._catalog.settings.name is None and said.library is not None and said.library not in taken:
            self._catalog.settings.rename(said.library)
        return self._take_over(said.settings)

    def _take_over(self, found: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        chosen = self._catalog.settings.all()
        now = settings.resolve(chosen)
        taken, left = list[str](), list[str]()
        for key, value in sorted(found.items()):
            if (
                key not in settings.PAGE_FIELDS
                or settings.source_of(key, chosen) != "default"
                or value is None
            ):
                continue
            if not self._is_trusted and _leads_out(key, value, now):
                left.append(f"{key}: {value}")
                continue
            if key == "model" and own_models.is_missing(str(value), self._catalog.folder):
                left.append(f"{key}: {value}, which belongs to the exported library and did not come along")
                continue
            try:
                self._catalog.settings.change(settings.validate_change({key: value}))
                taken.append(key)
            except SettingError as error:
                left.append(str(error))
        return tuple(taken), tuple(left)


def _leading_nowhere(trial: ExportedTrial) -> ExportedTrial:
    """The trial, without the way back to the model that was trained where that is a folder somewhere."""
    return trial.model_copy(update={"name": None}) if _is_path(trial.base) else trial


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
