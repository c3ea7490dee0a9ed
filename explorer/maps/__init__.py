"""The map: coordinates, subjects and their names, drawn by a process of its own, kept and read back.

Names are imported when they are first used: whoever needs only a module of this wing loads no NumPy with it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.maps.drawing import step_name
    from explorer.maps.maps import Places
    from explorer.maps.projection import inside, thin
    from explorer.maps.spreadsheet import defused

_HOMES = {
    "Places": "maps",
    "defused": "spreadsheet",
    "inside": "projection",
    "step_name": "drawing",
    "thin": "projection",
}
"""The module of this wing that has a name."""

__all__ = ["Places", "defused", "inside", "step_name", "thin"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
