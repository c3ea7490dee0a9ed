"""The time left is told once enough of the work was done (`explorer.types.jobs`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from explorer.catalog.activity import JobGroup, activity_of
from explorer.types import Job

START = datetime(2026, 1, 1, tzinfo=UTC)


QUEUED = Job(1, "add", "a", "queued", 0, 0, 1_000_000, START)


READING = replace(QUEUED, state="reading", started_at=START)


READY = replace(READING, state="ready", outcome="added", finished_at=START)


def seconds_left(*batch: Job, after: float) -> float | None:
    groups = [
        JobGroup(job.state, job.outcome, 1, job.size, job.started_at.timestamp() if job.started_at else None)
        for job in batch
    ]
    current = [job for job in batch if job.state in ("reading", "embedding")]
    return activity_of(groups, current, START.timestamp() + after).seconds_left


def test_the_time_left_follows_size_and_rate() -> None:
    assert seconds_left(READY, QUEUED, after=10) == pytest.approx(10)
    assert seconds_left(READY, replace(QUEUED, size=3_040_000), after=10) == pytest.approx(30)
    half = replace(READING, state="embedding", done=50, total=100)
    assert seconds_left(half, after=57.5) == pytest.approx(42.5)


def test_the_time_left_is_none_until_enough_is_known() -> None:
    assert seconds_left(QUEUED, after=100) is None
    assert seconds_left(READING, after=100) is None
    assert seconds_left(replace(READING, done=1, total=100), after=100) is None
    assert seconds_left(READY, QUEUED, after=1) is None
    assert seconds_left(READY, after=10) is None  # nothing left to wait for


def test_what_cost_nothing_tells_nothing() -> None:
    known = replace(READY, outcome="unchanged")
    failed = replace(READY, state="failed", outcome="failed")
    assert seconds_left(known, failed, QUEUED, after=100) is None
    assert seconds_left(known, failed, READY, QUEUED, after=10) == pytest.approx(10)
