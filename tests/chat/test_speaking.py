"""Whose words "I" says (`explorer.chat.weighing.speaking`): nobody is told to have said what another did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from explorer.chat.answers import Answerer
from explorer.chat.weighing.speaking import Speaker, Voice
from explorer.questions.speakers import speaker_of
from explorer.search.retriever import Retriever
from explorer.types import Document
from tests.small_library import PAGES, RealEncoder, fill

WORDS = "I propose that we dredge the northern channel before the winter. It is my second proposal this year."
TALK = "Moss: I propose that we dredge the channel.\n\nTesla: I would rather build a school for pilots.\n"


def document(name: str = "notes.txt", title: str | None = None, author: str | None = None) -> Document:
    return Document("d", name, "text", 1, 1, 100, datetime.now(UTC), title=title, author=author)


def voice(text: str, place: int = 0, name: str = "Captain Ada Moss", **of: str) -> Voice:
    return Speaker(name, lambda _, start, end: text[start:end]).voice(document(**of), place)


@pytest.mark.parametrize(
    ("text", "of", "whose"),
    [
        (WORDS, {}, Voice.UNKNOWN),
        (WORDS, {"author": "Ada Moss"}, Voice.THEIRS),
        (WORDS, {"author": "Erik Tesla"}, Voice.OTHERS),
        (WORDS, {"author": "scanner 3000"}, Voice.UNKNOWN),
        (WORDS, {"title": "Speech of Ada Moss in the harbour"}, Voice.THEIRS),
        (WORDS, {"name": "letter_from_moss.txt"}, Voice.THEIRS),
        (f"From: Ada Moss <ada@example.org>\nTo: all\n\n{WORDS}", {}, Voice.THEIRS),
        (f"From: Erik Tesla\nTo: Ada Moss\n\n{WORDS}", {}, Voice.OTHERS),
        (f"# The channel\n\nby Ada Moss\n\n{WORDS}", {}, Voice.THEIRS),
        (f"Remarks by Erik Tesla\n\n{WORDS}", {}, Voice.OTHERS),
        (f"Dear Ada Moss,\n\n{WORDS}\n\nErik", {}, Voice.OTHERS),
        (f"Dear council,\n\n{WORDS}\n\nYours,\nAda Moss", {}, Voice.THEIRS),
        (f"My name is Ada Moss. {WORDS}", {}, Voice.THEIRS),
        (f"{WORDS} Nobody has harmed the harbour as Moss has.", {}, Voice.OTHERS),
    ],
)
def test_whose_words_the_first_person_is(text: str, of: dict[str, str], whose: Voice) -> None:
    assert voice(text, **of) is whose


def test_a_label_decides_who_speaks_behind_it() -> None:
    assert voice(TALK, TALK.index("I propose")) is Voice.THEIRS
    assert voice(TALK, TALK.index("I would")) is Voice.OTHERS
    assert voice(TALK, TALK.index("I would"), name="Tesla") is Voice.THEIRS
    twice = "Holm: I came.\n\nHolm: I saw the harbour.\n"
    assert voice(twice, twice.index("I saw")) is Voice.OTHERS, "a label that comes again is somebody's"
    office = f"{WORDS}\n\nAUDIENCE: Boo!\n\nTHE HARBOUR MASTER: I hear you.\n\nTHE HARBOUR MASTER: I go on.\n"
    assert voice(office, office.index("I hear"), name="Harbour Master Moss") is Voice.THEIRS
    assert voice(office, 0, name="Harbour Master Moss") is Voice.THEIRS, "who speaks most begins"
    assert voice(office, office.index("Boo"), name="Harbour Master Moss") is Voice.OTHERS
    assert voice(office, office.index("I hear"), name="Tesla") is Voice.OTHERS
    headed = f"Harbour: the north quay\n\n{WORDS}"
    assert voice(headed, headed.index("I propose")) is Voice.UNKNOWN, "one that stands once is a heading"


def test_a_sentence_that_reports_words_may_be_quoted() -> None:
    text = f"From: Erik Tesla\n\n{WORDS} “I will vote against it,” said Moss. The council met in May."
    speaker = Speaker("Moss", lambda _, start, end: text[start:end])
    for part, may in (
        (WORDS, False),
        ("“I will vote against it,” said Moss.", True),
        ("The council met", True),
    ):
        start = text.index(part)
        assert speaker.may_say(document(), start, start + len(part)) is may


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What does Ada Moss say about rain?", "Ada Moss"),
        ("How many fell, according to Ada Moss's speech?", "Ada Moss"),
        ("What did President Moss propose?", "President Moss"),
        ("How much rain fell?", ""),
    ],
)
def test_who_is_asked_for(question: str, name: str) -> None:
    assert speaker_of(question) == name


SPEECH = (
    "Friends, I came here tonight to talk about our harbour. I propose that we dredge the northern channel "
    "before the winter. My second proposal is a school for pilots beside the old customs house. I have asked "
    "the council to vote on it in May.\n"
)


@pytest.fixture(scope="module")
def answerers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Answerer]]:
    texts = {"unnamed": SPEECH, "named": f"Remarks by Ada Moss\n\n{SPEECH}"}
    with (
        fill(tmp_path_factory.mktemp("unnamed"), {**PAGES, "speech.txt": (texts["unnamed"],)}) as first,
        fill(tmp_path_factory.mktemp("named"), {**PAGES, "speech.txt": (texts["named"],)}) as second,
    ):
        yield {
            name: Answerer(Retriever(catalog, RealEncoder(catalog)), lambda: None)
            for name, catalog in (("unnamed", first), ("named", second))
        }


def test_nobody_is_told_to_have_said_what_another_did(answerers: dict[str, Answerer]) -> None:
    question = "What did Erik Tesla say about the channel in the harbour?"
    answer = answerers["named"].answer(question)
    assert not answer.found, answer.text
    assert "dredge" not in answer.text


def test_who_speaks_is_quoted_without_a_word_more(answerers: dict[str, Answerer]) -> None:
    answer = answerers["named"].answer("What did Ada Moss say about the channel in the harbour?")
    assert answer.found, answer.text
    assert answer.kind == "quotes"
    assert "dredge the northern channel" in answer.text


def test_that_a_document_does_not_say_who_speaks_is_said(answerers: dict[str, Answerer]) -> None:
    answer = answerers["unnamed"].answer("What did Ada Moss say about the channel in the harbour?")
    assert answer.found, answer.text
    assert "dredge the northern channel" in answer.text
    assert answer.text.endswith("speech.txt does not say who speaks.")
