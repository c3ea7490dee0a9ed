from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.catalog import Catalog


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "library") as opened:
        yield opened
