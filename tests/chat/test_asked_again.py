"""A question that a person has understood otherwise is answered where it stands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.chat.answers import Answerer
from explorer.chat.conversations import Conversations
from explorer.errors import NotFound
from explorer.search.retriever import Retriever
from explorer.types import Message, QuestionReading, Scope
from tests.chat.told.library import LIBRARY, answerer, tables_of
from tests.chat_server import SILENT, serving
from tests.small_library import RealEncoder, fill, id_of

SALES = "What were Acme's net sales in 2021?"
FOLLOWS = "And the cost of sales?"
ASIDE = "Who founded the garden club?"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with fill(tmp_path, LIBRARY) as catalog:
        yield catalog


def by_rule(catalog: Catalog) -> Conversations:
    retriever = Retriever(catalog, RealEncoder(catalog))
    return Conversations(catalog, Answerer(retriever, lambda: None, tables_of(catalog)))


def asked(talk: Conversations, *questions: str, scope: Scope | None = None) -> list[Message]:
    conversation = talk.create()
    for question in questions:
        assert talk.wait(talk.ask(conversation, question, scope), 60)
    return list(talk.messages(conversation))


def again(talk: Conversations, message: Message, **changed: object) -> list[Message]:
    """The conversation after a question was read otherwise."""
    assert message.reading is not None
    talk.ask_again(message.id, replace(message.reading, is_chosen=True, **changed))  # type: ignore[arg-type]
    assert talk.wait(message.id, 60)
    return list(talk.messages(message.conversation_id))


def test_the_answer_is_replaced_and_keeps_its_place(catalog: Catalog) -> None:
    talk = by_rule(catalog)
    before = asked(talk, SALES, ASIDE)
    assert "35,355" in before[0].text
    after = again(talk, before[0], periods=("2022",))
    assert [one.id for one in after] == [one.id for one in before]
    first = after[0]
    assert "**34,229**" in first.text and "**35,355**" not in first.text
    assert (first.question, first.state, first.created_at) == (SALES, "done", before[0].created_at)
    assert first.reading is not None
    assert (first.reading.complete, first.reading.periods) == (
        "What were Acme's net sales in 2022?",
        ("2022",),
    )
    cited = [catalog.documents.span(one.document_id or "", one.start, one.end) for one in first.citations]
    assert any("34,229" in text for text in cited)
    assert after[1] == before[1]


def test_a_follow_up_keeps_what_it_took_over(catalog: Catalog) -> None:
    talk = by_rule(catalog)
    before = asked(talk, SALES, FOLLOWS, ASIDE)
    reading = before[1].reading
    assert reading is not None and "Acme" in reading.complete
    after = again(talk, before[1], periods=("2022",))
    reading = after[1].reading
    assert reading is not None
    assert "Acme" in reading.complete and "2022" in reading.complete and "2021" not in reading.complete
    assert after[1].question == FOLLOWS


def test_it_is_answered_from_the_documents_that_were_chosen_then(catalog: Catalog) -> None:
    talk = by_rule(catalog)
    (message,) = asked(talk, ASIDE, scope=Scope(documents=[id_of(catalog, "garden-club.txt")]))
    assert message.found
    (after,) = again(talk, message, kind="quote")
    assert {one.document_id for one in (*after.citations, *after.hits)} == {id_of(catalog, "garden-club.txt")}


def test_a_model_is_told_what_was_said_before_and_not_what_came_after(catalog: Catalog) -> None:
    with serving(pieces=["As was said [1]."]) as server:
        talk = Conversations(catalog, answerer(catalog, server.address, 4_096))
        before = asked(talk, ASIDE, SALES, "How many pears are there?")
        server.pieces = ["Net sales were 34,229 million [1]."]
        after = again(talk, before[1], periods=("2022",))
        turns = server.requests[-1]["messages"]
    assert next(turn["content"] for turn in turns if turn["role"] == "user") == ASIDE
    assert "pears" not in str(turns[:-1])
    assert after[1].text.startswith("Net sales were 34,229 million")
    assert after[1].checks is not None and len(after[1].checks) == 1
    assert [one.id for one in after] == [one.id for one in before]


def test_one_that_is_deleted_or_being_answered_is_not_asked_again(catalog: Catalog) -> None:
    with serving(pieces=["As"], ends=SILENT) as server:
        talk = Conversations(catalog, answerer(catalog, server.address, 4_096))
        conversation = talk.create()
        message_id = talk.ask(conversation, SALES)
        with pytest.raises(NotFound, match="being answered"):
            talk.ask_again(message_id, QuestionReading("quote", is_chosen=True))
        talk.stop(message_id)
        talk.delete(conversation)
        with pytest.raises(NotFound):
            talk.ask_again(message_id, QuestionReading("quote", is_chosen=True))


def test_a_question_is_edited_where_it_stands(catalog: Catalog) -> None:
    talk = by_rule(catalog)
    before = asked(talk, SALES, ASIDE)
    talk.ask_again(before[0].id, question="What were Acme's net sales in 2022?")
    assert talk.wait(before[0].id, 60)
    first, second = talk.messages(before[0].conversation_id)
    assert (first.id, first.question) == (before[0].id, "What were Acme's net sales in 2022?")
    assert "**34,229**" in first.text and "**35,355**" not in first.text
    assert second == before[1]


def test_an_answer_is_made_anew_in_its_place(catalog: Catalog) -> None:
    with serving(pieces=["Net sales were 35,355 million [1]."]) as server:
        talk = Conversations(catalog, answerer(catalog, server.address, 4_096))
        (before,) = asked(talk, SALES)
        server.pieces = ["They were 35,355 million [1]."]
        talk.ask_again(before.id)
        assert talk.wait(before.id, 60)
    (after,) = talk.messages(before.conversation_id)
    assert (after.id, after.question) == (before.id, SALES)
    assert after.text.startswith("They were")


def test_a_stopped_answer_keeps_the_sources_of_its_words_and_is_over_soon(catalog: Catalog) -> None:
    with serving(pieces=["Net sales were 35,355 million [2], ", "and so [1]"], ends=SILENT) as server:
        talk = Conversations(catalog, answerer(catalog, server.address, 4_096))
        conversation = talk.create()
        message_id = talk.ask(conversation, SALES)
        deadline = time.monotonic() + 30
        while "35,355" not in talk.message(message_id).text and time.monotonic() < deadline:
            time.sleep(0.05)
        stopped = time.monotonic()
        talk.stop(message_id)
        assert talk.message(message_id).state == "stopped"
        assert talk.wait(message_id, 2)
        assert server.hung_up.wait(2)
        assert time.monotonic() - stopped < 2
        message = talk.message(message_id)
    assert "35,355 million [1]" in message.text
    assert [one.number for one in message.citations][:1] == [1]
    assert all(f"[{one.number}]" in message.text for one in message.citations)
    (first, *_) = message.citations
    assert catalog.documents.span(first.document_id or "", first.start, first.end)


def test_answers_of_one_conversation_grow_side_by_side(catalog: Catalog) -> None:
    with serving(pieces=["It grows "], ends=SILENT) as server:
        talk = Conversations(catalog, answerer(catalog, server.address, 4_096))
        conversation = talk.create()
        both = [talk.ask(conversation, SALES), talk.ask(conversation, ASIDE)]
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not all("grows" in talk.message(one).text for one in both):
            time.sleep(0.05)
        assert [(one.state, one.text) for one in talk.messages(conversation)] == [
            ("streaming", "It grows ")
        ] * 2
        for one in both:
            talk.stop(one)
