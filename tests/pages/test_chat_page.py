"""Chat: conversations that are kept, answers with sources that open, and what is shown when there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from explorer.catalog import FORGOTTEN
from explorer.chat import answers
from explorer.errors import StorageError
from explorer.types import Scope, SpanRef
from tests.chat_server import CUT, SILENT, serving
from tests.pages.components import data, is_shown, trigger, words
from tests.pages.conftest import open_page, texts
from tests.pages.test_search_page import id_of
from tests.waiting import until
from ui import scope, state
from ui.chat import page, talk

QUESTION = "What does a river carry to the sea?"


def ask(app: AppTest, library: Library, question: str = QUESTION) -> AppTest:
    """Asks on the page and waits until the answer is over and shown."""
    app.chat_input(key=page.FIELD).set_value(question).run()
    assert not app.exception, app.exception
    opened = app.session_state[page.OPEN]
    until(lambda: library.conversations.messages(opened)[-1].state != "streaming")
    return app.run()


def span(library: Library, words_: str = "gravel", name: str = "rivers.md", number: int = 1) -> SpanRef:
    document = id_of(library, name)
    start = library.text(document).index(words_)
    return SpanRef(number, document, 1, start, start + len(words_))


def stored(library: Library, question: str = QUESTION, kind: Any = "model", **finished: Any) -> str:
    """A conversation with one finished answer; its id."""
    kept = library._catalog.conversations
    conversation = kept.create("Rivers")
    kept.finish(kept.begin(conversation, question, kind), **{"found": True} | finished)
    return conversation


def opened(app: AppTest, conversation: str) -> dict[str, Any]:
    """The last message of a conversation as the page shows it."""
    app.run()
    app.query_params[page.OPEN] = conversation
    if page.OPEN in app.session_state:  # as one that is chosen in the list
        app.session_state[page.OPEN] = conversation
    app.switch_page("pages/chat.py").run()
    assert not app.exception, app.exception
    return data(app, "talk")["messages"][-1]


def cites(nodes: list[Any]) -> list[int]:
    found = []
    for node in nodes:
        if isinstance(node, dict):
            found += [node["n"]] if node["t"] == "cite" else cites(node.get("c", []))
    return found


def test_an_empty_library_is_explained_and_leads_to_documents(app: AppTest, empty: Library) -> None:
    open_page(app, "chat")
    assert "no documents yet" in texts(app)
    assert not app.chat_input
    assert "Add documents" in [link.proto.label for link in app.get("page_link")]


def test_a_first_visit_offers_questions_that_fit(app: AppTest, library: Library) -> None:
    open_page(app, "chat")
    offered = [button for button in app.button if button.key and button.key.startswith("example-")]
    assert len(offered) == 3
    assert any("rivers" in button.label.casefold() for button in offered)
    offered[0].click().run()
    assert data(app, "talk")["messages"][0]["question"] == page.examples(library, Scope())[0]
    assert not any(button.key == "example-0" for button in app.button)


def test_example_questions_are_of_three_documents_and_end_as_questions(
    app: AppTest, empty: Library, tmp_path: Path
) -> None:
    long = "A very long title of a report on " + "the many rivers of the north and " * 4
    texts = {
        "one/plan.md": "# The plan\n\nA plan.\n\n## Costs\n\nIt costs 5 crowns.\n",
        "two/plan.md": "# The plan\n\nAnother plan.\n\n## Costs\n\nIt costs 6 crowns.\n",
        "long.md": f"# {long}\n\nRivers.\n\n## {long}\n\nGravel.\n\n## Sea {long}\n\nSalt.\n",
        "bees.txt": "Bees gather nectar.\n",
    }
    for name, text in texts.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    empty.add([tmp_path / "in"])
    open_page(app, "chat")
    labels = [button.label for button in app.button if (button.key or "").startswith("example-")]
    assert len(labels) == len(set(labels)) == 3
    assert sum("plan" in label for label in labels) == 1
    assert all(label.endswith("?") for label in labels)


@pytest.mark.slow
def test_an_answer_in_quotes_opens_at_its_words(app: AppTest, library: Library) -> None:
    ask(open_page(app, "chat"), library)
    message = data(app, "talk")["messages"][0]
    assert message["question"] == QUESTION
    assert message["heading"] == talk.QUOTES
    assert message["connect"]
    quote = message["quotes"][0]
    assert quote["title"] == "rivers.md"
    assert "gravel" in words(quote["nodes"])
    trigger(app, "talk", "open", {key: quote[key] for key in ("document", "page", "start", "end")})
    shown = data(app, "viewer")
    assert shown["title"] == "rivers.md"
    assert any("gravel" in words([node]) for node in shown["views"][0]["nodes"] if isinstance(node, dict))
    assert library.conversations.list()[0].title.startswith("What does a river")


@pytest.mark.slow
def test_an_address_of_a_conversation_names_its_library(app: AppTest, library: Library) -> None:
    ask(open_page(app, "chat"), library)
    assert app.query_params[state.LIBRARY] in (library.folder.name, [library.folder.name])
    app.button(key="conversation-new").click().run()
    assert state.LIBRARY not in app.query_params


def test_a_first_visit_says_that_no_model_is_connected(app: AppTest, library: Library) -> None:
    open_page(app, "chat")
    assert page.NO_MODEL in texts(app)
    assert "Connect one" in [link.proto.label for link in app.get("page_link")]
    library.change_settings(chat_url="http://127.0.0.1:9/v1", chat_model="m")
    app.run()
    assert page.NO_MODEL not in texts(app)


def test_examples_are_about_what_is_in_the_scope(app: AppTest, library: Library) -> None:
    chess = next(document for document in library.documents() if "chess" in document.name)
    asked = page.examples(library, Scope(documents=[chess.id]))
    assert asked == ["What is “Endgames” about?"]
    assert len(page.examples(library, Scope())) == 3
    assert page.examples(library, Scope(tags=["none such"])) == []
    first = library.chunks(chess.id)[0].id
    assert page.examples(library, Scope(chunks=[first])) == asked


@pytest.mark.slow
def test_what_is_not_there_is_said_with_the_nearest(app: AppTest, library: Library) -> None:
    ask(open_page(app, "chat"), library, "Which enzyme copies DNA in bacteria?")
    message = data(app, "talk")["messages"][0]
    assert message["note"].startswith(talk.NOT_FOUND.rstrip("."))
    assert not message["quotes"]
    assert 1 <= len(message["nearest"]) <= talk.NEAREST
    assert message["nearest"][0]["document"]


@pytest.mark.slow
def test_a_model_streams_and_a_reload_finds_the_answer(app: AppTest, library: Library) -> None:
    pieces = ["A river carries **gravel** [1]. ", "![x](http://evil.test/x.png)"]
    with serving(pieces=pieces, ends=SILENT) as server:
        library.change_settings(chat_url=server.address, chat_model="m")
        open_page(app, "chat")
        app.chat_input(key=page.FIELD).set_value(QUESTION).run()
        conversation = app.session_state[page.OPEN]
        until(lambda: "gravel" in library.conversations.messages(conversation)[-1].text)
        app.run()
        growing = data(app, "talk")["messages"][-1]
        assert "gravel" in words(growing["blocks"])
        assert app.button(key="stop")
        reloaded = AppTest.from_file(app._script_path, default_timeout=30)
        assert words(opened(reloaded, conversation)["blocks"]).startswith("A river carries")
        reloaded.button(key="stop").click().run()
    until(lambda: library.conversations.messages(conversation)[-1].state == "stopped")
    app.run()
    message = data(app, "talk")["messages"][-1]
    assert message["note"] == talk.STOPPED
    assert "A river carries" in words(message["blocks"])
    assert app.button(key="retry")


@pytest.mark.slow
def test_an_answer_is_made_again_and_a_question_edited_where_they_stand(
    app: AppTest, library: Library
) -> None:
    ask(open_page(app, "chat"), library)
    conversation = app.session_state[page.OPEN]
    assert data(app, "talk")["messages"][0]["again"]
    trigger(app, "talk", "again", {"message": 0})
    until(lambda: library.conversations.messages(conversation)[-1].state == "done")
    trigger(app, "talk", "again", {"message": 0, "question": " What is the starter fed with? "})
    until(lambda: library.conversations.messages(conversation)[-1].state == "done")
    app.run()
    (message,) = data(app, "talk")["messages"]
    assert message["question"] == "What is the starter fed with?"
    assert "rye" in str(message["quotes"] or message["blocks"])


@pytest.mark.slow
def test_an_error_is_clear_and_the_question_is_kept(app: AppTest, library: Library) -> None:
    with serving(status=401, body={"error": {"message": "bad key"}}) as server:
        library.change_settings(chat_url=server.address, chat_model="m")
        ask(open_page(app, "chat"), library)
        message = data(app, "talk")["messages"][-1]
        assert message["error"]
        assert message["question"] == QUESTION
        server.status, server.pieces = 200, ["It carries gravel [1]."]
        app.button(key="retry").click().run()
        conversation = app.session_state[page.OPEN]
        until(lambda: library.conversations.messages(conversation)[-1].state == "done")
        app.run()
    (again,) = data(app, "talk")["messages"]
    assert again["question"] == QUESTION
    assert cites(again["blocks"]) == [1]
    assert again["sources"][0]["document"]


@pytest.mark.slow
def test_a_server_that_breaks_off_leaves_what_came(app: AppTest, library: Library) -> None:
    with serving(pieces=["It carries gravel."], ends=CUT) as server:
        library.change_settings(chat_url=server.address, chat_model="m")
        ask(open_page(app, "chat"), library)
    message = data(app, "talk")["messages"][-1]
    assert message["error"]
    assert "gravel" in words(message["blocks"])


def test_a_model_answer_has_chips_and_sources(app: AppTest, library: Library) -> None:
    cited = (span(library), span(library, "flour", "bread.txt", 2))
    text = "Gravel [1], not flour [2], nor [7]. ![x](http://evil.test/1.png) <img src=http://evil.test/2.png>"
    message = opened(app, stored(library, text=text, citations=cited, hits=cited))
    assert cites(message["blocks"]) == [1, 2]
    assert [source["title"] for source in message["sources"]] == ["rivers.md", "bread.txt"]
    assert "<img src=http://evil.test/2.png>" in words(message["blocks"])
    assert "[1] rivers.md" in message["copy"]
    assert message["used"] == "from 2 passages in 2 documents"


def test_a_model_answer_without_a_source_is_shown_with_a_warning(app: AppTest, library: Library) -> None:
    near = (span(library),)
    message = opened(app, stored(library, text="Gravel, **surely**.", found=False, hits=near))
    assert words(message["blocks"]) == "Gravel, surely."
    assert message["warning"] == answers.UNCITED
    assert answers.UNCITED in message["copy"]
    assert (message["note"], message["sources"]) == ("", [])
    assert message["nearest"][0]["title"] == "rivers.md"
    message = opened(app, stored(library, text=answers.NOTHING_FITS, found=False, hits=near))
    assert (message["warning"], message["note"], message["blocks"]) == ("", talk.NOT_FOUND, [])


def test_a_removed_document_is_said(app: AppTest, library: Library) -> None:
    cited = (span(library), span(library, "flour", "bread.txt", 2))
    conversation = stored(library, kind="quotes", citations=cited, hits=cited)
    library.remove(id_of(library, "rivers.md"))
    message = opened(app, conversation)
    assert [quote["document"] is None for quote in message["quotes"]] == [True, False]
    assert "gravel" not in str(message)
    assert "document removed" in message["copy"]


def test_a_models_words_go_with_the_document(app: AppTest, library: Library) -> None:
    kept = library._catalog.conversations
    conversation = kept.create("Rivers")
    message_id = kept.begin(conversation, QUESTION, "model")
    kept.set_sources(message_id, [id_of(library, "rivers.md")])
    kept.finish(message_id, found=True, text="It carries gravel [1].", citations=(span(library),))
    library.remove(id_of(library, "rivers.md"))
    message = opened(app, conversation)
    assert message["note"] == FORGOTTEN
    assert "gravel" not in str(message)


def test_conversations_are_listed_renamed_and_deleted(app: AppTest, library: Library) -> None:
    first = stored(library, text="one")
    second = stored(library, text="two")
    opened(app, first)
    app.button(key=f"conversation-{second}").click().run()
    assert words(data(app, "talk")["messages"][0]["blocks"]) == "two"
    assert app.query_params[page.OPEN] == second
    app.text_input(key=f"rename-{second}").set_value("*Two* <b>").run()
    assert library.conversations.list()[0].title == "*Two* <b>"
    assert "\\*Two" in app.button(key=f"conversation-{second}").label
    app.checkbox(key=f"sure-{second}").check().run()
    app.button(key=f"delete-{second}").click().run()
    assert [each.id for each in library.conversations.list()] == [first]
    assert not is_shown(app, "talk")


def test_a_new_conversation_starts_empty(app: AppTest, library: Library) -> None:
    opened(app, stored(library, text="one"))
    app.button(key="conversation-new").click().run()
    assert page.OPEN not in app.query_params
    assert not is_shown(app, "talk")


def test_an_address_of_a_deleted_conversation_opens_a_new_one(app: AppTest, library: Library) -> None:
    app.run()
    app.query_params[page.OPEN] = "0123456789abcdef"
    app.switch_page("pages/chat.py").run()
    assert not app.exception
    assert not is_shown(app, "talk")


def test_the_scope_limits_the_question(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(type(library.conversations), "ask", lambda _self, *given: asked.append(given))
    open_page(app, "chat")
    app.multiselect(key="scope-documents").set_value([id_of(library, "chess.md")]).run()
    app.chat_input(key=page.FIELD).set_value("Who wins?").run()
    assert [(given[1], given[2]) for given in asked] == [
        ("Who wins?", Scope(documents=[id_of(library, "chess.md")]))
    ]
    assert app.session_state[scope.KEY].scope == asked[0][2]


def test_a_question_that_cannot_be_stored_is_kept(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise StorageError("The disk is full. Free some space and ask again.")

    with monkeypatch.context() as broken:
        broken.setattr(type(library.conversations), "ask", fail)
        open_page(app, "chat")
        app.chat_input(key=page.FIELD).set_value(QUESTION).run()
    assert "disk is full" in texts(app)
    assert QUESTION in texts(app)
    assert library.conversations.list() == []
    app.button(key="retry-begin").click().run()
    assert data(app, "talk")["messages"][0]["question"] == QUESTION


def test_connect_one_leads_to_settings(app: AppTest, library: Library) -> None:
    opened(app, stored(library, kind="quotes", citations=(span(library),)))
    trigger(app, "talk", "connect", True)
    assert app.title[0].value == "Settings"
