"""What is Chroma's own: damage to its database, what a stored collection may name, what its files hold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.errors import StorageError
from explorer.stores import VectorIndex
from explorer.stores.chroma import ChromaStore
from explorer.stores.foreign import refuse_foreign
from tests.catalog.making import add, vector
from tests.stores.conftest import agrees, live


def cut_database(folder: Path) -> None:
    with (folder / "chroma.sqlite3").open("rb+") as file:
        file.truncate(5000)


def lose_vectors(folder: Path) -> None:
    with sqlite3.connect(folder / "chroma.sqlite3") as connection:
        connection.execute("DELETE FROM embeddings_queue")
        connection.execute("DELETE FROM embeddings")


@pytest.mark.parametrize("harm", [cut_database, lose_vectors])
def test_one_that_is_harmed_is_filled_again(
    index: VectorIndex, catalog: Catalog, harm: Callable[[Path], None]
) -> None:
    add(catalog, "some words that stay. " * 30, "stays.txt")
    index.follow()
    index.close()
    harm(catalog.folder / "chroma")
    index.follow()
    assert agrees(index, catalog)
    assert index.nearest(live(catalog), vector("x"), 3)[0].size == 3


def test_a_collection_of_another_name_is_passed_over(index: VectorIndex, catalog: Catalog) -> None:
    add(catalog, "some words that stay. " * 30, "stays.txt")
    index.follow()
    assert isinstance(index._store, ChromaStore)
    for name in ("notes", "generation-of-notes"):
        index._store._opened().create_collection(name, embedding_function=None)
    index.close()
    of_before = catalog.folder / "chroma" / "of-before"
    of_before.touch()
    index.follow()
    assert of_before.exists(), "it was filled again"
    assert agrees(index, catalog)


def test_a_stored_embedding_function_is_never_loaded(
    index: VectorIndex, catalog: Catalog, tmp_path: Path
) -> None:
    """CVE-2026-45833: Chroma builds the function that a stored collection names, with its arguments."""
    add(catalog, "some words that stay. " * 30, "stays.txt")
    index.follow()
    index.close()
    canary = tmp_path / "canary"
    database = catalog.folder / "chroma" / "chroma.sqlite3"
    function = {"type": "known", "name": "sentence_transformer", "config": {"model_name": str(canary)}}
    with sqlite3.connect(database) as connection:
        (stored,) = connection.execute("SELECT schema_str FROM collections").fetchone()
        edited = json.loads(stored)
        edited["keys"]["#embedding"]["float_list"]["vector_index"]["config"]["embedding_function"] = function
        connection.execute("UPDATE collections SET schema_str = ?", (json.dumps(edited),))
        connection.execute(
            "UPDATE collections SET config_json_str = ?", (json.dumps({"embedding_function": function}),)
        )
    with pytest.raises(StorageError, match="embedding function"):
        refuse_foreign(database)
    index.follow()
    assert agrees(index, catalog)
    assert not canary.exists()
    refuse_foreign(database)


def test_no_word_of_a_document_is_in_its_files(index: VectorIndex, catalog: Catalog) -> None:
    add(catalog, "floccinaucinihilipilification. " * 30, "obscure-name.txt")
    index.follow()
    index.close()
    for path in (catalog.folder / "chroma").rglob("*"):
        if path.is_file():
            assert b"floccinauci" not in path.read_bytes()
            assert b"obscure-name" not in path.read_bytes()
