"""`explorer.catalog.conversations`: an answer is kept as it grows."""

from __future__ import annotations

import pytest

from explorer.catalog import Catalog, scope_json
from explorer.errors import NotFound
from explorer.types import Scope, SpanRef
from tests.catalog.making import add


def test_conversations_are_kept_renamed_and_deleted(catalog: Catalog) -> None:
    first = catalog.conversations.create("First")
    second = catalog.conversations.create("Second")
    catalog.conversations.begin(first, "A question?", "none")
    assert [(one.id, one.messages) for one in catalog.conversations.list()] == [(first, 1), (second, 0)]
    catalog.conversations.rename(second, "Another")
    assert {one.title for one in catalog.conversations.list()} == {"First", "Another"}
    catalog.conversations.delete(first)
    catalog.conversations.delete(first)
    assert [one.id for one in catalog.conversations.list()] == [second]
    with pytest.raises(NotFound):
        catalog.conversations.rename(first, "Gone")
    with pytest.raises(NotFound):
        catalog.conversations.begin(first, "Gone?", "none")


def test_an_answer_is_saved_as_it_grows(catalog: Catalog) -> None:
    document_id = add(catalog, "dividends were declared")
    talk = catalog.conversations.create("Dividends")
    scope = scope_json(Scope(tags=["10-K"]))
    message_id = catalog.conversations.begin(talk, "Any dividends?", "model", scope, model="tiny")
    catalog.conversations.set_sources(message_id, [document_id, document_id])
    assert catalog.conversations.append(message_id, "Yes")
    assert catalog.conversations.append(message_id, ", they were.[1]")
    growing = catalog.conversations.message(message_id)
    assert (growing.text, growing.state, growing.kind) == ("Yes, they were.[1]", "streaming", "model")
    assert (growing.scope, growing.model) == ({"tags": ["10-K"]}, "tiny")
    citation = SpanRef(1, document_id, 1, 0, 9, b"d" * 32)
    hit = SpanRef(1, document_id, 1, 0, 23, b"e" * 32, 0.75)
    assert catalog.conversations.finish(message_id, found=True, citations=[citation], hits=[hit])
    [done] = catalog.conversations.messages(talk)
    assert (done.state, done.found, done.citations, done.hits) == ("done", True, (citation,), (hit,))
    assert not catalog.conversations.append(message_id, "late")
    assert not catalog.conversations.finish(message_id, found=False)


def test_stopping_and_failing_keep_the_question(catalog: Catalog) -> None:
    talk = catalog.conversations.create("T")
    stopped = catalog.conversations.begin(talk, "One?", "model")
    catalog.conversations.append(stopped, "Half an")
    catalog.conversations.stop(stopped)
    assert not catalog.conversations.append(stopped, " answer")
    failed = catalog.conversations.begin(talk, "Two?", "model")
    catalog.conversations.fail(failed, "The server does not answer.")
    first, second = catalog.conversations.messages(talk)
    assert (first.text, first.state, first.error) == ("Half an", "stopped", None)
    assert (second.question, second.state, second.error) == ("Two?", "failed", "The server does not answer.")


def test_answers_of_a_dead_process_are_stopped(catalog: Catalog) -> None:
    talk = catalog.conversations.create("T")
    old = catalog.conversations.begin(talk, "Old?", "model")
    with catalog.write() as con:
        con.execute("UPDATE message SET updated_at = updated_at - 120")
    new = catalog.conversations.begin(talk, "New?", "model")
    assert catalog.conversations.stop_abandoned() == 1
    assert catalog.conversations.message(old).state == "stopped"
    assert catalog.conversations.message(new).state == "streaming"


def test_a_source_must_still_be_there(catalog: Catalog) -> None:
    talk = catalog.conversations.create("T")
    message_id = catalog.conversations.begin(talk, "One?", "model")
    with pytest.raises(NotFound):
        catalog.conversations.set_sources(message_id, ["0" * 16])
    spans = [SpanRef(1, "0" * 16, 1, 0, 5, b"d" * 32)]
    assert catalog.conversations.finish(message_id, found=True, citations=spans, hits=spans)
    message = catalog.conversations.message(message_id)
    assert message.citations == (SpanRef(1, None, 1, 0, 5, None),)
    assert message.hits == ()
