"""A library leaves as one file and comes in again: export, import, plain files, a copy.

`form.py` says what stands in an export, `exporting.py` writes it, `importing.py` brings it in.
"""

from __future__ import annotations

from explorer.transfer.background import TransferState
from explorer.transfer.meter import TransferProgress
from explorer.transfer.results import BroughtIn, Exported

__all__ = ["BroughtIn", "Exported", "TransferProgress", "TransferState"]
