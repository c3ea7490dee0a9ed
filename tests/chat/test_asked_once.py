"""A question is embedded once, however it is asked: with a server, each embedding is a request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from explorer import Library
from explorer.chat.answers import Answer, Answerer
from explorer.search.retriever import Retriever
from tests.embedding.embedding_server import EmbeddingServer, serving
from tests.folders import BREAD, RENT, WHALES, write
from tests.small_library import RealEncoder, fill

BEFORE = "What rent does the tenant pay?"
QUESTION = "And when is it due each month?"
COMPLETE = "And when is it due each month (rent tenant pay)?"
"""The question with what it points at."""
HISTORY = [(BEFORE, "950 crowns.")]


@dataclass
class CountingEncoder(RealEncoder):
    """Notes the questions that the model is asked to embed."""

    questions: list[str] = field(default_factory=list)

    def encode(self, texts: Sequence[str], kind: str = "passage") -> np.ndarray:
        if kind == "query":
            self.questions += texts
        return super().encode(texts, kind)


@pytest.fixture
def encoder(tmp_path: Path) -> Iterator[CountingEncoder]:
    with fill(tmp_path) as catalog:
        yield CountingEncoder(catalog)


def quoted(encoder: CountingEncoder, question: str, history: Sequence[tuple[str, str]] = ()) -> Answer:
    answer = Answerer(Retriever(encoder.catalog, encoder), lambda: None).answer(question, history=history)
    assert (answer.kind, bool(answer.hits)) == ("quotes" if answer.found else "composed", True)
    return answer


def test_a_quoted_answer_embeds_its_question_once(encoder: CountingEncoder) -> None:
    assert quoted(encoder, BEFORE).found
    assert encoder.questions == [BEFORE]


def test_a_follow_up_is_embedded_with_what_it_points_at_and_as_it_was_typed(encoder: CountingEncoder) -> None:
    quoted(encoder, QUESTION, HISTORY)
    assert encoder.questions == [COMPLETE, QUESTION]


def test_a_question_of_filters_alone_embeds_nothing(encoder: CountingEncoder) -> None:
    assert not quoted(encoder, "name:lease").found
    assert encoder.questions == []


# ---- through the whole library, with an embedding server


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[tuple[Library, EmbeddingServer]]:
    """A library whose texts a server embeds, warm, and what the server was sent since."""
    with serving() as at, Library(tmp_path / "library") as library:
        library.change_settings(embed_url=at.address, embed_model="tiny")
        outcomes = library.add(write(tmp_path, whales_md=WHALES, rent_txt=RENT, bread_txt=BREAD))
        assert [outcome.status for outcome in outcomes] == ["added"] * 3
        library.search("warm")
        at.requests.clear()
        yield library, at


def requests_with(at: EmbeddingServer, *texts: str) -> list[int]:
    """How many requests held each of these texts."""
    counted = Counter(text for request in at.requests for text in set(request))
    return [counted[text] for text in texts]


def test_a_search_is_one_request(asked: tuple[Library, EmbeddingServer]) -> None:
    library, at = asked
    assert library.search(BEFORE)
    assert at.requests == [[BEFORE]]


def test_a_quoted_answer_sends_its_question_once(asked: tuple[Library, EmbeddingServer]) -> None:
    library, at = asked
    assert library.ask(BEFORE).kind == "quotes"
    assert requests_with(at, BEFORE) == [1]


def test_a_follow_up_is_sent_once_completed_and_once_as_typed(asked: tuple[Library, EmbeddingServer]) -> None:
    library, at = asked
    assert library.ask(QUESTION, history=HISTORY).kind == "quotes"
    sent = [text for request in at.requests for text in request if text.startswith(QUESTION[:-1])]
    assert [("rent" in text, text == QUESTION) for text in sent] == [(True, False), (False, True)]
    assert requests_with(at, BEFORE) == [0]
