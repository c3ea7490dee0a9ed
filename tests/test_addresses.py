"""What servers say is shown without the key that they were sent, wherever it is cut."""

from __future__ import annotations

import logging

import pytest

from explorer.addresses import said, short
from explorer.chat.model import ChatModel, Turn
from explorer.errors import ChatError
from tests.chat_server import serving

LONG_KEY = "sk-proj-" + "K3y" * 50
TURNS: list[Turn] = [{"role": "user", "content": "Why?"}]


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
