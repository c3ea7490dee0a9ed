"""Looking after a library: what takes room and frees it, what is sent where, deleting everything."""

from explorer.upkeep.erasing import Erased
from explorer.upkeep.freeing import Freed
from explorer.upkeep.privacy import OutgoingAddress
from explorer.upkeep.space import KINDS, SpacePart, SpaceUsed
from explorer.upkeep.upkeep import Upkeep

__all__ = ["KINDS", "Erased", "Freed", "OutgoingAddress", "SpacePart", "SpaceUsed", "Upkeep"]
