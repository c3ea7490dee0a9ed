"""Embedding servers: batched, concurrent, patient with what passes, plain about what does not."""

from __future__ import annotations

import email.utils
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from explorer import Library, embedding
from explorer.catalog.chosen_settings import SERVED
from explorer.embedding.server import pace, requests
from explorer.embedding.server.batches import AT_ONCE
from explorer.embedding.server.model import ServerModel, server_fingerprint
from explorer.errors import ModelError
from explorer.worker import protocol
from tests.embedding.embedding_server import DIMENSION, OK, EmbeddingServer, serving, vector
from tests.folders import BREAD, RENT, WHALES, eventually, prose, write

KEY = "canary-key-0815"
LONG_KEY = "sk-proj-" + "K3y" * 50


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of hundredths of a second; a stall of half a second is one."""
    monkeypatch.setattr(pace, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(requests, "PASSAGES", replace(requests.PASSAGES, stall=0.5))


def model(at: EmbeddingServer, key: str | None = None, **more: Any) -> ServerModel:
    found = embedding.load(at.name, key_of=lambda address: key if address == at.address else None, **more)
    assert isinstance(found, ServerModel)
    return found


def expected(texts: list[str]) -> np.ndarray:
    rows = np.array([vector(text) for text in texts], np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


TEXTS = [f"text number {n}" for n in range(150)]


def test_texts_come_back_in_order_in_batches_and_several_at_a_time() -> None:
    with serving(delay=0.1) as at:
        ours = model(at, key=KEY)
        vectors = ours.encode(TEXTS)
        np.testing.assert_allclose(vectors, expected(TEXTS), atol=1e-6)
        assert vectors.dtype == np.float32
        assert sorted(map(len, at.requests)) == [22, 32, 32, 32, 32]
        assert at.most_under_way == AT_ONCE
        np.testing.assert_allclose(ours.encode_query("why?"), expected(["why?"])[0], atol=1e-6)
        assert (ours.dimension, ours.precision, ours.is_remote) == (DIMENSION, "server", True)
        assert at.bodies[0]["model"] == "tiny"
        assert {headers["authorization"] for headers in at.headers} == {f"Bearer {KEY}"}
        assert ours.encode([]).shape == (0, DIMENSION)


def test_a_wrong_key_is_said_at_once_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(key="another") as at:
        with pytest.raises(ModelError, match=r"refused the key.*HTTP 401") as caught:
            model(at, key=KEY).encode(["a"])
        assert len(at.requests) == 1
    assert KEY not in str(caught.value)
    assert "•••" in str(caught.value)
    assert caught.value.__cause__ is None
    assert KEY not in caplog.text


@pytest.mark.parametrize("words", [0, 30, 60, 150, 198])
@pytest.mark.parametrize("status", [401, 413, 503])
def test_no_part_of_a_long_key_is_left_where_a_reason_is_cut(
    words: int, status: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "PASSAGES", replace(requests.PASSAGES, tries=2))
    caplog.set_level(logging.DEBUG)
    said = {"error": {"message": "w" * words + f" {LONG_KEY}. You can find it"}}
    plans = [{"status": status, "body": said}]
    with serving(plans=plans) as at, pytest.raises(ModelError, match=f"HTTP {status}") as caught:
        model(at, key=LONG_KEY).encode(["a"])
    for shown in (str(caught.value), caplog.text):
        assert LONG_KEY[:4] not in shown
        assert LONG_KEY[8:14] not in shown


def test_no_part_of_a_long_key_is_left_of_an_answer_that_is_none() -> None:
    for words in (0, 60, 150):
        said = "w" * words + LONG_KEY * 2
        for row in ({"index": said, "embedding": [1.0]}, {"index": 0, "embedding": [said]}):
            with serving(plans=[{"body": {"data": [row]}}]) as at, pytest.raises(ModelError) as caught:
                model(at, key=LONG_KEY).encode(["a"])
            assert LONG_KEY[8:14] not in str(caught.value)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_what_passes_is_tried_again_with_longer_waits(
    status: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    waits: list[float] = []
    hold_back = pace.Pace.hold_back

    def noted(self: pace.Pace, wait: float) -> None:
        waits.append(wait)
        hold_back(self, wait)

    monkeypatch.setattr(pace.Pace, "hold_back", noted)
    with serving(plans=[{"status": status}] * 3 + [OK]) as at:
        np.testing.assert_allclose(model(at, key=KEY).encode(["a"]), expected(["a"]), atol=1e-6)
        first, second, third = waits
        assert first < second < third
        # A busy machine adds to what lies between two requests, and takes nothing away.
        assert (np.diff(at.times) >= waits).all()
    assert f"HTTP {status}" in caplog.text
    assert KEY not in caplog.text


def test_what_does_not_pass_is_given_up_and_says_so() -> None:
    with serving(plans=[{"status": 500}]) as at:
        with pytest.raises(ModelError, match=r"HTTP 500.*Try again later"):
            model(at).encode(["a"])
        assert len(at.requests) == requests.PASSAGES.tries


@pytest.mark.parametrize("as_date", [False, True])
def test_the_wait_that_a_server_asks_for_is_kept_by_all(as_date: bool) -> None:
    seconds = 2.0 if as_date else 0.7
    asked = email.utils.formatdate(time.time() + seconds, usegmt=True) if as_date else str(seconds)
    with serving(plans=[{"status": 429, "headers": {"Retry-After": asked}}, OK], delay=0.2) as at:
        begun = time.monotonic()
        np.testing.assert_allclose(model(at).encode(TEXTS), expected(TEXTS), atol=1e-6)
        assert time.monotonic() - begun > 0.6
        refused = at.times[0]
        later = [
            moment for moment in at.times if moment > refused + 0.3
        ]  # the four that were under way aside
        assert min(later) - refused > 0.6


def test_a_wait_beyond_all_patience_is_said_instead() -> None:
    with serving(plans=[{"status": 429, "headers": {"Retry-After": "3600"}}]) as at:
        with pytest.raises(ModelError, match="asks to wait 3600 seconds"):
            model(at).encode(["a"])
        assert len(at.requests) == 1


def test_a_stall_is_ended_and_tried_again() -> None:
    with serving(plans=[{"stall": 2.0}, OK]) as at:
        begun = time.monotonic()
        np.testing.assert_allclose(model(at).encode(["a"]), expected(["a"]), atol=1e-6)
        assert time.monotonic() - begun < 1.9


def test_a_cut_is_tried_again() -> None:
    with serving(plans=[{"cut": 40}, {"cut": 0}, OK]) as at:
        np.testing.assert_allclose(model(at).encode(["a", "b"]), expected(["a", "b"]), atol=1e-6)
        assert len(at.requests) == 3


def test_a_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PASSAGES", replace(requests.PASSAGES, tries=2))
    with pytest.raises(ModelError, match=r"http://127\.0\.0\.1:9/v1 cannot be reached \(ConnectError\)"):
        embedding.load("tiny at http://127.0.0.1:9/v1").encode(["a"])


def test_a_redirect_is_not_followed() -> None:
    with serving() as elsewhere:
        plan = {"status": 307, "headers": {"Location": f"{elsewhere.address}/x"}}
        with serving(plans=[plan]) as at, pytest.raises(ModelError, match="Redirects are not followed"):
            model(at, key=KEY).encode(["a"])
        assert elsewhere.requests == []


def test_a_key_belongs_to_its_address() -> None:
    with serving() as at, serving() as other:
        only_here = {at.address: KEY}
        embedding.load(other.name, key_of=only_here.get).encode(["a"])
        assert "authorization" not in other.headers[0]


def test_a_server_that_takes_fewer_gets_fewer_from_then_on() -> None:
    with serving(most=5) as at:
        ours = model(at)
        np.testing.assert_allclose(ours.encode(TEXTS), expected(TEXTS), atol=1e-6)
        at.requests.clear()
        ours.encode(TEXTS[:20])
        assert max(map(len, at.requests)) <= 5


@pytest.mark.parametrize("status", [400, 413, 422])
def test_one_bad_text_is_named_by_the_server_and_does_not_shrink_what_follows(status: int) -> None:
    with serving(bad="number 17", bad_status=status) as at:
        ours = model(at)
        with pytest.raises(ModelError, match=f"HTTP {status}.*'text number 17' is too long"):
            ours.encode(TEXTS[:32])
        assert at.requests[-1] == ["text number 17"]
        at.requests.clear()
        ours.encode(TEXTS[20:84])
        assert list(map(len, at.requests)) == [32, 32]


def test_a_limit_that_is_told_by_400_is_learnt() -> None:
    with serving(most=5, most_status=400) as at:
        ours = model(at)
        np.testing.assert_allclose(ours.encode(TEXTS), expected(TEXTS), atol=1e-6)
        at.requests.clear()
        ours.encode(TEXTS[:20])
        assert list(map(len, at.requests)) == [4] * 5


def test_one_text_that_is_too_large_is_said() -> None:
    with serving(most=0) as at, pytest.raises(ModelError, match=r"too large.*EXPLORER_EMBED_TOKENS"):
        model(at).encode(["a"])


ROW = {"index": 0, "embedding": [1.0] * DIMENSION}


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        {"data": []},
        {"data": [ROW, ROW]},
        {"data": [{"index": 1, "embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": "AAAA"}]},
        {"data": [{"index": 0, "embedding": []}]},
        {"data": [{"index": 0, "embedding": [0.0, 0.0]}]},
        b'{"data": [{"index": 0, "embedding": [1.0, NaN]}]}',
        b'{"data": [{"index": 0, "embedding": [1e999]}]}',
        b"[" * 200_000,
        {"data": {"index": 0}},
    ],
)
def test_an_answer_that_is_none_is_said(body: Any) -> None:
    with serving(plans=[{"body": body}]) as at:
        with pytest.raises(ModelError, match="not OpenAI's /v1/embeddings"):
            model(at).encode(["a"])
        assert len(at.requests) == 1


def test_an_answer_without_end_is_not_read_to_it() -> None:
    with serving(plans=[{"body": b" " * (3 << 20)}]) as at, pytest.raises(ModelError, match="more than"):
        model(at).encode(["a"])


def test_another_model_behind_the_same_name_is_noticed() -> None:
    row = {"index": 0, "embedding": [1.0, 2.0]}
    with serving(plans=[OK, {"body": {"data": [row]}}]) as at:
        ours = model(at)
        assert ours.dimension == DIMENSION
        with pytest.raises(ModelError, match="another model has taken its place"):
            ours.encode(["a"])


def test_strange_text_is_sent_as_text() -> None:
    with serving() as at:
        model(at).encode(["", "\ud800", "\x00", "日本"])
        assert at.requests[0] == [" ", "?", "\x00", "日本"]


def test_long_texts_go_in_parts() -> None:
    with serving() as at:
        ours = model(at, tokens=64)
        parts = embedding.texts_to_embed("doc", (), "word " * 200, ours)
        assert ours.max_tokens == 48
        assert len(parts) >= 5
        assert embedding.mean_of_windows([parts, ("short",)], ours.encode).shape == (2, DIMENSION)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (" at http://127.0.0.1:1/v1", "No model is named"),
        (" at http://me:secret@host/v1", r"No model is named for http://host/v1\."),
        ("m at http://", "no web address"),
        ("m at http://me:secret@host/v1", "holds a user name"),
        ("m at http://host:port/v1", "no web address"),
    ],
)
def test_names_that_cannot_be(name: str, message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        embedding.load(name)
    assert "secret" not in str(caught.value)


def test_nothing_of_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "EXPLORER_EMBED_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serving() as at:
        model(at).encode(["a"])
        assert KEY not in str(at.headers)


class _Cancelled(Exception):  # noqa: N818
    pass


@pytest.mark.parametrize(
    "plan", [{"status": 429, "headers": {"Retry-After": "45"}}, {"stall": 4.0}], ids=["waits", "is silent"]
)
def test_what_is_no_longer_wanted_is_given_up_at_once(
    plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "PASSAGES", replace(requests.PASSAGES, stall=10.0))

    def check() -> None:
        assert threading.current_thread() is threading.main_thread()
        if time.monotonic() - begun > 0.5:
            raise _Cancelled

    with serving(plans=[plan]) as at:
        begun = time.monotonic()
        with pytest.raises(_Cancelled):
            model(at).encode(TEXTS, check)
        assert time.monotonic() - begun < 2
        assert len(at.requests) <= AT_ONCE
        deadline = time.monotonic() + 10
        while any(thread.name.startswith("embedding-server") for thread in threading.enumerate()):
            assert time.monotonic() < deadline, "no thread stays behind"
            time.sleep(0.05)
        assert len(at.requests) <= AT_ONCE


def test_a_reason_that_is_nested_without_end_is_left_out() -> None:
    plans = [{"status": 401, "body": b"[" * 200_000}]
    with serving(plans=plans) as at, pytest.raises(ModelError, match=r"refused the key.*HTTP 401\)\.$"):
        model(at).encode(["a"])


def test_a_question_is_tried_fewer_times() -> None:
    with serving(plans=[{"status": 503}]) as at:
        with pytest.raises(ModelError, match="HTTP 503"):
            model(at).encode_query("why?")
        assert len(at.requests) == requests.QUESTION.tries == 2


def test_a_question_does_not_wait_for_what_an_ingestion_was_told() -> None:
    with serving(plans=[{"status": 429, "headers": {"Retry-After": "3"}}, OK]) as at:
        ours = model(at)
        ingestion = threading.Thread(target=ours.encode, args=(["a"],))
        ingestion.start()
        _until(lambda: len(at.requests) == 1)
        time.sleep(0.2)
        begun = time.monotonic()
        ours.encode_query("why?")
        assert time.monotonic() - begun < 1
        ingestion.join()
        assert at.times[2] - at.times[0] > 2.9, "the ingestion kept the wait"


def test_a_question_says_how_long_a_server_wants_to_rest_instead_of_waiting() -> None:
    with serving(plans=[{"status": 429, "headers": {"Retry-After": "20"}}]) as at:
        begun = time.monotonic()
        with pytest.raises(ModelError, match="asks to wait 20 seconds"):
            model(at).encode_query("why?")
        assert (len(at.requests), time.monotonic() - begun < 2) == (1, True)


def test_those_who_waited_do_not_come_back_all_at_once() -> None:
    refused = {"status": 429, "headers": {"Retry-After": "2"}, "stall": 0.2}
    with serving(plans=[refused] * 4 + [OK]) as at:
        model(at).encode(TEXTS[:128])
        again = sorted(at.times[4:])
        assert again[0] - at.times[0] > 2
        assert again[3] - again[0] > 0.03, "each at a moment of its own in half a second"


# ---- through the whole library


def test_a_file_is_cancelled_while_its_server_lets_it_wait(tmp_path: Any) -> None:
    later = {"status": 429, "headers": {"Retry-After": "45"}}
    with serving(plans=[OK, later]) as at, Library(tmp_path / "library") as library:
        library.change_settings(embed_url=at.address, embed_model="tiny")
        library.enqueue(write(tmp_path, rent_txt=RENT))
        _until(lambda: len(at.requests) > 1)
        library.cancel()
        begun = time.monotonic()
        _until(lambda: library.jobs()[0].is_over)
        assert time.monotonic() - begun < 3


def _until(happens: Callable[[], bool], seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_library_embeds_and_searches_by_a_server(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(key=KEY) as at:
        with Library(tmp_path / "library") as library:
            library.change_settings(embed_url=at.address, embed_model="tiny")
            (outcome,) = library.add(write(tmp_path, whales_md=WHALES))
            assert outcome.status == "failed"
            assert "refused the key" in (outcome.error or "")
            library.models.set_embed_key(at.address, KEY)
            assert library.models.embed_key(at.address) == KEY
            assert library.models.embed_key("http://127.0.0.1:9/v1") is None
            outcomes = library.add(write(tmp_path, whales_md=WHALES, rent_txt=RENT, bread_txt=BREAD))
            assert [outcome.status for outcome in outcomes] == ["added"] * 3
            live = library._catalog.generations.live()
            assert live is not None
            assert (live.model.name, live.model.dimension) == (f"tiny at {at.address}", DIMENSION)
            assert len(library.search("sea animals", k=3, mode="semantic")) == 3
            assert library.needs_redo == ()
            assert at.address in library.models.explain()[0]
            library.change_settings(embed_model="other")
            assert library.needs_redo == ("model",)
            asked = len(at.requests)
            assert library.search("the rent of a flat", k=1, mode="semantic")
            assert [body["model"] for body in at.bodies[asked:]] == ["tiny"], "until the redo"
        stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert KEY.encode() not in stored


def test_the_number_of_tokens_is_a_matter_of_cutting_not_of_the_model(tmp_path: Any) -> None:
    long = prose(1, 12)
    with serving() as at:
        with Library(tmp_path / "library") as library:
            library.change_settings(embed_url=at.address, embed_model="tiny", chunk_tokens=300)
            library.add(write(tmp_path, long_txt=long, rent_txt=RENT))
            library.change_settings(embed_tokens=128)
            assert library.needs_redo == ("chunking",)
            assert len(library.search("sea", mode="semantic", k=1)) == 1
            assert library.add(write(tmp_path, bread_txt=BREAD))[0].status == "added"
        eventually(lambda: protocol.read_address(tmp_path / "library") is None)
        with Library(tmp_path / "library") as library:
            assert library.needs_redo == ("chunking",)
            assert len(library.search("sea", mode="semantic", k=1)) == 1, "the old index serves"
            assert library.add(write(tmp_path, whales_md=WHALES))[0].status == "added"
            at.requests.clear()
            library.redo()
            eventually(lambda: not library.is_redoing)
            assert library.needs_redo == ()
            assert sum(map(len, at.requests)) > 1, "the long text is sent in other parts"
            assert RENT.strip() not in str(at.requests), "what is cut as before is not embedded again"
            library.change_settings(embed_tokens=512)
            assert library.needs_redo == ("chunking",)
            assert len(library.search("sea", mode="semantic", k=4)) == 4
            assert library.doctor().ok


@pytest.mark.parametrize(("now", "differs"), [(256, ()), (512, ("chunking",))])
def test_a_library_that_has_the_tokens_in_its_fingerprint_is_served(
    tmp_path: Any, now: int, differs: tuple[str, ...]
) -> None:
    with serving() as at:
        with Library(tmp_path / "library") as library:
            library.change_settings(embed_url=at.address, embed_model="tiny", embed_tokens=256)
            library.add(write(tmp_path, rent_txt=RENT))
        eventually(lambda: protocol.read_address(tmp_path / "library") is None)
        with Library(tmp_path / "library") as library:
            with library._catalog.write() as con:
                con.execute("UPDATE model SET fingerprint = ?", (server_fingerprint(at.name, 256),))
                con.execute("UPDATE generation SET recipe = json_remove(recipe, '$.embed_tokens')")
            library._catalog.settings.change({SERVED: None})
            library.change_settings(embed_tokens=now)
            assert library.needs_redo == differs
            assert len(library.search("sea", mode="semantic", k=1)) == 1
            assert library.add(write(tmp_path, bread_txt=BREAD))[0].status == "added"
            assert library.needs_redo == differs


def test_the_environments_key_goes_to_the_environments_address_only(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_EMBED_KEY", KEY)
    with serving() as at, Library(tmp_path / "library") as library:
        library.change_settings(embed_url=at.address, embed_model="tiny")
        assert library.models.embed_key(at.address) is None
        library.add(write(tmp_path, rent_txt=RENT))
        assert at.requests
        assert KEY not in str(at.headers)
        monkeypatch.setenv("EXPLORER_EMBED_URL", at.address)
        assert library.models.embed_key(at.address) == KEY
        assert library.models.embed_key(at.address.replace("127.0.0.1", "localhost")) is None
