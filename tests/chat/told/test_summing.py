"""Summaries in a model's words, in one request or part by part (`explorer.chat.told.summing`)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from explorer.catalog import Catalog
from explorer.chat.conversations import Conversations
from explorer.chat.told.prompt import NOT_FOUND
from tests.chat.told.library import CHAPTERS, LIBRARY, answerer, ask, given
from tests.chat_server import SILENT, WHOLE, serving
from tests.small_library import fill, id_of

QUESTION = "Summarize orchard-report.md"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    headings = {"orchard-report.md": ("Report",)}
    with fill(tmp_path, LIBRARY, headings=headings) as catalog:
        yield catalog


def noting(request: dict[str, Any]) -> Sequence[str]:
    """Notes the first sentence of what it was given; joins notes as they stand."""
    pieces = given(request)
    if not pieces:
        notes = re.search(
            r"<<<notes (\w+)\n(.*?)\n\1 notes>>>", request["messages"][-1]["content"], re.DOTALL
        )
        assert notes is not None
        return ["All in all: ", *notes[2].split("\n")]
    number, text = next(iter(pieces.items()))
    body = text.partition("\n\n")[2].replace("# ", "").replace("\n", " ")
    return [f"{body[:60].rsplit(' ', 1)[0]} [{number}", "]."]


def test_a_short_document_is_summed_up_in_one_request(catalog: Catalog) -> None:
    with serving(pieces=["A lease for five years [1]."]) as server:
        answer = ask(catalog, server.address, "Summarize garden-lease.txt")
        assert len(server.requests) == 1
        assert "The landlord repairs the roof" in " ".join(given(server.requests[0])[1].split())
    assert answer.found
    assert answer.material is not None
    assert (answer.material.documents, dict(answer.material.left_out)) == (1, {})


def test_a_long_document_is_read_part_by_part_and_joined(catalog: Catalog) -> None:
    with serving(reply=noting) as server:
        answer = answerer(catalog, server.address, 2_048).answer(QUESTION)
        steps = [answer.progress for _ in answer if answer.progress]
        requests = server.requests
    parts = len(requests) - 1
    assert 3 <= parts <= 7
    assert list(dict.fromkeys(steps)) == [
        *(f"Reading part {number} of {parts}" for number in range(1, parts + 1)),
        "Putting the parts together",
    ]
    assert answer.progress == ""
    assert answer.text.startswith("All in all: ")
    assert len(answer.citations) == parts
    pages = [citation.page for citation in answer.citations]
    assert pages == sorted(pages) and len(set(pages)) > 2
    for citation in answer.citations:
        assert catalog.documents.span(citation.document_id, citation.start, citation.end) == citation.text
    numbers = [number for request in requests[:-1] for number in given(request)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert answer.material is not None
    assert answer.material.left_out[id_of(catalog, "orchard-report.md")] > 0
    assert {one.verdict for one in answer.checks} <= {"supported", "partly"}


def test_the_whole_of_a_document_is_given_where_its_parts_fit(catalog: Catalog) -> None:
    with serving(reply=noting) as server:
        ask(catalog, server.address, QUESTION, context=4_096)
        said = " ".join(text for request in server.requests[:-1] for text in given(request).values())
    assert all(f"# {name}" in said for name in CHAPTERS)


def test_parts_without_a_note_are_passed_over_and_notes_stand_for_themselves(catalog: Catalog) -> None:
    def reply(request: dict[str, Any]) -> Sequence[str]:
        return noting(request) if "clay" in str(given(request)) else [NOT_FOUND]

    with serving(reply=reply) as server:
        answer = ask(catalog, server.address, QUESTION, context=2_048)
    assert answer.found
    assert len(answer.citations) == 1
    with serving(pieces=[NOT_FOUND]) as server:
        answer = ask(catalog, server.address, QUESTION, context=2_048)
    assert not answer.found


def test_it_is_stopped_in_the_middle_within_two_seconds(catalog: Catalog) -> None:
    with serving(reply=noting, ends_of=lambda number: SILENT if number == 2 else WHOLE) as server:
        talk = Conversations(catalog, answerer(catalog, server.address, 2_048))
        message_id = talk.ask(talk.create(), QUESTION)
        deadline = time.monotonic() + 20
        while len(server.requests) < 2 or not talk.message(message_id).progress.startswith(
            "Reading part 2 of"
        ):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        begun = time.monotonic()
        talk.stop(message_id)
        assert talk.wait(message_id, 2)
        assert server.hung_up.wait(2)
        assert time.monotonic() - begun < 2
        message = talk.message(message_id)
        assert (message.state, message.progress) == ("stopped", "")
        assert len(server.requests) == 2


def test_what_an_answer_was_made_from_is_kept_with_it(catalog: Catalog) -> None:
    with serving(reply=noting) as server:
        talk = Conversations(catalog, answerer(catalog, server.address, 2_048))
        message_id = talk.ask(talk.create(), QUESTION)
        assert talk.wait(message_id, 60)
        message = talk.message(message_id)
    assert (message.state, message.found) == ("done", True)
    assert message.material is not None
    assert message.material.passages == len(message.hits)
    assert sum(message.material.left_out.values()) > 0
