"""Clusters: a sensible number at every size, few points left out, true to known groups."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from explorer.maps.clustering import UNCLUSTERED, cluster, fewest_clusters, most_clusters

TOPICS = Path(__file__).parents[3] / "shared" / "data" / "topics" / "ag_news.jsonl"


def blobs(count: int, size: int, spread: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(count)
    angle = np.arange(count) / count * 2 * np.pi
    centres = 8 * np.column_stack([np.cos(angle), np.sin(angle)])
    group = np.repeat(np.arange(count), size)
    return (centres[group] + spread * random.normal(size=(len(group), 2))).astype(np.float32), group


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
def test_very_few_points_are_one_cluster(n: int) -> None:
    assert cluster(np.random.default_rng(n).normal(size=(n, 2)).astype(np.float32)).tolist() == [0] * n


@pytest.mark.parametrize("n", [6, 10, 100])
def test_points_that_are_one_place_are_one_cluster(n: int) -> None:
    assert set(cluster(np.zeros((n, 2), np.float32)).tolist()) == {0}


@pytest.mark.parametrize(("count", "size"), [(2, 5), (3, 10), (6, 15), (12, 100), (9, 900)])
def test_groups_that_stand_apart_are_found(count: int, size: int) -> None:
    xy, group = blobs(count, size)
    found = cluster(xy)
    assert len(np.unique(found)) == count
    for number in range(count):
        assert len(np.unique(found[group == number])) == 1


def test_twins_are_in_the_same_cluster() -> None:
    xy, _ = blobs(3, 10)
    found = cluster(np.vstack([xy, xy]))
    assert (found[:30] == found[30:]).all()


def test_points_of_one_number_are_one() -> None:
    xy = np.random.default_rng(3).normal(size=(90, 2)).astype(np.float32)
    assert set(cluster(xy, np.zeros(90, np.int64)).tolist()) == {0}
    same = np.r_[np.zeros(80, np.int64), np.arange(1, 11)]
    found = cluster(xy, same)
    assert len(set(found[:80].tolist())) == 1
    assert found[0] == 0
    assert 2 <= found.max() + 1 <= 3


@pytest.mark.parametrize("n", [10, 20, 60, 300, 5_000, 30_000])
def test_a_cloud_without_groups_is_still_cut_into_few(n: int) -> None:
    found = cluster(np.random.default_rng(n).normal(size=(n, 2)).astype(np.float32))
    numbers = len(np.unique(found[found >= 0]))
    assert min(fewest_clusters(n), most_clusters(n)) - 1 <= numbers <= most_clusters(n)
    assert (found == UNCLUSTERED).mean() < 0.05
    sizes = np.bincount(found[found >= 0])
    assert (np.diff(sizes) <= 0).all(), "numbered by size"


def test_the_number_of_clusters_suits_a_legend() -> None:
    assert (fewest_clusters(20), most_clusters(20)) == (2, 6)
    assert (fewest_clusters(5_000), most_clusters(5_000)) == (8, 24)
    assert most_clusters(1_000_000) < 80


def test_equal_input_gives_equal_output() -> None:
    xy = np.random.default_rng(5).normal(size=(9_000, 2)).astype(np.float32)
    assert (cluster(xy) == cluster(xy)).all()


def test_a_splinter_is_left_out() -> None:
    xy, _ = blobs(4, 200, 0.4)
    far = np.array([[60.0, 60.0]], np.float32)
    assert cluster(np.vstack([xy, far]))[-1] == UNCLUSTERED


@pytest.mark.data
@pytest.mark.slow
def test_four_topics_of_news() -> None:
    """Homogeneity is how much of the topic a cluster gives away; a classifier on the map reaches .67."""
    if not TOPICS.exists():
        pytest.skip(f"needs {TOPICS}")
    from sklearn.metrics import homogeneity_score

    from explorer.embedding.registry import load
    from explorer.maps.projection import project

    rows = [json.loads(line) for line in TOPICS.read_text(encoding="utf-8").splitlines()][::4]
    vectors = load("all-MiniLM-L6-v2").encode([row["text"] for row in rows])
    found = cluster(project(vectors))
    clustered = found >= 0
    topics = np.array([str(row["label"]) for row in rows])
    assert 5 <= found.max() + 1 <= 20
    assert clustered.mean() > 0.95
    assert homogeneity_score(topics[clustered], found[clustered]) > 0.55
