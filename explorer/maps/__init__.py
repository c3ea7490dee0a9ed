"""The map: coordinates, subjects and their names, drawn by a process of its own, kept and read back."""

from explorer.maps.drawing import step_name
from explorer.maps.maps import Maps, Places
from explorer.maps.projection import inside, thin

__all__ = ["Maps", "Places", "inside", "step_name", "thin"]
