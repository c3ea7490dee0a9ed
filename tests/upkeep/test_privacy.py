"""explorer.upkeep.privacy: every address that is talked to, and what real servers say came there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer import Library
from explorer.upkeep import OutgoingAddress
from tests import chat_server
from tests.embedding import embedding_server
from tests.folders import eventually


def compact(body: Any) -> int:
    """The bytes of a body as the client writes JSON."""
    return len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        yield library


def only(library: Library) -> OutgoingAddress:
    (one,) = library.upkeep.addresses()
    return one


def test_none_is_set_up_in_a_new_library(library: Library) -> None:
    assert library.upkeep.addresses() == []


def test_what_servers_received_is_what_was_counted(tmp_path: Path, library: Library) -> None:
    source = tmp_path / "whales.md"
    source.write_text("# Whales\n\nWhales are large mammals that live in the ocean. They eat krill.\n")
    with chat_server.serving(pieces=["Krill [1]."]) as chat, embedding_server.serving() as embed:
        library.change_settings(
            chat_url=chat.address, chat_model="m", embed_url=embed.address, embed_model="tiny"
        )
        first, second = library.upkeep.addresses()
        assert (first.purpose, first.address, first.origin) == ("Language model", chat.address, "page")
        assert (second.purpose, second.address) == ("Embedding server", embed.address)
        assert (
            first.is_this_machine and first.requests == 0 and first.first is None and first.since is not None
        )

        assert [one.status for one in library.add(source)] == ["added"]
        assert library.search("what do whales eat")
        answer = library.ask("What do whales eat?")
        assert answer.text.startswith("Krill")
        library.models.test_chat()

        eventually(lambda: library.upkeep.addresses()[1].requests == len(embed.bodies))
        first, second = library.upkeep.addresses()
        assert len(chat.requests) == 2 and len(chat.gets) == 1, "its list of models is asked for once"
        assert first.requests == len(chat.requests) + len(chat.gets)
        assert first.octets == sum(map(compact, chat.requests))
        assert second.requests == len(embed.bodies) >= 3
        assert second.octets == sum(map(compact, embed.bodies))
        assert first.first is not None and first.last is not None and first.first < first.last

        library.change_settings(chat_url=None, chat_model=None, embed_url=None, embed_model=None)
        first, second = library.upkeep.addresses()
        assert (first.purpose, first.origin) == ("Embedding server", "index"), "the index still asks it"
        assert (second.purpose, second.origin, second.since) == ("Language model", None, None)
        assert second.requests == 3


def test_nothing_is_counted_where_nobody_listens(library: Library) -> None:
    with chat_server.serving() as server:
        address = server.address
    library.change_settings(chat_url=address, chat_model="m")
    conversation = library.conversations.create()
    library.conversations.wait(library.conversations.ask(conversation, "Anybody there?"), 60)
    assert (only(library).requests, only(library).octets) == (0, 0)


def test_an_address_of_the_environment_is_told_with_its_proxy_and_without_secrets(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CHAT_URL", "https://models.example/v1/chat/completions")
    monkeypatch.setenv("EXPLORER_CHAT_KEY", "canary-key")
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:secret@proxy.example:3128")
    one = only(library)
    assert (one.address, one.origin, one.is_this_machine) == (
        "https://models.example/v1",
        "environment",
        False,
    )
    assert one.proxy is not None and "proxy.example:3128" in one.proxy
    assert "secret" not in repr(one) and "canary" not in repr(one)
