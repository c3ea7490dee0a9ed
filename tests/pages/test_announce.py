"""What screen readers are told, by ui.announce: what was found, what became of files, that an answer came."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer import Library
from explorer.types import Activity, Message, SpanRef
from tests.pages.conftest import open_page
from ui.chat import talk
from ui.frame import frame

CITED = SpanRef(1, "a" * 16, 1, 0, 5)
ANSWER = Message(
    id=7, conversation_id="c", question="Why?", text="Because.", kind="model", state="done", found=True,
    error=None, model="m", scope=None, forgotten=False, created_at=datetime(2026, 11, 30, tzinfo=UTC),
    citations=(CITED,),
)  # fmt: skip


def told(app: AppTest) -> dict[str, str]:
    """By its name, each sentence that the page has read out."""
    sent = [
        json.loads(each.proto.json)
        for each in app.get("bidi_component")
        if each.proto.component_name == "explorer_announce"
    ]
    return {one["name"]: one["text"] for one in sent}


def test_a_search_tells_what_it_found_or_that_it_found_nothing(app: AppTest, library: Library) -> None:
    open_page(app, "search")
    assert "found" not in told(app)
    app.selectbox(key="mode").set_value("keyword")
    app.text_input(key="question").set_value("mountain").run()
    assert told(app)["found"].startswith("1 passage in 1 document")
    app.text_input(key="question").set_value("zzqqxx").run()
    assert told(app)["found"] == "Nothing found for zzqqxx"


def test_what_became_of_files_is_told_to_those_who_saw_them_added(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(open_page(app, "settings"))["over"] == "", "it was over before this page was opened"
    ended = Activity(total=12, done=12, searchable=10, failed=2, seconds_left=None)
    monkeypatch.setattr(st, "session_state", {frame.WAS_BUSY: True})
    assert frame.over(ended) == "10 files ready. 2 files failed."
    assert frame.over(replace(ended, searchable=1, failed=0)) == "1 file ready."


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (ANSWER, "The answer is complete, with 1 source."),
        (replace(ANSWER, kind="quotes"), "1 quote from your documents."),
        (replace(ANSWER, found=False, citations=()), "Not in these documents."),
        (replace(ANSWER, state="failed", error="It is\x07 busy."), "The answer failed. It is busy."),
        (replace(ANSWER, state="stopped"), "The answer was stopped."),
    ],
)
def test_an_answer_is_told_in_a_sentence(message: Message, words: str) -> None:
    assert talk.news(message) == words
