"""How questions were understood and what answers were made from: kept without words, gone with a document.

Of explorer.catalog.asked and explorer.types.asked.
"""

from __future__ import annotations

import pytest

from explorer.catalog import Catalog
from explorer.errors import StorageError
from explorer.types import MadeFrom, QuestionReading, SentenceCheck, SpanRef
from tests.catalog.making import add


def test_a_chosen_reading_is_kept_with_its_question(catalog: Catalog) -> None:
    talk = catalog.conversations.create("T")
    plain = catalog.conversations.begin(talk, "One?", "model")
    reading = QuestionReading("figure", ("0123456789abcdef",), ("2019", "Q2 2020"), "", is_chosen=True)
    chosen = catalog.conversations.begin(talk, "And in 2019?", "model", reading=reading)
    assert catalog.conversations.message(plain).reading is None
    assert catalog.conversations.message(chosen).reading == reading
    assert catalog.conversations.finish(chosen, found=False)
    assert catalog.conversations.message(chosen).reading == reading
    by_rule = QuestionReading("fact", complete="One of two?")
    catalog.conversations.set_reading(plain, by_rule)
    assert catalog.conversations.finish(plain, found=False)
    catalog.conversations.set_reading(plain, reading)  # too late
    assert catalog.conversations.message(plain).reading == by_rule


def test_what_an_answer_was_made_from_is_kept_in_numbers(catalog: Catalog) -> None:
    document_id = add(catalog, "dividends were declared")
    talk = catalog.conversations.create("T")
    message_id = catalog.conversations.begin(talk, "Any?", "model")
    material = MadeFrom(6, 3, {document_id: 2})
    assert catalog.conversations.message(message_id).material is None
    assert catalog.conversations.finish(message_id, found=True, text="Yes.", material=material)
    assert catalog.conversations.message(message_id).material == material


def test_a_removed_document_is_named_by_neither(catalog: Catalog) -> None:
    gone, stays = add(catalog, "the margin fell", "a.txt"), add(catalog, "the margin rose", "b.txt")
    talk = catalog.conversations.create("T")
    reading = QuestionReading("figure", (gone, stays), (), "What of the zanzibarite margin in 2019?")
    ids = []
    for shown in (gone, stays):
        message_id = catalog.conversations.begin(talk, "And in 2019?", "model", reading=reading)
        catalog.conversations.set_sources(message_id, [shown])
        material = MadeFrom(2, 1, {gone: 1, stays: 3})
        assert catalog.conversations.finish(message_id, found=True, text="It fell.", material=material)
        ids.append(message_id)
    catalog.bin.put([gone])
    hidden = catalog.conversations.message(ids[0])
    assert (hidden.material, hidden.reading and hidden.reading.complete) == (None, "")
    catalog.documents.remove([gone])
    forgotten, kept = (catalog.conversations.message(message_id) for message_id in ids)
    assert (forgotten.reading, forgotten.material) == (QuestionReading("figure", (stays,)), None)
    assert kept.reading == QuestionReading("figure", (stays,), (), reading.complete)
    assert kept.material == MadeFrom(2, 1, {stays: 3})


def test_checks_are_kept_as_places_and_verdicts(catalog: Catalog) -> None:
    document_id = add(catalog, "dividends were declared")
    talk = catalog.conversations.create("T")
    message_id = catalog.conversations.begin(talk, "Any?", "model")
    catalog.conversations.set_sources(message_id, [document_id])
    checks = (
        SentenceCheck(0, 4, "supported", 0.875, (SpanRef(1, document_id, 1, 0, 9),)),
        SentenceCheck(5, 9, "not found", 0.0, ()),
    )
    catalog.conversations.set_checks(message_id, checks)
    assert catalog.conversations.message(message_id).checks is None, "it is not complete"
    assert catalog.conversations.finish(message_id, found=True, text="Yes. No.", material=MadeFrom(1, 1))
    assert catalog.conversations.message(message_id).checks is None
    catalog.conversations.set_checks(message_id, checks)
    told = catalog.conversations.message(message_id)
    assert (told.checks, told.material) == (checks, MadeFrom(1, 1))
    catalog.documents.remove([document_id])
    assert catalog.conversations.message(message_id).checks is None


@pytest.mark.parametrize("damaged", ["reading", "material"])
def test_what_cannot_be_read_is_said_to_be_damage(catalog: Catalog, damaged: str) -> None:
    talk = catalog.conversations.create("T")
    catalog.conversations.begin(talk, "One?", "model")
    with catalog.write() as con:
        con.execute(f"UPDATE message SET {damaged} = '[7]'")
    with pytest.raises(StorageError, match="damaged"):
        catalog.conversations.messages(talk)
