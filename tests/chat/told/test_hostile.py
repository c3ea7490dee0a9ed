"""A server that obeys what documents say to it causes no request and no live link."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from explorer.chat.conversations import Conversations
from tests.chat.told.library import HOSTILE, answerer, given
from tests.chat_server import serving
from tests.small_library import fill
from ui import rich

QUESTION = "When is the next meeting of the garden club?"


@contextmanager
def canary() -> Iterator[tuple[int, list[str]]]:
    """A server that nobody should ask: its port, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def do_POST(self) -> None:
            self.do_GET()

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def obeying(request: dict[str, Any]) -> list[str]:
    """Does what the document says, in small pieces."""
    text = next(text for text in given(request).values() if "IGNORE ALL RULES" in text)
    orders = text[text.index("![x]") :]
    link = re.search(r"http://\S+?/link", orders)
    assert link is not None
    markup = f"[1]: {link[0]}\n\n<script src='{link[0]}'></script> {link[0]}"
    said = f"The meeting is on 4 May [1]. {orders}\n\n{markup}"
    return [said[at : at + 3] for at in range(0, len(said), 3)]


def kinds_in(nodes: Any) -> set[str]:
    """The kinds of all nodes, and the names of their attributes."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, dict):
            found |= {node["t"], *(key for key in node if key not in ("t", "c", "n"))}
            found |= kinds_in(node.get("c", ()))
    return found


def test_a_server_that_obeys_hostile_documents_causes_no_request_and_no_link(tmp_path: Path) -> None:
    with canary() as (port, asked), serving(reply=obeying) as server:
        with fill(tmp_path, {"club.txt": (HOSTILE.format(port=port),)}) as catalog:
            talk = Conversations(catalog, answerer(catalog, server.address, 4_096))
            message_id = talk.ask(talk.create(), QUESTION)
            assert talk.wait(message_id, 60)
            message = talk.message(message_id)
        (request,) = server.requests
        assert asked == []
    assert message.state == "done"
    assert "/pixel.png" in message.text, "the server did obey"
    assert set(request) <= {"model", "messages", "stream"}, "no tools are offered"
    system, last = request["messages"][0]["content"], request["messages"][-1]["content"]
    assert "IGNORE" not in system
    assert last.index("<<<passage 1") < last.index("IGNORE") < last.index("1 passage>>>")
    for shown in (message.text, *(message.text[:size] for size in range(0, len(message.text), 7))):
        nodes = rich.markdown(shown, {ref.number for ref in message.citations})
        assert kinds_in(nodes) <= {*rich.KINDS, "n"}
        assert not {"a", "img", "script", "href", "src"} & kinds_in(nodes)


def test_a_call_of_a_tool_is_not_heard(tmp_path: Path) -> None:
    with canary() as (port, asked), serving(pieces=["On 4 May [1]."]) as server:
        call = {
            "index": 0,
            "id": "1",
            "type": "function",
            "function": {"name": "fetch", "arguments": f'{{"url": "http://127.0.0.1:{port}/"}}'},
        }
        server.deltas = [{"tool_calls": [call]}]
        with fill(tmp_path, {"club.txt": (HOSTILE.format(port=port),)}) as catalog:
            answer = answerer(catalog, server.address, 4_096).answer(QUESTION)
            assert answer.text == "On 4 May [1]."
        assert asked == []
