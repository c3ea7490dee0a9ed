"""Every request and reply arrives as it was sent, and what is no request of ours is refused by name."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from explorer.catalog import Catalog
from explorer.errors import SettingError, WorkerError
from explorer.worker import verbs
from explorer.worker.worker import Worker

KINDS = [
    one
    for one in vars(verbs).values()
    if isinstance(one, type) and issubclass(one, verbs.Request) and one is not verbs.Request
]
REQUESTS: list[verbs.Request[Any]] = [
    verbs.Encode(("one text", "another"), "query"),
    verbs.Nearest(5),
    verbs.Wake(),
    verbs.GivePassword(3, "secret-canary"),
    verbs.Sync(),
    verbs.Rebuild(),
    verbs.IndexIds(2),
    verbs.AskStore(),
    verbs.CheckModel("a model"),
    verbs.Rerank("a question", ()),
    verbs.PlaceLook("a red circle"),
    verbs.SetKey("http://127.0.0.1:1/v1", "secret-canary"),
    verbs.SetKey("http://127.0.0.1:1/v1", None),
]
REPLIES = [
    verbs.Done(),
    verbs.NearestReply(ready=True),
    verbs.IndexState(7, 9),
    verbs.CheckedModel(384, 0.25),
    verbs.CheckedModel(384, 2),
    verbs.RerankReply(is_set_up=False),
    verbs.PlacedLook("3f"),
    verbs.StoreReply("chroma", None, "qdrant_server", 3, 9, None),
    verbs.StoreReply("weaviate", "http://127.0.0.1:1", None, 0, 9, "It is away."),
]


def sent(message: dict[str, Any]) -> dict[str, Any]:
    """As it arrives at the other side."""
    return dict(json.loads(json.dumps(message)))


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: type(one).__name__)
def test_a_request_arrives_as_it_was_asked(request_: verbs.Request[Any]) -> None:
    assert verbs.understand(sent(verbs.question(request_)), KINDS) == request_


@pytest.mark.parametrize("reply", REPLIES, ids=lambda one: type(one).__name__)
def test_a_reply_arrives_as_it_was_given(reply: Any) -> None:
    assert verbs.read(type(reply), sent(verbs.answer(reply))) == reply


def test_the_worker_answers_every_request(tmp_path: Any) -> None:
    worker = Worker(tmp_path)
    assert set(worker.server._handlers) == set(KINDS) == {type(one) for one in REQUESTS}
    assert len({kind.verb for kind in KINDS}) == len(KINDS)
    worker.server.close()
    worker.catalog.close()


def test_a_stored_setting_that_no_longer_holds_does_not_end_the_worker(tmp_path: Path) -> None:
    """Another version has other bounds; whatever needs the setting says so."""
    with Catalog(tmp_path) as catalog:
        catalog.settings.change({"chunk_tokens": 10**9})
    worker = Worker(tmp_path)
    with pytest.raises(SettingError, match="chunk_tokens"):
        worker._settings()
    worker.server.close()
    worker.catalog.close()


def test_what_it_does_not_know_is_refused_by_name() -> None:
    for message in ({"verb": "no such verb"}, {}, {"verb": ["nearest"]}):
        with pytest.raises(WorkerError, match=r"does not know .*versions"):
            verbs.understand(message, [verbs.Nearest])


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, "address, key"),
        ({"address": 1, "key": "secret-canary", "more": 1}, "address"),
        ({"address": "a", "key": ["secret-canary"]}, "key"),
        ({"address": None, "key": "secret-canary"}, "address"),
    ],
)
def test_wrong_fields_are_named_without_their_values(fields: dict[str, Any], names: str) -> None:
    with pytest.raises(WorkerError, match=rf"SetKey.*: {names}\.") as caught:
        verbs.understand({"verb": "key", **fields}, [verbs.SetKey])
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (verbs.Nearest, {"k": True}),
        (verbs.Nearest, {"k": 1.5}),
        (verbs.Nearest, {"k": "5"}),
        (verbs.NearestReply, {"ready": 1}),
        (verbs.Encode, {"texts": "one", "kind": "query"}),
        (verbs.Encode, {"texts": [1], "kind": "query"}),
        (verbs.CheckedModel, {"dimension": 384, "seconds": "1"}),
    ],
)
def test_values_of_another_type_are_refused(kind: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(WorkerError, match="other fields than expected"):
        verbs.read(kind, fields)


@dataclass(frozen=True, slots=True)
class Released(verbs.Request[verbs.Done]):
    """A request as a version of the program has it."""

    verb = "released"
    text: str


@dataclass(frozen=True, slots=True)
class Later(verbs.Request[verbs.Done]):
    """The same request as the next version has it."""

    verb = "released"
    text: str
    limit: int = 10
    words: tuple[str, ...] = field(default_factory=tuple)


def test_an_app_that_was_left_open_asks_the_worker_of_a_newer_version() -> None:
    assert verbs.understand(sent(verbs.question(Released("a"))), [Later]) == Later("a")


def test_a_newer_app_asks_a_worker_that_was_left_running() -> None:
    assert verbs.understand(sent(verbs.question(Later("a", 5, ("b",)))), [Released]) == Released("a")


def test_a_field_with_a_default_is_still_looked_at() -> None:
    with pytest.raises(WorkerError, match=r"Later.*: limit, text\."):
        verbs.understand({"verb": "released", "limit": "5"}, [Later])


def test_no_key_and_no_password_is_in_what_a_log_would_show() -> None:
    assert "canary" not in repr(REQUESTS)
