"""What the tests of kinds share: the files of `shared/data/cases`, a reader that keeps files within files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.readers import registry
from explorer.readers.reading import Part, Reading, Source

Opened = Callable[..., tuple[Reading, dict[str, bytes]]]


@pytest.fixture
def cases(shared_data: Path) -> Path:
    folder = shared_data / "cases"
    if not folder.is_dir():
        pytest.skip("the files of shared/data/cases are not beside this checkout")
    return folder


@pytest.fixture
def opened() -> Opened:
    """Reads a file in this process; gives its reading and the files within it."""

    def opened(path: Path, name: str | None = None) -> tuple[Reading, dict[str, bytes]]:
        files: dict[str, bytes] = {}

        def take(part: Part) -> None:
            files[part.name] = part.content if isinstance(part.content, bytes) else b"".join(part.content)

        source = Source(path, name or path.name, on_part=take)
        return registry.detect(path, source.name).load()(source), files

    return opened
