"""explorer.stores.server: names of collections, parts of requests, what must hold before anything is sent."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import StoreAway
from explorer.stores.server import StoreServer, parts, space_of, written


def test_a_library_its_copy_and_another_one_have_names_of_their_own(tmp_path: Path) -> None:
    spaces = {space_of(library, tmp_path / folder) for library in "ab" for folder in "cd"}
    assert len(spaces) == 4
    assert space_of("a", tmp_path / "c") in spaces, "the same each time"
    assert all(re.fullmatch(r"explorer_[0-9a-f]{16}_", space) for space in spaces)


@pytest.mark.parametrize(
    ("name", "generation"),
    [
        ("ours_12", 12),
        ("ours_", None),
        ("ours_x", None),
        ("ours_1_2", None),
        ("12", None),
        ("theirs_12", None),
    ],
)
def test_only_collections_of_the_library_are_its_generations(name: str, generation: int | None) -> None:
    assert StoreServer("http://localhost:1", "ours_", lambda _: None).generation(name) == generation


def test_parts_hold_all_in_order_and_are_short_when_written() -> None:
    ids, vectors = np.arange(250), np.random.default_rng(0).normal(size=(250, 2000)).astype(np.float32)
    found = list(parts(ids, vectors))
    assert np.concatenate([some for some, _ in found]).tolist() == ids.tolist()
    assert np.array_equal(np.concatenate([their for _, their in found]), vectors)
    assert all(len(json.dumps(written(their))) < 1_900_000 for _, their in found)
    assert np.abs(np.array(written(vectors)) - vectors).max() < 1e-7


@pytest.mark.parametrize("address", ["postgresql://db.example/vectors", "https://db.example"])
def test_another_machine_needs_a_key(address: str) -> None:
    assert StoreServer(address, "s_", lambda _: " k ").key() == "k"
    with pytest.raises(StoreAway, match="Nothing is sent"):
        StoreServer(address, "s_", lambda _: None).key()


@pytest.mark.parametrize(
    "address", ["http://localhost:8000", "http://[::1]:8000", "postgresql:///db?host=/run/postgresql"]
)
def test_this_machine_needs_none(address: str) -> None:
    assert StoreServer(address, "s_", lambda _: None).key() == ""
