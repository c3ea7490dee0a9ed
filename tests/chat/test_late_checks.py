"""Answers without checks get them on a thread of their own (`explorer.chat.late_checks`)."""

from __future__ import annotations

import pytest

from explorer.catalog import Catalog
from explorer.chat import late_checks
from explorer.chat.late_checks import LateChecks
from explorer.chat.proof import proofs
from explorer.types import SpanRef
from tests.chat.test_conversations import QUESTION, catalog, talks, until
from tests.chat_server import serving
from tests.small_library import id_of

__all__ = ["catalog"]


def test_a_models_sentences_are_checked_when_its_answer_is_stored(catalog: Catalog) -> None:
    said = "The repairs of the quay cost 3.2 million crowns [1]. They cost 9.9 million crowns [1]."
    with serving(pieces=[said]) as server:
        talk = talks(catalog, server)
        message_id = talk.ask(talk.create(), QUESTION)
        assert talk.wait(message_id, 60)
    message = talk.message(message_id)
    checks = talk.checks(message)
    assert checks is not None
    assert [one.verdict for one in checks] == ["supported", "contradicted"]
    span = checks[0].spans[0]
    assert "3.2 million" in catalog.documents.span(span.document_id or "", span.start, span.end)


def test_an_answer_of_an_earlier_version_is_checked_when_it_is_looked_at(catalog: Catalog) -> None:
    document_id = id_of(catalog, "harbour-report.pdf")
    text = catalog.documents.text(document_id)
    start = text.index("3.2 million")
    cited = SpanRef(1, document_id, 1, max(0, start - 100), start + 60)
    conversation = catalog.conversations.create("T")
    message_id = catalog.conversations.begin(conversation, QUESTION, "model")
    catalog.conversations.set_sources(message_id, [document_id])
    said = "It cost 3.2 million crowns [1]."
    assert catalog.conversations.finish(message_id, found=True, text=said, citations=[cited])
    late = LateChecks(catalog)
    assert late.of(catalog.conversations.message(message_id)) is None
    until(lambda: catalog.conversations.message(message_id).checks is not None)
    (check,) = late.of(catalog.conversations.message(message_id)) or ()
    assert check.verdict == "supported"
    assert check.spans


def test_quotes_and_refusals_need_none(catalog: Catalog) -> None:
    talk = talks(catalog)
    conversation = talk.create()
    for question in (QUESTION, "Which enzyme copies DNA in bacteria?"):
        assert talk.wait(talk.ask(conversation, question), 60)
    assert [talk.checks(message) for message in talk.messages(conversation)] == [(), ()]


def test_a_document_that_is_gone_ends_the_waiting(catalog: Catalog) -> None:
    conversation = catalog.conversations.create("T")
    message_id = catalog.conversations.begin(conversation, QUESTION, "model")
    assert catalog.conversations.finish(message_id, found=True, text="It cost 3.2 million crowns [1].")
    message = catalog.conversations.message(message_id)
    catalog.conversations.delete(conversation)
    late = LateChecks(catalog)
    assert late.of(message) is None
    until(lambda: late.of(message) == ())


def test_one_that_fails_keeps_no_other_waiting(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = catalog.conversations.create("T")
    messages = []
    for said in ("It cost 3.2 million crowns [1].", "It cost 9 crowns [1]."):
        message_id = catalog.conversations.begin(conversation, QUESTION, "model")
        assert catalog.conversations.finish(message_id, found=True, text=said)
        messages.append(catalog.conversations.message(message_id))

    def fails_once(*_: object) -> None:
        monkeypatch.setattr(late_checks, "proofs", proofs)
        raise ValueError

    monkeypatch.setattr(late_checks, "proofs", fails_once)
    late = LateChecks(catalog)
    assert late.of(messages[1]) is None  # the newest is first
    until(lambda: late.of(messages[1]) == ())
    late.of(messages[0])
    until(lambda: catalog.conversations.message(messages[0].id).checks is not None)
