"""What servers say is shown without the key that they were sent, wherever it is cut."""

from __future__ import annotations

import logging

import httpx2
import pytest

from explorer.addresses import count_body, is_this_machine, proxy, said, short
from explorer.chat.model import ChatModel, Turn
from explorer.errors import ChatError
from tests.chat_server import serving

LONG_KEY = "sk-proj-" + "K3y" * 50
TURNS: list[Turn] = [{"role": "user", "content": "Why?"}]


@pytest.mark.parametrize(
    ("address", "is_here"),
    [
        ("http://localhost:11434/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://127.1.2.3/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://localhost.example/v1", False),
        ("https://192.168.1.7/v1", False),
        ("nonsense", False),
    ],
)
def test_which_addresses_are_of_this_machine(address: str, is_here: bool) -> None:
    assert is_this_machine(address) is is_here


def test_the_proxy_of_the_environment_is_named_as_requests_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert proxy("https://models.example/v1") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:secret@proxy.example:3128")
    assert proxy("https://models.example/v1") == "http://proxy.example:3128"
    assert proxy("http://models.example/v1") is None
    assert proxy("https://localhost/v1") is None
    monkeypatch.setenv("NO_PROXY", "models.example")
    assert proxy("https://models.example/v1") is None


@pytest.mark.parametrize("sent", [b"", b"{}", b"x" * 300_000])
def test_a_body_is_counted_once_it_went_out_and_not_before(sent: bytes) -> None:
    told: list[int] = []
    request = httpx2.Request("POST", "http://127.0.0.1:9/v1", content=sent)
    count_body(request, told.append)
    assert told == []
    assert isinstance(request.stream, httpx2.SyncByteStream)
    assert b"".join(request.stream) == sent
    request.stream.close()
    assert told == [len(sent)]


@pytest.mark.parametrize("words", range(0, 240, 7))
def test_a_secret_goes_before_the_cut(words: int) -> None:
    text = "w" * words + LONG_KEY + " and more" * 40
    for shown in (short(text, LONG_KEY), said({"error": {"message": text}}, None, LONG_KEY)):
        assert len(shown) <= 200
        assert LONG_KEY[:4] not in shown
        assert LONG_KEY[8:14] not in shown


@pytest.mark.parametrize("words", [0, 30, 60, 150, 198])
@pytest.mark.parametrize("status", [200, 401, 500])
def test_no_part_of_a_long_key_is_left_of_what_a_chat_server_says(
    words: int, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "explorer")
    text = "w" * words + f" {LONG_KEY}. You can find it"
    behaviour = {"error": text} if status == 200 else {"status": status, "body": {"error": {"message": text}}}
    with serving(**behaviour) as server, pytest.raises(ChatError) as caught:
        list(ChatModel(server.address, "m", LONG_KEY).stream(TURNS))
    assert "www" in str(caught.value) or words == 0
    assert "Chat request to" in caplog.text
    assert "www" not in caplog.text, "what the server said may quote a document"
    for shown in (str(caught.value), caplog.text):
        assert LONG_KEY[:4] not in shown
        assert LONG_KEY[8:14] not in shown
