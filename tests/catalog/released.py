"""The libraries that were made by each released form of the catalogue, unpacked for a test."""

from __future__ import annotations

import tarfile
from pathlib import Path

PACKED = Path(__file__).parent / "libraries"
NAMES = (
    "schema-1",
    "schema-2a",
    "schema-2b",
    "schema-2c",
    "schema-3",
    "schema-4",
    "schema-5",
    "schema-6",
    "schema-7",
    "schema-8",
    "schema-9",
    "schema-10",
)
"""In the order in which they were released; README.md beside them says by which commits."""


def unpack(name: str, folder: Path) -> Path:
    """The folder, which is the library of that name now."""
    with tarfile.open(PACKED / f"{name}.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    return folder
