"""`ui.settings.answering`: usual addresses of servers, and the models that a server lists when asked."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from explorer import Library
from tests.chat_server import serving
from tests.pages.conftest import open_page, texts


def test_the_language_model_comes_first_with_usual_addresses(app: AppTest, library: Library) -> None:
    open_page(app, "settings")
    assert app.header[0].value == "Language model"
    app.button(key="preset-Ollama").click().run()
    assert library.settings.chat_url == "http://127.0.0.1:11434/v1"


def test_a_server_is_asked_for_its_models_only_when_the_button_is_pressed(
    app: AppTest, library: Library
) -> None:
    listed = {"data": [{"id": "small"}, {"id": "large"}, {"id": 7}, "x"]}
    with serving(models=listed) as server:
        library.change_settings(chat_url=server.address)
        open_page(app, "settings")
        assert not server.gets
        app.button(key="chat_list").click().run()
        assert server.gets == ["/v1/models"]
        pick = app.selectbox(key="chat_pick")
        assert pick.options == ["small", "large"]
        pick.set_value("large").run()
        assert library.settings.chat_model == "large"
        assert len(server.gets) == 1
    with serving() as server:
        library.change_settings(chat_url=server.address)
        app.run()
        assert not any(each.key == "chat_pick" for each in app.selectbox)
        app.button(key="chat_list").click().run()
        assert "no list of models" in texts(app)
    app.button(key="chat_list").click().run()
    assert app.error
