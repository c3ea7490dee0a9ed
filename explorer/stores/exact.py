"""No vector store at all: whoever searches compares all passages, which the catalogue holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.errors import StorageError

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors
    from explorer.catalog import Catalog


class ExactIndex:
    """In the place of a `VectorIndex`: it is always up to date, since it is the catalogue itself."""

    dead = 0
    is_alone = True

    def __init__(self, catalog: Catalog, problem: str | None = None) -> None:
        """`problem`: why the store that was asked for cannot be had, which who asks for its contents is
        told."""
        self._catalog = catalog
        self.problem = problem

    @property
    def sequence(self) -> int:
        """The last change of the catalogue."""
        return self._catalog.changes.last()

    def is_there(self) -> bool:
        """Whether it is there: always."""
        return True

    def is_due(self) -> bool:
        """Whether there is anything to do: never."""
        return False

    def follow(self, stop: Callable[[], bool] = lambda: False) -> int:  # noqa: ARG002
        """The last change of the catalogue."""
        return self.sequence

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats] | None:  # noqa: ARG002
        """None: compare all."""
        return None

    def ids(self, generation: int) -> Ids:
        """The ids of a generation, ascending (n,) int64. Raises StorageError: another store was asked for."""
        import numpy as np  # not before: commands that search nothing start without it

        self._complain()
        found = [ids for ids, _ in self._catalog.embeddings.of_generation(generation)]
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def count(self, generation: int) -> int:
        """How many vectors a generation has. Raises StorageError as `ids`."""
        self._complain()
        return self._catalog.embeddings.count_of_generation(generation)

    def rebuild(self, stop: Callable[[], bool] = lambda: False) -> int:  # noqa: ARG002
        """There is nothing to fill. Raises StorageError as `ids`."""
        self._complain()
        return self.sequence

    def close(self) -> None:
        """There is nothing to let go of."""

    def _complain(self) -> None:
        if self.problem is not None:
            raise StorageError(self.problem)
