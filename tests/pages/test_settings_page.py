"""The settings page: values with where they come from, the language model's test, redo, diagnostics.

Runs ui.settings.page, ui.settings.form and ui.settings.models.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer import Library, extras
from explorer.extras import EXTRAS
from explorer.upkeep import KINDS
from tests.embedding.embedding_server import DIMENSION, serving
from tests.pages.conftest import open_page, open_settings, texts
from tests.readers.ocr.scans import draw, packed
from tests.stores.served.qdrant_server import QdrantServer
from tests.stores.served.recording import Refused
from tests.waiting import until
from ui import state
from ui.settings import diagnostics
from ui.wording import size

KEY = "canary-key-4711"
UNSAVED = "Not saved yet"


class ChatServer(BaseHTTPRequestHandler):
    """Speaks as much of the chat protocol as a test of it needs; wants the key."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            self.send_response(401)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for delta, reason in (({"content": "ready"}, None), ({}, "stop")):
            event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "tiny"}
            event["choices"] = [{"index": 0, "delta": delta, "finish_reason": reason}]
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), ChatServer) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/v1"
        http.shutdown()


def field(app: AppTest, name: str):
    """The widget of a setting, whatever its kind; its key changes with what is stored."""
    return next(w for w in (*app.text_input, *app.number_input) if (w.key or "").startswith(f"{name}_"))


def _is_open(app: AppTest, label: str) -> bool:
    (expander,) = [each for each in app.expander if each.label == label]
    return bool(expander.proto.expanded)


def press(app: AppTest, name: str) -> AppTest:
    """Clicks the button of that key or, where one label is enough, of that label."""
    (button,) = [entry for entry in app.button if name in (entry.key, entry.label)]
    app = button.click().run()
    assert not app.exception
    return app


def test_place_and_size_are_shown(app: AppTest, library: Library) -> None:
    open_settings(app, "library")
    assert str(library.folder) in [code.value for code in app.code]
    assert "3 documents, 3 pages and 3 passages" in texts(app)


def test_what_takes_room_is_shown_and_freed(app: AppTest, library: Library) -> None:
    open_settings(app, "library")
    said = texts(app)
    used = library.upkeep.used()
    assert f"This library takes {size(used.total)}".split()[0] in said
    assert all(KINDS[part.kind] in said for part in used.parts)
    waiting = library.folder / "files" / ".incoming" / "abc-def"
    waiting.write_bytes(b"x" * 300_000)
    os.utime(waiting, (time.time() - 90_000,) * 2)
    aside = library.folder / "files" / ".attic" / "2026-01-01"
    aside.mkdir(parents=True)
    (aside / "old *report*.pdf").write_bytes(b"x" * 5000)
    app.run()
    assert "Repair set aside 1 file: old *report*.pdf" in texts(app)
    press(app, "space_free")
    assert not waiting.exists() and "Freed 3" in texts(app)
    press(app, "space_attic")
    assert library.upkeep.set_aside() == []


