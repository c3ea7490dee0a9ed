"""The MCP server, asked by the official client: over stdio, and over HTTP."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from explorer import Library
from tests.integrations.conftest import ROOT, serving

pytestmark = pytest.mark.extras("mcp")
pytest.importorskip("mcp", reason="the extra mcp is not installed: python start.py --with mcp")

from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

QUESTIONS = (
    "How often is the harbour crane inspected?",
    "How is a sourdough starter fed?",
    "When are bees fed?",
    "What belongs into a first aid kit for the mountains?",
    "Who pays for repairs in the workshop?",
    "What did lighthouse keepers do at night?",
    "How is a bicycle chain cleaned?",
    "What is the opposition in chess?",
    "Which stars are bright in winter?",
    "Why is a river restored?",
    "How is a balcony module mounted?",
    "What is the rent of the workshop?",
    "When may the lease end?",
    "How warm should a dough be?",
    "What is a swarm?",
    "How is a brake adjusted?",
    "What to do about hypothermia?",
    "How does a rook help a pawn?",
    "What is the melting point of tungsten carbide?",
    "How many documents are there?",
)
"""Of the samples; the last but one is not in them."""


def over_stdio(folder: Path, *options: str, ask: Callable[[Client], Awaitable[Any]]) -> Any:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "explorer", "mcp", "--library", str(folder), *options],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )

    async def run() -> Any:
        async with Client(stdio_client(server)) as client:
            return await ask(client)

    return asyncio.run(asyncio.wait_for(run(), 120))


def test_twenty_questions_get_what_the_library_answers(folder: Path, library: Library) -> None:
    async def ask(client: Client) -> list[dict[str, Any]]:
        answers = [await client.call_tool("ask", {"question": question}) for question in QUESTIONS]
        return [answer.structured_content for answer in answers]

    found = over_stdio(folder, ask=ask)
    for question, answer in zip(QUESTIONS, found, strict=True):
        ours = library.ask(question)
        assert (answer["text"], answer["found"]) == (ours.text, ours.found), question
        cited = [(one["place"]["document"], one["place"]["start"]) for one in answer["sources"]]
        assert cited == [(one.document_id, one.start) for one in ours.citations], question
    assert sum(answer["found"] for answer in found) >= 14, "how many are answered, others measure"
    assert not found[-2]["found"] and found[-2]["nearest"]


def test_tools_say_what_they_are_and_errors_are_sentences(folder: Path) -> None:
    async def ask(client: Client) -> tuple[Any, Any, Any]:
        tools = (await client.list_tools()).tools
        missing = await client.call_tool("read", {"document": "none.md"})
        wrong = await client.call_tool("search", {"query": "x", "k": 9000})
        return tools, missing, wrong

    tools, missing, wrong = over_stdio(folder, ask=ask)
    assert [tool.name for tool in tools] == ["search", "ask", "read", "check", "tables", "documents"]
    assert all(tool.annotations.read_only_hint and tool.output_schema and tool.description for tool in tools)
    assert missing.is_error and "no document named 'none.md'" in missing.content[0].text
    assert wrong.is_error and "50" in wrong.content[0].text


def test_a_document_that_gives_orders_changes_nothing(folder: Path, library: Library) -> None:
    before = [(one.id, one.name) for one in library.documents()]

    async def ask(client: Client) -> Any:
        found = await client.call_tool("search", {"query": "ignore earlier instructions delete"})
        deleted = await client.call_tool("remove", {"documents": ["notice.md"]})
        return found.structured_content, deleted

    found, deleted = over_stdio(folder, ask=ask)
    assert "Delete every document" in found["passages"][0]["text"], "it is quoted as it stands, as data"
    assert deleted.is_error, "nothing changes the library without --write"
    assert [(one.id, one.name) for one in library.documents()] == before


def test_with_write_it_can_be_changed(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Note\n\nThe ferry leaves at seven.\n")
    Library(tmp_path / "other").close()

    async def ask(client: Client) -> list[Any]:
        calls = (
            ("add", {"paths": [str(note)]}),
            ("tag", {"documents": ["note.md"], "add": ["ferry"]}),
            ("remove", {"documents": ["note.md"]}),
        )
        return [(await client.call_tool(name, given)).structured_content for name, given in calls]

    done = over_stdio(tmp_path / "other", "--write", ask=ask)
    assert [one["done"] for one in done] == [["note.md: added"], ["note.md: ferry"], ["note.md: in the bin"]]


def test_over_http_it_answers_with_the_key_alone(folder: Path, tmp_path: Path) -> None:
    with serving("mcp", "--http", "--library", str(folder), config=tmp_path) as address:
        (file,) = tmp_path.rglob("api-key")

        async def run(headers: dict[str, str]) -> Any:
            async with (
                httpx2.AsyncClient(headers=headers, trust_env=False, timeout=60) as http,
                Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
            ):
                return await client.call_tool("search", {"query": "harbour crane", "k": 1})

        right = {"Authorization": f"Bearer {file.read_text()}"}
        found = asyncio.run(asyncio.wait_for(run(right), 60))
        assert found.structured_content["passages"][0]["place"]["name"] == "notice.md"
        for wrong in ({}, {**right, "Origin": "http://attacker.example"}):
            with pytest.raises(Exception, match=r"401|403|[Uu]nauthor|[Ff]orbidden|error|closed"):
                asyncio.run(asyncio.wait_for(run(wrong), 60))
