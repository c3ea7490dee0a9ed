"""The layout: sensible at every size, repeatable, near what is near; and finding one's way on it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from explorer.maps import projection
from explorer.maps.projection import EXTENT, inside, neighbours, place, project, thin, unit


def groups_of(count: int, size: int, dimension: int = 32, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around `count` directions, and the group of each."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(count, dimension))
    group = np.repeat(np.arange(count), size)
    vectors = centres[group] + 0.25 * random.normal(size=(count * size, dimension))
    return unit(vectors), group


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 15, 16, 40])
def test_every_small_number_of_points_has_a_map(n: int, dimensions: int) -> None:
    vectors = np.random.default_rng(n).normal(size=(n, 24)).astype(np.float32)
    xy = project(vectors, dimensions)
    assert xy.shape == (n, dimensions)
    assert xy.dtype == np.float32
    assert np.isfinite(xy).all()
    assert len(np.unique(xy, axis=0)) == n
    assert not n or np.abs(xy).max() <= EXTENT + 1e-4


def test_two_points_stand_apart_and_three_do_not_stand_in_a_line() -> None:
    two = project(np.eye(2, 8, dtype=np.float32))
    assert np.linalg.norm(two[0] - two[1]) > EXTENT
    three = project(np.eye(3, 8, dtype=np.float32))
    (ax, ay), (bx, by) = three[1] - three[0], three[2] - three[0]
    assert abs(ax * by - ay * bx) > EXTENT


@pytest.mark.parametrize("n", [2, 12, 50])
def test_identical_vectors_fill_a_disc(n: int) -> None:
    xy = project(np.ones((n, 16), np.float32))
    assert np.isfinite(xy).all()
    assert len(np.unique(xy.round(3), axis=0)) == n


def test_duplicates_stand_beside_their_twin() -> None:
    vectors, _ = groups_of(3, 20)
    xy = project(np.vstack([vectors, vectors[:5], vectors[:5]]))
    assert len(np.unique(xy, axis=0)) == 70
    for row in range(5):
        assert np.linalg.norm(xy[row] - xy[60 + row]) < 0.02 * EXTENT
        assert np.linalg.norm(xy[row] - xy[65 + row]) < 0.02 * EXTENT


def test_rows_that_are_no_vectors_do_no_harm() -> None:
    vectors, _ = groups_of(2, 10)
    vectors[3] = 0.0
    vectors[4] = np.nan
    vectors[5] = np.inf
    assert np.isfinite(project(vectors)).all()


def test_the_length_of_a_vector_says_nothing() -> None:
    vectors, _ = groups_of(2, 6)
    lengths = np.linspace(0.5, 9, len(vectors), dtype=np.float32)[:, None]
    assert np.allclose(project(vectors), project(vectors * lengths), atol=1e-2)


def test_what_is_near_stays_near() -> None:
    vectors, group = groups_of(5, 40)
    xy = project(vectors)
    gaps = np.linalg.norm(xy[:, None] - xy[None], axis=-1)
    np.fill_diagonal(gaps, np.inf)
    nearest = np.argsort(gaps, axis=1)[:, :5]
    assert (group[nearest] == group[:, None]).mean() > 0.98


def test_the_same_vectors_give_the_same_map_in_another_process() -> None:
    script = (
        "import sys; from tests.maps.test_projection import groups_of;"
        "from explorer.maps.projection import project;"
        "sys.stdout.buffer.write(project(groups_of(3, 30)[0]).tobytes())"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    here = project(groups_of(3, 30)[0])
    assert here.tobytes() == other
    assert here.tobytes() == project(groups_of(3, 30)[0]).tobytes()


def test_above_the_sample_the_rest_is_placed_with_its_like() -> None:
    vectors, group = groups_of(4, 100)
    xy = project(vectors, sample=120)
    centres = np.stack([np.median(xy[group == number], axis=0) for number in range(4)])
    nearest = np.linalg.norm(xy[:, None] - centres[None], axis=-1).argmin(1)
    assert (nearest == group).mean() > 0.97


def test_progress_rises_to_the_end_and_an_error_from_it_ends_the_work() -> None:
    vectors, _ = groups_of(4, 50)
    seen: list[float] = []
    project(vectors, on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)

    def stop(share: float) -> None:
        if share > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        project(vectors, on_progress=stop)


def test_neighbours_are_exact_and_each_row_is_its_own_first() -> None:
    vectors, _ = groups_of(3, 700)
    vectors[1500] = vectors[2]
    index, similarity = neighbours(vectors, 6)
    assert (index[:, 0] == np.arange(len(vectors))).all()
    for row in (0, 2, 1100, 2099):
        truth = vectors @ vectors[row]
        assert np.allclose(similarity[row], np.sort(truth)[::-1][:6], atol=1e-5)
        assert np.allclose(truth[index[row]], similarity[row], atol=1e-5)


def test_the_graph_is_umaps_own() -> None:
    umap = pytest.importorskip("umap.umap_")
    vectors, _ = groups_of(3, 60)
    index, similarity = neighbours(vectors, 15)
    distance = np.maximum(1 - similarity, 0).astype(np.float32)
    theirs, _, _ = umap.fuzzy_simplicial_set(
        vectors,
        15,
        np.random.RandomState(1),
        "cosine",
        knn_indices=index.astype(np.int32),
        knn_dists=distance,
    )
    ours = projection.fuzzy_graph(index, distance)
    assert abs(ours.tocsr() - theirs.tocsr()).max() < 1e-4


def test_a_place_is_among_the_nearest_not_between_two_groups() -> None:
    left, right = np.array([[-8.0, 0.0]] * 4), np.array([[8.0, 0.0]] * 3)
    similarity = np.array([0.80, 0.79, 0.78, 0.78, 0.79, 0.78, 0.77], np.float32)
    assert np.allclose(place(np.vstack([left, right]), similarity), [-8, 0], atol=0.1)
    assert place(left, similarity[:4]).shape == (2,)
    assert place(np.stack([left, left]), np.stack([similarity[:4]] * 2)).shape == (2, 2)
    with pytest.raises(ValueError, match="at least one"):
        place(np.empty((0, 2)), np.empty(0))


SQUARE = [(0, 0), (4, 0), (4, 4), (0, 4)]
ARROW = [(0, 0), (4, 4), (0, 8), (1, 4)]


@pytest.mark.parametrize(
    ("polygon", "point", "is_in"),
    [
        (SQUARE, (2, 2), True),
        (SQUARE, (5, 2), False),
        (SQUARE, (2, -0.01), False),
        (SQUARE[::-1], (2, 2), True),
        (ARROW, (0.5, 4), False),
        (ARROW, (2, 4), True),
        (SQUARE[:2], (2, 0), False),
        ([], (0, 0), False),
        ([(0, 0), (float("nan"), 1), (2, 2)], (1, 1), False),
        (SQUARE, (float("nan"), 2), False),
    ],
)
def test_inside_a_polygon(polygon, point, is_in: bool) -> None:
    assert inside([point], polygon).tolist() == [is_in]


def test_inside_agrees_with_the_circle_it_draws() -> None:
    random = np.random.default_rng(1)
    points = random.uniform(-3, 3, (20_000, 2))
    angle = np.linspace(0, 2 * np.pi, 600, endpoint=False)
    polygon = 2 * np.column_stack([np.cos(angle), np.sin(angle)])
    radius = np.linalg.norm(points, axis=1)
    clear = np.abs(radius - 2) > 0.01
    assert (inside(points, polygon) == (radius < 2))[clear].all()


def test_a_thinned_map_keeps_shares_and_outlines() -> None:
    random = np.random.default_rng(2)
    xy = np.vstack([random.normal(size=(20_000, 2)), random.normal(8, 0.1, (300, 2)), [[-9, 9]]]).astype(
        np.float32
    )
    groups = np.repeat([0, 1, 2], [20_000, 300, 1])
    rows = thin(xy, groups, 2_000)
    assert len(rows) == 2_000
    assert (np.diff(rows) > 0).all()
    assert (np.bincount(groups[rows]) / 2_000).tolist() == pytest.approx([0.985, 0.015, 0.0005], abs=0.002)
    assert np.ptp(xy[rows], axis=0) == pytest.approx(np.ptp(xy, axis=0), rel=0.1)
    assert (thin(xy, groups, 2_000) == rows).all()
    assert (thin(xy[:50], groups[:50], 100) == np.arange(50)).all()


def test_an_outlier_does_not_squeeze_the_rest() -> None:
    random = np.random.default_rng(1)
    cloud = random.normal(0, 1, (300, 2)).astype(np.float32)
    xy = np.vstack([cloud, [[90, 10]]]).astype(np.float32)
    drawn = projection.drawn_in(xy)
    assert np.ptp(drawn[:-1, 0]) > 0.5 * np.ptp(drawn[:, 0])
    gap = drawn - np.median(xy, axis=0)
    assert (np.argsort(np.linalg.norm(gap, axis=1))[-1]) == 300, "it is the farthest still"
    disc = random.uniform(-1, 1, (300, 2)).astype(np.float32)
    assert projection.drawn_in(disc) is disc
