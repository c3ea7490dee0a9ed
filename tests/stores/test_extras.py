"""What is particular about the stores that need an extra (`explorer.stores.faiss`, `explorer.stores.lancedb`,
`explorer.stores.milvus`, `explorer.stores.qdrant`); what all do stands in test_contract.py."""

from __future__ import annotations

import importlib.util
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import SettingError, StorageError
from explorer.stores import VectorStore, make
from explorer.stores.pickled_points import refuse_foreign_points


def opened(name: str, folder: Path) -> VectorStore:
    store = make(name)
    folder.mkdir(exist_ok=True)
    store.open(folder)
    return store


def unit(number: int) -> np.ndarray:
    vectors = np.random.default_rng(number).normal(size=(number, 16)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_without_its_package_a_store_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    for name in ("faiss", "lancedb", "milvus", "qdrant"):
        with pytest.raises(SettingError, match=rf"“{name}”, which is not installed: .* --with {name}"):
            make(name)


@pytest.mark.extras("faiss")
def test_faiss_gives_back_the_room_of_what_was_removed(tmp_path: Path) -> None:
    store = opened("faiss", tmp_path / "faiss")
    vectors = unit(200)
    for _ in range(4):  # the same ids four times
        store.add(1, np.arange(200), vectors)
    store.remove(1, 0, 99)
    before = store.nearest(1, vectors[150], 10)
    (path,) = (tmp_path / "faiss").iterdir()
    size = path.stat().st_size
    store.close()
    again = opened("faiss", tmp_path / "faiss")
    assert again.nearest(1, vectors[150], 10)[0].tolist() == before[0].tolist()
    assert again.ids(1).tolist() == list(range(100, 200))
    assert path.stat().st_size < size / 7, "half of 200 vectors are left of 800"
    again.close()


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=pytest.mark.extras(one)) for one in ("lancedb", "faiss")]
)
def test_what_was_removed_is_on_disk_no_more_once_closed(tmp_path: Path, name: str) -> None:
    """As far as the store goes: FAISS's file is written anew when it is next opened and filled."""
    store = opened(name, tmp_path / name)
    vectors = unit(40)
    mark = vectors[7].astype("<f4").tobytes()
    store.add(1, np.arange(40), vectors)
    store.remove(1, 5, 34)
    store.close()
    again = opened(name, tmp_path / name)
    assert again.count(1) == 10
    again.close()
    held = [path for path in (tmp_path / name).rglob("*") if path.is_file() and mark in path.read_bytes()]
    assert held == []


class Harmful:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


@pytest.mark.extras("qdrant")
def test_a_pickle_that_is_no_point_is_never_loaded(tmp_path: Path) -> None:
    import apsw

    store = opened("qdrant", tmp_path / "qdrant")
    store.add(1, np.arange(40), unit(40))
    store.close()
    refuse_foreign_points(tmp_path / "qdrant")
    (path,) = (tmp_path / "qdrant").rglob("storage.sqlite")
    with apsw.Connection(str(path)) as connection:
        harm = pickle.dumps(Harmful(tmp_path / "done"))
        connection.execute("INSERT INTO points VALUES ('x', ?)", (harm,))
    with pytest.raises(StorageError, match=r"storage.sqlite cannot be opened safely: it names pathlib"):
        opened("qdrant", tmp_path / "qdrant")
    assert not (tmp_path / "done").exists()


@pytest.mark.parametrize(
    "made",
    [
        "CREATE VIEW points AS SELECT 'x' AS id, NULL AS point WHERE sqlite_version() = 'another'",
        "CREATE TABLE points (id TEXT PRIMARY KEY, point BLOB AS (NULL))",
        "CREATE TABLE points (id TEXT PRIMARY KEY, point BLOB); CREATE TRIGGER more AFTER DELETE ON points"
        " BEGIN INSERT INTO points VALUES ('x', 'y'); END",
    ],
)
def test_a_file_that_could_say_something_else_when_it_is_read_again_is_not_opened(
    tmp_path: Path, made: str
) -> None:
    import apsw

    (tmp_path / "collection").mkdir()
    with apsw.Connection(str(tmp_path / "collection" / "Storage.SQLite")) as connection:
        connection.execute(made)
    connection.close()
    with pytest.raises(StorageError, match=r"cannot be opened safely: it holds .* no table of points"):
        refuse_foreign_points(tmp_path)


def test_a_folder_that_leads_elsewhere_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "qdrant").mkdir()
    (tmp_path / "qdrant" / "collection").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="collection cannot be opened safely: it is a link"):
        refuse_foreign_points(tmp_path / "qdrant")


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=pytest.mark.extras(one)) for one in ("milvus", "qdrant")]
)
def test_a_second_process_is_refused_by_name(tmp_path: Path, name: str) -> None:
    store = opened(name, tmp_path / name)
    store.add(1, np.arange(40), unit(40))
    code = (
        "import sys; from pathlib import Path; from explorer.stores import make\n"
        "store = make(sys.argv[1]); store.open(Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, name, str(tmp_path / name)]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode != 0
    assert "lock" in second.stderr.lower() or "already accessed" in second.stderr
    assert store.count(1) == 40
    store.close()
