"""What the tests of the readers share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.readers import registry
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading, Source

Write = Callable[..., Path]
Read = Callable[..., Reading]


@pytest.fixture
def zoo(shared_data: Path) -> Path:
    return shared_data / "zoo"


@pytest.fixture
def filings(shared_data: Path) -> Path:
    return shared_data / "financebench"


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(size=1) as pool:
        yield pool


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes bytes or text to a file of a name and gives its path."""

    def write(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def read() -> Read:
    """Reads a file in this process, through the registry, as the child does."""

    def read(path: Path, password: str | None = None, name: str | None = None, **limits: float) -> Reading:
        source = Source(path, name or path.name, password, Limits(**limits))  # type: ignore[arg-type]
        return registry.detect(path, source.name).load()(source)

    return read
