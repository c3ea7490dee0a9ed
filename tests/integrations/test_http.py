"""The verbs as JSON: what they answer, what is refused, how they are described; served by the command
(`explorer.cli.serving`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import numpy as np
import pytest
from openai import OpenAI

from explorer import Library
from tests.integrations.conftest import serving


@pytest.fixture(scope="module")
def client(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    config = tmp_path_factory.mktemp("config")
    with serving("serve", "--library", str(folder), config=config) as address:
        (file,) = config.rglob("api-key")
        headers = {"Authorization": f"Bearer {file.read_text()}"}
        with httpx2.Client(base_url=address, headers=headers, trust_env=False, timeout=60) as client:
            yield client


def test_search_answers_what_the_library_finds(client: httpx2.Client, library: Library) -> None:
    answer = client.post("/api/search", json={"query": "how often is a starter fed", "k": 3})
    assert answer.status_code == 200
    texts = [one["text"] for one in answer.json()["passages"]]
    assert texts == [hit.passage.text for hit in library.search("how often is a starter fed", 3)]


def test_a_request_that_does_not_fit_is_told_why(client: httpx2.Client) -> None:
    for body, said in (
        ({"query": ""}, "query: String should have at least 1 character"),
        ({"query": "x", "k": 900}, "k: Input should be less than or equal to 50"),
        ({"query": "x", "kk": 9}, "kk: Extra inputs are not permitted"),
        ({}, "query: Field required"),
    ):
        answer = client.post("/api/search", json=body)
        assert (answer.status_code, answer.json()["error"]) == (400, said)
    for content in (b"{not json", b"\xff", b"[" * 200_000):
        answer = client.post("/api/search", content=content)
        assert (answer.status_code, answer.json()["error"]) == (400, "The request is not JSON.")
    answer = client.post("/api/read", json={"document": "none.md"})
    assert answer.status_code == 404 and "no document named 'none.md'" in answer.json()["error"]


def test_what_changes_the_library_is_not_there_by_default(client: httpx2.Client, library: Library) -> None:
    assert client.post("/api/remove", json={"documents": ["notice.md"]}).status_code == 404
    assert "/api/remove" not in client.get("/openapi.json").json()["paths"]
    assert "notice.md" in [one.name for one in library.documents()]


def test_with_write_it_can_be_changed(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Note\n\nThe ferry leaves at seven.\n")
    Library(tmp_path / "other").close()
    command = ("serve", "--library", str(tmp_path / "other"), "--write")
    with serving(*command, config=tmp_path / "config") as address:
        (file,) = (tmp_path / "config").rglob("api-key")
        headers = {"Authorization": f"Bearer {file.read_text()}"}
        with httpx2.Client(base_url=address, headers=headers, trust_env=False, timeout=60) as client:
            assert client.post("/api/add", json={"paths": [str(note)]}).json() == {"done": ["note.md: added"]}
            assert client.post("/api/documents", json={}).json()["total"] == 1


def test_it_is_described_by_openapi_and_a_page(client: httpx2.Client) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    names = ("search", "ask", "read", "check", "tables", "documents")
    assert set(described["paths"]) == {*(f"/api/{name}" for name in names), "/v1/embeddings"}
    asked = described["paths"]["/api/search"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert asked["properties"]["k"]["maximum"] == 50 and asked["required"] == ["query"]
    page = client.get("/")
    assert "POST /api/ask" in page.text and "<script" not in page.text


def test_openais_client_gets_the_librarys_embeddings(client: httpx2.Client, library: Library) -> None:
    key = client.headers["authorization"].removeprefix("Bearer ")
    openai = OpenAI(base_url=str(client.base_url.join("/v1")), api_key=key, http_client=None, max_retries=0)
    texts = ["a starter is fed", "the crane is inspected"]
    found = openai.embeddings.create(model="any", input=texts, encoding_format="float")
    vectors = np.array([one.embedding for one in found.data], np.float32)
    assert vectors == pytest.approx(library.models.embed(texts), abs=1e-6)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)
    live = library.models.live()
    assert live is not None and found.model == live.model.name
