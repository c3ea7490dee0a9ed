"""Questions that may have several sentences as their answer (`explorer.chat.prose`), and speeches, which name
no speaker (`explorer.questions.speakers`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer.chat import prose
from explorer.chat.answers import Answerer
from explorer.questions.speakers import is_first_person, without_speaker
from explorer.search.retriever import Retriever
from tests.small_library import PAGES, RealEncoder, fill

SPEECH = (
    "Friends, I came here tonight to talk about our harbour. I propose that we dredge the northern channel "
    "before the winter. My second proposal is a school for pilots beside the old customs house. We will pay "
    "for both with the dues of the ferries. I have asked the council to vote on it in May.\n"
)
FILM = (
    "The Long Tide is a film about two sisters on an island. It was written by Karin Holm and directed by "
    "Piet Aker. Its music was recorded in a church in Riga. The Long Tide was shown first in Oslo, in 1994. "
    "Critics of the film praised the light in its scenes and found its second hour slow.\n"
)


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    documents = {**PAGES, "speech.txt": (SPEECH,), "film.txt": (FILM,)}
    with fill(tmp_path_factory.mktemp("library"), documents) as catalog:
        yield Answerer(Retriever(catalog, RealEncoder(catalog)), lambda: None)


@pytest.mark.parametrize(
    ("question", "is_open"),
    [
        ("What did the critics think of The Long Tide?", True),
        ("Why did the margin fall?", True),
        ("Who directed The Long Tide?", False),
        ("How long does the lease run?", False),
        ("Is the film long?", False),
        ("What is sourdough?", False),
    ],
)
def test_a_question_for_one_thing_is_not_open(question: str, is_open: bool) -> None:
    assert prose.is_open(question) is is_open


def test_an_open_question_gets_several_sentences_of_a_bounded_length(answerer: Answerer) -> None:
    answer = answerer.answer("What was said and done about The Long Tide?")
    assert answer.found, answer.text
    lengths = [one.end - one.start for one in answer.citations]
    assert 2 <= len(lengths) <= prose.MOST_OPEN
    assert sum(lengths) <= prose.LONGEST


def test_one_thing_is_answered_as_shortly_as_before(answerer: Answerer) -> None:
    answer = answerer.answer("Who wrote The Long Tide?")
    assert answer.found, answer.text
    assert "Karin Holm" in answer.text
    assert len(answer.citations) <= prose.MOST


def test_a_speech_need_not_name_who_speaks(answerer: Answerer) -> None:
    answer = answerer.answer("What does President Ada Moss propose for the harbour before the winter?")
    assert answer.found, answer.text
    assert "dredge the northern channel" in answer.text


def test_elsewhere_a_name_that_no_passage_has_is_missed(answerer: Answerer) -> None:
    answer = answerer.answer("What did Captain Erik Tesla say about the crust of sourdough bread?")
    assert not answer.found, answer.text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does Ada Moss say about rain?", "What does say about rain?"),
        ("How many fell, according to Ada Moss's speech?", "How many fell?"),
        ("What measures has President Moss described?", "What measures has described?"),
        ("Which rule was changed, as described in Ada Moss's speech?", "Which rule was changed?"),
        ("Which rivers flood the United States?", "Which rivers flood the United States?"),
        ("Who are the Americans mentioned there?", "Who are the Americans mentioned there?"),
    ],
)
def test_who_speaks_is_left_out_of_a_question(question: str, expected: str) -> None:
    assert without_speaker(question) == expected


def test_the_first_person_is_told_by_its_words() -> None:
    assert is_first_person("Tonight I’ve come to speak.")
    assert is_first_person("It is my second proposal.")
    assert is_first_person("Phase I is over, I believe.")
    assert not is_first_person("Phase I. of the plan; the company reports its sales.")
    assert not is_first_person("World War I and Phase I of the plan, a Tier I study.")
