"""The library's embedding model trained further on the library itself, and kept only where that helps.

`Tuning` is where all of it is asked. Importing this package loads neither NumPy nor torch.
"""

from __future__ import annotations

from explorer.tuning.results import Compared, Trial, TuningPlan, TuningProgress
from explorer.tuning.tuning import Tuning, TuningState

__all__ = ["Compared", "Trial", "Tuning", "TuningPlan", "TuningProgress", "TuningState"]
