"""One request to an embedding server: its time, its answer, and what is said and logged when it fails."""

from __future__ import annotations

import base64
import email.utils
import logging
import socket
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2
import numpy as np
import pytest

from explorer import embedding
from explorer.embedding.server import pace, posting, requests
from explorer.embedding.server.answers import retry_after
from explorer.errors import ModelError
from tests.embedding.embedding_server import OK, serving
from tests.embedding.server.test_model import KEY, expected, model
from tests.folders import eventually


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of hundredths of a second."""
    monkeypatch.setattr(pace, "FIRST_WAIT", 0.02)


# ---- its time


@pytest.mark.parametrize("plan", [{"stall": 3.0}, {"drops": 0.1}, {"header_drops": 0.1}], ids=str)
def test_a_question_gives_a_slow_server_little_time(
    plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "QUESTION", replace(requests.QUESTION, stall=0.4, whole=0.4))
    with serving(plans=[plan]) as at:
        begun = time.monotonic()
        with pytest.raises(ModelError, match=r"0\.4 seconds\. Try again later"):
            model(at).encode_query("why?")
        assert time.monotonic() - begun < 2.5
        assert len(at.requests) == 2
        eventually(lambda: not _under_way(), seconds=5)


@pytest.mark.parametrize("plan", [{"drops": 0.1}, {"header_drops": 0.1}], ids=str)
def test_a_request_for_passages_has_an_end_too(plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PASSAGES", replace(requests.PASSAGES, whole=0.5))
    with serving(plans=[plan, OK]) as at:
        begun = time.monotonic()
        np.testing.assert_allclose(model(at).encode(["a"]), expected(["a"]), atol=1e-6)
        assert time.monotonic() - begun < 2.5
        assert len(at.requests) == 2


def _under_way() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "embedding-request"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue of connections is no silence")
def test_a_server_that_takes_no_connection_did_not_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PASSAGES", replace(requests.PASSAGES, tries=1))
    monkeypatch.setattr(posting, "CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        with pytest.raises(ModelError, match=r"cannot be reached \(no connection in 0\.5 seconds\)"):
            embedding.load(f"tiny at http://127.0.0.1:{port}/v1").encode(["a"])
        for one in waiting:
            one.close()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no zone for one process")
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("form", ["%a %b %d %H:%M:%S %Y", "%a, %d %b %Y %H:%M:%S -0000", None])
def test_a_date_to_wait_for_is_one_of_utc(
    zone: str, form: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = time.time() + 60
    date = datetime.fromtimestamp(moment, UTC).strftime(form) if form else email.utils.formatdate(moment)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        wait = retry_after(httpx2.Headers({"retry-after": date}))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert wait is not None
    assert 55 < wait <= 60


# ---- its answer


def _given(rows: list[Any]) -> dict[str, Any]:
    return {"data": [{"index": number, "embedding": row} for number, row in enumerate(rows)]}


@pytest.mark.parametrize("size", [1e30, 1e300, 1e-30, 1e-300, 1.0])
def test_vectors_of_any_size_are_of_length_one(size: float) -> None:
    with serving(plans=[{"body": _given([[3 * size, 0.0, 4 * size]])}]) as at:
        np.testing.assert_allclose(model(at).encode(["a"]), [[0.6, 0.0, 0.8]], rtol=1e-6)


def test_base64_is_read_though_numbers_are_asked_for() -> None:
    rows = [base64.b64encode(np.array(row, "<f4").tobytes()).decode() for row in ([3.0, 4.0], [0.0, -2.0])]
    with serving(plans=[{"body": _given(rows)}]) as at:
        np.testing.assert_allclose(model(at).encode(["a", "b"]), [[0.6, 0.8], [0.0, -1.0]], rtol=1e-6)
        assert at.bodies[0]["encoding_format"] == "float"


@pytest.mark.parametrize("text", ["AAAA", "", "no base64!", "AADAfw=="])  # 3 bytes, none, letters, NaN
def test_base64_that_is_no_vector_is_none(text: str) -> None:
    with (
        serving(plans=[{"body": _given([text])}]) as at,
        pytest.raises(ModelError, match="not OpenAI's /v1/embeddings"),
    ):
        model(at).encode(["a"])


@pytest.mark.parametrize("body", [{"error": {"message": "model is asleep"}}, {"error": "model is asleep"}])
def test_an_error_with_status_200_is_said(body: Any) -> None:
    with serving(plans=[{"body": body}]) as at:
        with pytest.raises(ModelError, match=r'no embeddings \(HTTP 200\)\. It said: "model is asleep"$'):
            model(at).encode(["a"])
        assert len(at.requests) == 1


# ---- what is said and logged


@pytest.mark.parametrize("status", [404, 405])
def test_an_address_that_may_lack_its_end_is_told_how_it_ends(status: int) -> None:
    with (
        serving(plans=[{"status": status}]) as at,
        pytest.raises(ModelError, match=f"usually ends in /v1 .HTTP {status}"),
    ):
        embedding.load(at.name.removesuffix("/v1")).encode(["a"])


@pytest.mark.parametrize("status", [200, 400, 413, 429, 503])
def test_no_text_of_a_document_comes_into_the_log(
    status: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "PASSAGES", replace(requests.PASSAGES, tries=2))
    caplog.set_level(logging.DEBUG)
    said = {"error": {"message": "cannot embed 'the patient is ill'"}}
    with (
        serving(plans=[{"status": status, "body": said}]) as at,
        pytest.raises(ModelError, match="the patient is ill"),
    ):
        model(at, key=KEY).encode(["the patient is ill"])
    assert "patient" not in caplog.text
    if status in (429, 503):
        assert f"{at.address} failed (HTTP {status})" in caplog.text