def test_privacy_says_none_or_each_address_with_what_went_there(
    app: AppTest, library: Library, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_settings(app, "about")
    assert "None: nothing leaves this machine." in texts(app).replace("*", "")
    library.change_settings(chat_url=server, chat_model="tiny")
    library.models.set_chat_key(server, KEY)
    app.run()
    assert "None outside this machine: nothing leaves" in texts(app).replace("*", "")
    assert server in [one.value for one in app.code], "to be copied as it is"
    assert "Nothing was sent there yet." in texts(app)
    library.models.test_chat()
    app.run()
    assert "1 request, " in texts(app) and KEY not in texts(app)
    library.change_settings(chat_url="https://models.example/v1")
    app.run()
    assert "https://models.example/v1" in [one.value for one in app.code]
    assert "nothing leaves this machine" not in texts(app) and "No longer in use." in texts(app)


def test_the_index_moves_to_a_server_and_back_with_a_key(app: AppTest, library: Library) -> None:
    library._client.sync()
    server = QdrantServer()
    open_settings(app, "advanced")
    (store,) = [one for one in app.selectbox if one.label == "Vector store"]
    store.set_value("qdrant_server")
    press(app, "store_save")
    assert "no address is set. Give it in Settings" in texts(app)
    assert library.settings.store == "chroma"
    (store,) = [one for one in app.selectbox if one.label == "Vector store"]
    store.set_value("qdrant_server")
    field(app, "store_url").input(server.address)
    with server.guarded(KEY):
        press(app, "store_save")
        until(lambda: library.upkeep.store().problem)
        app.run()
        assert "refuses the key, or wants one" in texts(app)
        assert "Chroma, in the library's folder** serves" in texts(app)
        (typed,) = [one for one in app.text_input if one.key == "store_key"]
        typed.input(KEY)
        press(app, "store_key_use")
        until(lambda: library.upkeep.store().store == "qdrant_server")
        app.run()
        assert "Until it is whole" not in texts(app) and KEY not in texts(app)
        assert [len(one.rows) for one in server.collections.values()] == [library.counts().chunks]
        library._client.set_key(server.address, None)
        open_settings(app, "about")
        assert "Vector store" in texts(app) and server.address in [one.value for one in app.code]
        open_settings(app, "advanced")
        (store,) = [one for one in app.selectbox if one.label == "Vector store"]
        store.set_value("faiss" if EXTRAS["faiss"].is_installed else "none")
        library._client.set_key(server.address, KEY)
        press(app, "store_save")
        until(lambda: not server.collections)
    until(lambda: library.upkeep.store() is None or library.upkeep.store().coming is None)
    app.run()
    assert not app.exception and library.doctor().ok
    server.close()


def test_the_way_to_another_store_is_shown_and_called_off(app: AppTest, library: Library) -> None:
    library._client.sync()
    server = QdrantServer()
    server.failing = [Refused(503, {"message": "not yet"})] * 10_000
    library.change_settings(store="qdrant_server", store_url=server.address)
    until(lambda: library.upkeep.store().problem)
    open_settings(app, "advanced")
    assert "Filling **Qdrant, on a server**" in texts(app) and "not yet" in texts(app)
    press(app, "store_cancel")
    until(lambda: library.upkeep.store() is None)
    app.run()
    assert "Filling" not in texts(app) and library.settings.store == "chroma"
    assert library.doctor().ok
    server.close()


def test_everything_is_deleted_once_the_name_was_typed(app: AppTest, library: Library) -> None:
    folder = library.folder
    library.conversations.create("A conversation")
    open_settings(app, "library")
    press(app, "erase")
    assert "loses 3 documents, and all" in texts(app)
    (field_of_name,) = [one for one in app.text_input if "to confirm" in one.label]
    field_of_name.input("something else")
    press(app, "FormSubmitter:erase_form-Delete everything")
    assert "nothing was deleted" in texts(app) and library.counts().documents == 3
    (field_of_name,) = [one for one in app.text_input if "to confirm" in one.label]
    field_of_name.input(library.name)
    press(app, "FormSubmitter:erase_form-Delete everything")
    assert "holds 0 documents" in texts(app) and "Everything was deleted." in texts(app)
    again = state.opened(folder)
    assert again is not library and again.documents() == [] and again.conversations.list() == []


def test_notes_hold_while_a_field_is_changed_and_ocr_has_its_own_button(
    app: AppTest, library: Library
) -> None:
    open_settings(app, "reading")
    assert "The default is on." in texts(app).splitlines()
    buttons = [entry.key for entry in app.main.button]
    assert "ocr_save" in buttons and "reading_save" not in buttons
    open_settings(app, "advanced")
    assert "The default." not in texts(app).splitlines()
    number = field(app, "read_seconds")
    parts = list(app.main)
    order = [getattr(part, "key", None) for part in parts]
    assert order.index(number.key) < order.index("reading_save")


def test_a_value_is_kept_and_taken_back(app: AppTest, library: Library) -> None:
    open_settings(app, "advanced")
    field(app, "max_pages").set_value(500)
    press(app, "reading_save")
    assert library.settings.max_pages == 500
    assert "Set here. The default is 20000." in texts(app)
    press(app, "Use the defaults")
    assert library.setting_source("max_pages") == "default"


def test_what_was_typed_waits_on_its_tab_until_it_is_saved(app: AppTest, library: Library) -> None:
    open_settings(app, "advanced")
    assert UNSAVED not in texts(app)
    field(app, "max_pages").set_value(500).run()
    assert texts(app).count(UNSAVED) == 1
    # The click on another tab may reach the server together with what was typed before it.
    field(app, "store_url").set_value("http://127.0.0.1:6333")
    open_settings(app, "reading")
    assert UNSAVED not in texts(app)
    open_page(app, "search")
    open_settings(app, "advanced")
    assert (field(app, "max_pages").value, field(app, "store_url").value) == (500, "http://127.0.0.1:6333")
    assert texts(app).count(UNSAVED) == 2
    assert library.setting_source("max_pages") == library.setting_source("store_url") == "default"
    press(app, "reading_save")
    assert library.settings.max_pages == 500 and library.settings.store_url is None
    assert texts(app).count(UNSAVED) == 1, "the other section still waits"
    field(app, "store_url").set_value("").run()
    assert UNSAVED not in texts(app), "it is again what the library holds"


def test_a_choice_and_a_tick_that_were_not_saved_wait_too(app: AppTest, library: Library) -> None:
    open_settings(app, "embedding")
    (kept,) = [one for one in app.selectbox if one.label == "Vectors are kept as"]
    kept.set_value("int8").run()
    (pooled,) = [one for one in app.selectbox if one.label == "Pooling of token vectors"]
    assert not _is_open(app, "How this model is read")
    pooled.set_value("max").run()
    open_settings(app, "reading")
    next(each for each in app.checkbox if (each.key or "").startswith("ocr_")).uncheck().run()
    open_settings(app, "embedding")
    chosen = {one.label: one.value for one in app.selectbox}
    assert (chosen["Vectors are kept as"], chosen["Pooling of token vectors"]) == ("int8", "max")
    assert _is_open(app, "How this model is read")
    open_settings(app, "reading")
    assert not next(each for each in app.checkbox if (each.key or "").startswith("ocr_")).value
    assert library.settings.ocr is True and library.settings.vectors == "float32"


def test_what_is_held_wins_over_what_was_typed(app: AppTest, library: Library) -> None:
    open_settings(app, "advanced")
    field(app, "max_pages").set_value(500).run()
    open_settings(app, "reading")
    library.change_settings(max_pages=700)  # as another tab or program does
    open_settings(app, "advanced")
    assert field(app, "max_pages").value == 700 and UNSAVED not in texts(app)
    field(app, "max_pages").set_value(600).run()
    press(app, "Use the defaults")
    assert field(app, "max_pages").value == 20_000 and UNSAVED not in texts(app)
    assert library.setting_source("max_pages") == "default"


def test_what_was_typed_is_for_its_own_library(app: AppTest, library: Library, tmp_path: Path) -> None:
    open_settings(app, "advanced")
    field(app, "max_pages").set_value(500).run()
    app.session_state[state.FOLDER] = str(state.opened(tmp_path / "other").folder)
    app.run()
    assert not app.exception
    assert field(app, "max_pages").value == 20_000 and UNSAVED not in texts(app)


def test_a_refused_value_stays_to_be_mended_and_a_key_is_not_remembered(
    app: AppTest, library: Library
) -> None:
    open_settings(app, "language model")
    field(app, "chat_url").set_value("ftp://example")
    press(app, "chat_save")
    assert field(app, "chat_url").value == "ftp://example" and UNSAVED in texts(app)
    library.change_settings(chat_url="http://127.0.0.1:9/v1")
    app.run()
    app.text_input(key="chat_key").set_value(KEY)
    app.run()
    open_settings(app, "about")
    assert KEY not in str(app.session_state["settings_drafts"])
    open_settings(app, "language model")
    assert app.text_input(key="chat_key").value == ""


def test_vectors_are_brought_into_another_form(app: AppTest, library: Library) -> None:
    open_settings(app, "embedding")
    (chosen,) = [one for one in app.selectbox if (one.key or "").startswith("vectors_")]
    assert (chosen.value, chosen.options) == ("float32", ["float32", "float16", "int8"])
    chosen.set_value("int8")
    press(app, "embedding_save")
    assert library.settings.vectors == "int8"
    library._client.start()  # as every page has it started, but in these tests
    until(lambda: not library.models.is_narrowing())
    assert library.needs_redo == ()
    open_settings(app, "embedding")
    assert "being brought into" not in texts(app)


def test_the_environment_comes_first(app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_MAX_PAGES", "77")
    open_settings(app, "advanced")
    assert field(app, "max_pages").disabled
    assert field(app, "max_pages").value == 77
    assert "Set by EXPLORER_MAX_PAGES" in texts(app)


def test_a_wrong_value_is_told(app: AppTest, library: Library) -> None:
    open_page(app, "settings")
    field(app, "chat_url").set_value("ftp://example")
    press(app, "chat_save")
    assert "“Address” is not valid: it must be an address that starts with http" in texts(app)
    assert "chat_url" not in texts(app)
    assert library.settings.chat_url is None


def test_a_tab_is_opened_by_its_address_and_kept(app: AppTest, library: Library) -> None:
    app.run()
    app.query_params["tab"] = "advanced"
    app.switch_page("pages/settings.py").run()
    assert not app.exception
    assert app.session_state["tab"] == "Advanced"
    open_page(app, "search")
    open_page(app, "settings")
    assert app.session_state["tab"] == "Advanced"
    assert app.query_params["tab"] in ("advanced", ["advanced"])
    shown = {tab.label: [header.value for header in tab.header] for tab in app.tabs}
    assert "Limits" in shown.pop("Advanced")
    assert next(iter(shown)) == "Language model"
    assert set(shown) == {"Language model", "Library", "Reading", "Embedding", "About"}
    assert not any(shown.values()), "only what is looked at is drawn"


def test_the_language_model_is_tested(app: AppTest, library: Library, server: str) -> None:
    open_page(app, "settings")
    app.button(key="chat_test").click().run()
    assert "No address is set" in app.warning[0].value
    field(app, "chat_url").set_value(server)
    field(app, "chat_model").set_value("tiny")
    press(app, "chat_save")
    app.button(key="chat_test").click().run()
    assert "key" in app.error[0].value
    app.text_input(key="chat_key").set_value(KEY)
    press(app, "Use this key")
    app.button(key="chat_test").click().run()
    assert "tiny answers" in app.success[0].value
    stored = b"".join(path.read_bytes() for path in library.folder.rglob("*") if path.is_file())
    assert KEY.encode() not in stored
    assert KEY not in diagnostics.report(library)
    press(app, "Forget it")
    assert not library.models.chat_key(server)


def test_a_key_of_the_environment_is_not_sent_to_an_address_typed_here(
    app: AppTest, library: Library, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CHAT_KEY", KEY)
    open_page(app, "settings")
    assert app.text_input(key="chat_key_fixed").disabled
    library.change_settings(chat_url=server, chat_model="tiny")
    assert library.models.chat_key(server) is None
    open_page(app, "settings")
    assert "EXPLORER_CHAT_KEY is set, but it is not sent to" in texts(app)
    app.button(key="chat_test").click().run()
    assert "refused the key" in app.error[0].value
    app.text_input(key="chat_key").set_value(KEY)
    press(app, "Use this key")
    app.button(key="chat_test").click().run()
    assert "tiny answers" in app.success[0].value
    monkeypatch.setenv("EXPLORER_CHAT_URL", server)
    library.models.set_chat_key(server, None)
    assert library.models.chat_key(server) == KEY
    assert library.models.chat_key(server.replace("127.0.0.1", "localhost")) is None
    open_page(app, "settings")
    assert app.text_input(key="chat_key_fixed").disabled
    assert "is not sent to" not in texts(app)


def test_a_server_that_is_not_there_is_told(app: AppTest, library: Library) -> None:
    library.change_settings(chat_url="http://127.0.0.1:9/v1", chat_model="tiny")
    open_page(app, "settings")
    app.button(key="chat_test").click().run()
    assert "cannot be reached" in app.error[0].value


def test_another_length_of_passages_offers_to_redo_all(app: AppTest, library: Library) -> None:
    open_settings(app, "embedding")
    assert "redo" not in [entry.key for entry in app.button]
    field(app, "chunk_tokens").set_value(60)
    press(app, "embedding_save")
    assert "Redo all 3 documents" in texts(app)
    app.button(key="redo").click().run()
    assert not app.exception
    until(lambda: not library.is_redoing)
    app.run()
    assert "being redone" not in texts(app)
    open_settings(app, "embedding")
    assert not library.needs_redo
    assert "redo" not in [entry.key for entry in app.button]


def test_models_are_offered_by_name_and_say_how_they_are_got(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras.Extra, "is_installed", property(lambda _self: False))
    open_settings(app, "embedding")
    commands = [code.value for code in app.code]
    assert extras.command("use") in commands
    assert "hf download intfloat/multilingual-e5-small" in commands
    assert not [one for one in app.button if (one.key or "").startswith("model_use_")], "one is here: in use"
    monkeypatch.setattr(extras.Extra, "is_installed", property(lambda _self: True))
    app.run()
    press(app, "model_use_universal-sentence-encoder")
    assert library.settings.model == "universal-sentence-encoder"
    press(app, "model_use_all-MiniLM-L6-v2")
    assert library.settings.model == "all-MiniLM-L6-v2"


def test_multilingual_ones_come_first_where_the_language_asks_for_one(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def names() -> list[str]:
        return [one.value for one in app.markdown if str(one.value).startswith("**") and "**:" in one.value]

    open_settings(app, "embedding")
    assert "MiniLM" in next(one for one in names() if "For " in one or "bundled" in one)
    monkeypatch.setattr(
        library.models, "language_hint", lambda: "Most of this library is in another language."
    )
    app.run()
    first = next(one for one in names() if "languages" in one or "bundled" in one)
    assert "multilingual" in first


def test_how_a_model_is_read_is_set_by_fields(app: AppTest, library: Library) -> None:
    def options() -> dict[str, Any]:
        return {
            (one.key or "").partition("_")[0]: one
            for one in (*app.selectbox, *app.text_input, *app.number_input)
        }

    open_settings(app, "embedding")
    option = options()
    option["precision"].set_value("float32")
    option["dimensions"].set_value(128)
    option["query"].set_value("query: ")
    press(app, "model_options_save")
    assert library.settings.model == 'all-MiniLM-L6-v2 | dimensions=128 | query="query: " | precision=float32'
    assert "model" in library.needs_redo
    option = options()
    assert (option["dimensions"].value, option["precision"].value) == (128, "float32")
    option["query"].set_value('a "quoted" prompt')
    press(app, "model_options_save")
    assert "cannot hold a quotation mark" in texts(app)


def test_diagnostics_tell_versions_and_no_names(library: Library) -> None:
    report = diagnostics.report(library)
    assert "streamlit 1." in report
    assert "Documents 3" in report
    assert not any(entry.name in report for entry in library.documents())
    assert "streamlit" in diagnostics.licences()
    assert "Apache" in diagnostics.licences()


def test_ocr_is_switched_and_what_failed_is_tried_again(
    app: AppTest, library: Library, tmp_path: Path
) -> None:
    open_settings(app, "reading")
    next(each for each in app.checkbox if (each.key or "").startswith("ocr_")).uncheck()
    press(app, "ocr_save")
    assert library.settings.ocr is False
    assert "Set here. The default is on." in texts(app)
    path = tmp_path / "scan.png"
    path.write_bytes(packed(draw([(100, 200, "The minutes of the beekeepers' meeting")]), "PNG"))
    assert library.add(path)[0].status == "failed"
    open_settings(app, "reading")
    assert "no text to read while OCR was off" not in texts(app)
    press(app, "Use the defaults")
    assert "1 file had no text to read while OCR was off" in texts(app)
    press(app, "Try again")
    until(lambda: "scan.png" in [document.name for document in library.documents()])
    library.remove([document.id for document in library.documents() if document.name == "scan.png"])


def test_a_folder_without_models_of_ocr_is_told_and_not_kept(
    app: AppTest, library: Library, tmp_path: Path
) -> None:
    open_settings(app, "reading")
    field(app, "ocr_models").set_value(str(tmp_path))
    app.button(key="ocr_save").click().run()
    assert 'no model in it has "rec" in its name' in app.error[0].value.replace("\\", "")
    assert library.settings.ocr_models is None


def test_what_embeds_and_why_is_told(app: AppTest, library: Library) -> None:
    open_settings(app, "embedding")
    (line,) = library.models.explain()
    assert "all-MiniLM-L6-v2 computes in" in line
    assert "computes in" in texts(app)
    assert "embed_key" not in [entry.key for entry in app.text_input]


def test_an_embedding_server_has_a_key_of_its_own(app: AppTest, library: Library, server: str) -> None:
    open_settings(app, "embedding")
    field(app, "embed_url").set_value(server)
    field(app, "embed_model").set_value("tiny")
    press(app, "embedding_save")
    assert library.settings.embedder == f"tiny at {server}"
    assert "Once the documents are redone" in texts(app), "it is not asked yet"
    assert "The embedding model changed" in texts(app)
    app.text_input(key="embed_key").set_value(KEY)
    app.button(key="embed_key_use").click().run()
    assert not app.exception
    assert library.models.embed_key(server) == KEY
    stored = b"".join(path.read_bytes() for path in library.folder.rglob("*") if path.is_file())
    assert KEY.encode() not in stored
    assert KEY not in diagnostics.report(library)
    app.button(key="embed_key_forget").click().run()
    assert library.models.embed_key(server) is None
    press(app, "Use the defaults")
    assert library.settings.embedder == "all-MiniLM-L6-v2"


def test_an_embedding_server_is_tested(app: AppTest, library: Library) -> None:
    open_settings(app, "embedding")
    assert "embed_test" not in [entry.key for entry in app.button]
    with serving(key=KEY) as at:
        library.change_settings(embed_url=at.address)
        open_settings(app, "embedding")
        app.button(key="embed_test").click().run()
        assert "No model is named" in app.error[0].value
        library.change_settings(embed_model="tiny")
        app.button(key="embed_test").click().run()
        assert "refused the key" in app.error[0].value
        library.models.set_embed_key(at.address, KEY)
        app.button(key="embed_test").click().run()
        assert not app.error
        assert "tiny answers, in " in app.success[0].value
        assert f"a vector of {DIMENSION} numbers" in app.success[0].value
        at.plans = [{"status": 503}]
        at.requests.clear()
        app.button(key="embed_test").click().run()
        assert "HTTP 503" in app.error[0].value
        assert len(at.requests) == 2, "a person waits"


def test_a_redo_by_a_server_that_is_down_says_what_it_waits_for_and_what_is_wrong(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    @contextmanager
    def spinner(text: str, **_: object) -> Iterator[None]:
        said.append(text)
        yield
        said.append("over")

    def redo() -> list[int]:
        said.append("asked")
        return Library.redo(library)

    library.change_settings(embed_url="http://127.0.0.1:9/v1", embed_model="tiny")
    monkeypatch.setattr(st, "spinner", spinner)
    monkeypatch.setattr(library, "redo", redo)
    open_settings(app, "embedding")
    app.button(key="redo").click().run()
    assert said == ["Trying the embedding model first…", "asked", "over"]
    assert "cannot be reached" in app.error[0].value
    assert not library.is_redoing
    assert "redo" in [entry.key for entry in app.button], "it is still offered"


def test_a_reranker_that_is_not_there_is_told(app: AppTest, library: Library) -> None:
    library.change_settings(reranker="/nowhere")
    open_settings(app, "embedding")
    assert "The reranker cannot be used." in texts(app)
    assert "leave the reranker empty" in texts(app)
    app.button(key="reranker_measure").click().run()
    assert "does not exist" in app.error[0].value
