"""Conversations: answers grow on a thread, survive their readers, and forget what was removed.

Of `explorer.chat.conversations` and `explorer.chat.saving`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.chat import conversations
from explorer.chat.answers import Answerer
from explorer.chat.conversations import UNTITLED, Conversations
from explorer.chat.model import ChatModel
from explorer.errors import NotFound
from explorer.search.retriever import Retriever
from explorer.types import Message, Scope
from tests.chat_server import SILENT, ChatServer, serving
from tests.small_library import RealEncoder, fill, id_of

QUESTION = "What did the repairs of the quay cost?"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with fill(tmp_path) as catalog:
        yield catalog


def talks(catalog: Catalog, server: ChatServer | None = None) -> Conversations:
    def chat() -> ChatModel | None:
        return ChatModel(server.address, "m", stall=5.0) if server else None

    return Conversations(catalog, Answerer(Retriever(catalog, RealEncoder(catalog)), chat))


def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def only(talk: Conversations, conversation: str) -> Message:
    (message,) = talk.messages(conversation)
    return message


def test_quotes_are_kept_as_spans_and_never_as_words(catalog: Catalog) -> None:
    talk = talks(catalog)
    conversation = talk.create()
    assert talk.list()[0].title == UNTITLED
    message_id = talk.ask(conversation, QUESTION)
    assert talk.wait(message_id, 60)
    message = only(talk, conversation)
    assert (message.id, message.state, message.kind, message.found) == (message_id, "done", "quotes", True)
    assert message.text == ""
    quoted = [catalog.documents.span(ref.document_id or "", ref.start, ref.end) for ref in message.citations]
    assert any("3.2 million crowns" in text for text in quoted)
    assert [ref.number for ref in message.hits] == list(range(1, len(message.hits) + 1))
    assert talk.list()[0].title == QUESTION


def test_nothing_found_keeps_the_nearest_passages(catalog: Catalog) -> None:
    talk = talks(catalog)
    conversation = talk.create("Mine")
    talk.wait(talk.ask(conversation, "Which enzyme copies DNA in bacteria?"), 60)
    message = only(talk, conversation)
    assert (message.state, message.found, message.citations) == ("done", False, ())
    assert message.hits
    assert talk.list()[0].title == "Mine"


def test_an_answer_grows_where_another_reader_sees_it(catalog: Catalog) -> None:
    with serving(pieces=["It cost 3.2 million [1]", "."] * 3, ends=SILENT) as server:
        talk = talks(catalog, server)
        conversation = talk.create()
        message_id = talk.ask(conversation, QUESTION)
        another_tab = talks(catalog)
        until(lambda: "3.2 million" in only(another_tab, conversation).text)
        assert only(another_tab, conversation).state == "streaming"
        talk.stop(message_id)
        message = only(another_tab, conversation)
        assert message.state == "stopped"
        assert "3.2 million" in message.text
        server.go_on.set()
        assert talk.wait(message_id, 10)
        assert only(talk, conversation).state == "stopped"


def test_history_goes_along_and_a_removed_document_takes_the_words_with_it(
    catalog: Catalog, tmp_path: Path
) -> None:
    with serving(pieces=["The zanzibarite costs 3.2 million [1]."]) as server:
        talk = talks(catalog, server)
        conversation = talk.create()
        talk.wait(
            talk.ask(conversation, QUESTION, Scope(documents=[id_of(catalog, "harbour-report.pdf")])), 60
        )
        talk.wait(talk.ask(conversation, "And the rent?", Scope(documents=[id_of(catalog, "lease.txt")])), 60)
        first, _ = talk.messages(conversation)
        assert first.found and first.citations[0].document_id == id_of(catalog, "harbour-report.pdf")
        assert server.requests[-1]["messages"][1]["content"] == QUESTION
        catalog.documents.remove([id_of(catalog, "harbour-report.pdf")])
        for message in talk.messages(conversation):  # the second was told the first as history
            assert message.forgotten
            assert "zanzibarite" not in message.text
    stored = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"zanzibarite" in content for content in stored)


def test_a_quote_never_becomes_what_the_model_said_itself(catalog: Catalog) -> None:
    talk = talks(catalog)
    conversation = talk.create()
    talk.wait(talk.ask(conversation, QUESTION), 60)
    with serving(pieces=["In June [1]."]) as server:
        talk = talks(catalog, server)
        talk.wait(talk.ask(conversation, "And when?"), 60)
        _, asked, answered, last = server.requests[-1]["messages"]
    assert (asked["role"], asked["content"]) == ("user", QUESTION)
    assert answered["role"] == "assistant"
    assert "crowns" not in answered["content"]
    assert "crowns" in last["content"], "it stands among the fenced passages"


def test_a_quote_of_a_removed_document_loses_its_place_not_its_question(catalog: Catalog) -> None:
    talk = talks(catalog)
    conversation = talk.create()
    talk.wait(talk.ask(conversation, QUESTION, Scope(documents=[id_of(catalog, "harbour-report.pdf")])), 60)
    catalog.documents.remove([id_of(catalog, "harbour-report.pdf")])
    message = only(talk, conversation)
    assert message.question == QUESTION
    assert {ref.document_id for ref in message.citations} == {None}


def test_an_error_keeps_the_question_and_the_next_try_works(catalog: Catalog) -> None:
    with serving(status=401) as server:
        talk = talks(catalog, server)
        conversation = talk.create()
        talk.wait(talk.ask(conversation, QUESTION), 60)
        message = only(talk, conversation)
        assert (message.state, message.question) == ("failed", QUESTION)
        assert "HTTP 401" in (message.error or "")
        server.status, server.pieces = 200, ["It cost 3.2 million [1]."]
        talk.wait(talk.ask(conversation, message.question), 60)
        assert talk.messages(conversation)[-1].state == "done"


def test_what_nobody_expected_is_a_failed_answer_too(catalog: Catalog) -> None:
    talk = talks(catalog)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("odd")

    talk._answerer.answer = broken  # type: ignore[method-assign,assignment]
    conversation = talk.create()
    talk.wait(talk.ask(conversation, QUESTION), 60)
    assert "RuntimeError" in (only(talk, conversation).error or "")


def test_an_answer_of_a_dead_process_is_shown_as_stopped(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = catalog.conversations.create("x")
    message_id = catalog.conversations.begin(conversation, QUESTION, "model")
    catalog.conversations.append(message_id, "It cost")
    assert only(talks(catalog), conversation).state == "streaming"
    monkeypatch.setattr(conversations, "ABANDONED_SECONDS", -1.0)
    message = only(talks(catalog), conversation)
    assert (message.state, message.text) == ("stopped", "It cost")


def test_a_span_whose_words_have_moved_marks_nothing(catalog: Catalog) -> None:
    talk = talks(catalog)
    conversation = talk.create()
    talk.wait(talk.ask(conversation, QUESTION), 60)
    before = only(talk, conversation).citations[0]
    assert before.end > before.start
    with catalog.write() as con:
        con.execute("UPDATE citation SET digest = x'00'")
    after = only(talks(catalog), conversation).citations[0]
    assert (after.start, after.end, after.page) == (before.start, before.start, before.page)


def test_closing_stops_what_is_being_made(catalog: Catalog) -> None:
    with serving(pieces=["It cost"], ends=SILENT) as server:
        talk = talks(catalog, server)
        conversation = talk.create()
        talk.ask(conversation, QUESTION)
        until(lambda: bool(server.requests))
        threading.Timer(0.2, server.go_on.set).start()
        talk.close()
        assert only(talk, conversation).state == "stopped"


def test_conversations_are_renamed_and_deleted(catalog: Catalog) -> None:
    talk = talks(catalog)
    conversation = talk.create("  a \n title  ")
    assert talk.list()[0].title == "a title"
    talk.rename(conversation, "x" * 500)
    assert len(talk.list()[0].title) <= 200
    talk.delete(conversation)
    assert talk.list() == []
    with pytest.raises(NotFound):
        talk.ask(conversation, QUESTION)


def test_a_question_is_kept_as_it_was_understood_and_can_be_asked_otherwise(catalog: Catalog) -> None:
    talk = talks(catalog)
    conversation = talk.create()
    assert talk.wait(talk.ask(conversation, "What does the lease say of the rent in 2026?"), 60)
    reading = only(talk, conversation).reading
    assert reading is not None
    assert (reading.periods, reading.is_chosen) == (("2026",), False)
    chosen = replace(reading, kind="quote", periods=("2025",), is_chosen=True)
    message_id = talk.ask(conversation, "What does the lease say of the rent in 2026?", None, chosen)
    assert talk.wait(message_id, 60)
    again = talk.message(message_id).reading
    assert again is not None
    assert (again.kind, again.periods, again.is_chosen) == ("quote", ("2025",), True)
    assert again.complete == "What does the lease say of the rent in 2025?"
    assert talk.wait(talk.ask(conversation, "And who pays it?"), 60)
    follows = talk.messages(conversation)[-1].reading
    assert follows is not None and "2025" in follows.complete, "it follows the question as it was chosen"


def test_why_something_was_refused_goes_with_the_document_it_names(catalog: Catalog) -> None:
    talk = talks(catalog)
    conversation = talk.create()
    report = id_of(catalog, "harbour-report.pdf")
    talk.wait(talk.ask(conversation, "What did the Harbour Report say of 1931?"), 60)
    message = only(talk, conversation)
    assert message.text == "Not in these documents: harbour-report.pdf has nothing for 1931."
    assert (message.found, message.kind, message.forgotten) == (False, "composed", False)
    catalog.documents.remove([report])
    message = only(talk, conversation)
    assert message.forgotten
    assert "harbour" not in message.text
