"""Search: hits with their place, the ways to look, the scope, and what to try when nothing is found.

Runs ui.search.page with ui.search.question, ui.search.why, ui.search.where and ui.search.export, ui.facets in
the scope; ui.empty where there is nothing to search.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from explorer.errors import ModelError, WorkerError
from explorer.search import Retrieved
from explorer.types import Mode, Scope
from tests.embedding.embedding_server import serving
from tests.pages.components import data, is_shown, marked, trigger, words
from tests.pages.conftest import ROOT, open_page, texts
from ui import scope, state
from ui.search import export, question


def search(app: AppTest, question: str, mode: str = "keyword") -> AppTest:
    app.selectbox(key="mode").set_value(mode)
    app.text_input(key="question").set_value(question).run()
    assert not app.exception, app.exception
    return app


def id_of(library: Library, name: str) -> str:
    return next(document.id for document in library.documents() if document.name == name)


def test_an_empty_library_is_explained_and_leads_to_documents(app: AppTest, empty: Library) -> None:
    open_page(app, "search")
    assert "no documents yet" in texts(app)
    assert not app.text_input
    assert "Add documents" in [link.proto.label for link in app.get("page_link")]


def test_a_hit_has_place_words_and_score(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "mountain")
    hit = data(app, "hits")["groups"][0][0]
    assert hit["title"] == "rivers.md"
    assert hit["document"] == id_of(library, "rivers.md")
    assert library.text(hit["document"])[hit["start"] : hit["end"]]
    assert "from the mountains" in words(hit["nodes"])
    assert marked(hit["nodes"]) == ["mountains"]
    assert "Rivers" in hit["headings"]
    assert hit["match"] == "has the word"
    assert "“" in hit["copy"]
    assert "rivers.md" in hit["copy"]
    assert "1 passage in 1 document" in texts(app)


@pytest.mark.slow
def test_by_meaning_finds_other_words(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "how do I bake with natural yeast", mode="semantic")
    assert data(app, "hits")["groups"][0][0]["title"] == "bread.txt"


@pytest.mark.slow
def test_hits_without_a_word_of_the_question_say_so(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "xyzzy plugh", mode="hybrid")
    groups = data(app, "hits")["groups"]
    said = {hit["match"] for group in groups for hit in group}
    assert "by meaning, distant" in said
    assert said <= {"by meaning", "by meaning, distant"}
    assert "has a word of your question" in texts(app)
    assert "look-everywhere" not in [button.key for button in app.button]
    app.multiselect(key="scope-documents").set_value([id_of(library, "rivers.md")]).run()
    app.button(key="look-everywhere").click().run()
    assert app.session_state[scope.KEY].scope.is_everything
    search(app, "mountain", mode="hybrid")
    assert "has a word of your question" not in texts(app)


def test_a_hit_opens_in_the_viewer_and_the_address_says_so(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "mountain")
    hit = data(app, "hits")["groups"][0][0]
    assert not data(app, "viewer")["open"]
    trigger(app, "hits", "open", {key: hit[key] for key in ("document", "page", "start", "end")})
    assert app.query_params["document"] == hit["document"]
    assert app.query_params["span"] == f"{hit['start']}-{hit['end']}"
    shown = data(app, "viewer")
    assert shown["title"] == "rivers.md"
    assert marked(shown["views"][0]["nodes"])
    assert data(app, "hits")["groups"][0][0] == hit, "the results stay"


def test_looking_again_is_not_searching_again(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    search(open_page(app, "search"), "mountain")
    monkeypatch.setattr(Library, "find", lambda *_a, **_k: pytest.fail("searched again"))
    app.run()
    assert is_shown(app, "hits")


def test_search_in_this_document_limits_the_scope(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "king river")
    assert len(data(app, "hits")["groups"]) == 2
    trigger(app, "hits", "narrow", {"document": id_of(library, "chess.md")})
    assert app.session_state[scope.KEY].scope == Scope(documents=[id_of(library, "chess.md")])
    assert [group[0]["title"] for group in data(app, "hits")["groups"]] == ["chess.md"]
    assert "chess" in app.button(key="scope-clear").label
    app.button(key="scope-clear").click().run()
    assert len(data(app, "hits")["groups"]) == 2


def test_tags_limit_and_the_address_keeps_it(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "king river flour")
    app.multiselect(key="scope-tags").set_value(["nature"]).run()
    tagged = [document.id for document in library.documents() if document.tags]
    assert [group[0]["document"] for group in data(app, "hits")["groups"]] == tagged
    assert app.query_params["tags"] in ("nature", ["nature"])


def test_a_reload_keeps_question_ways_and_scope(app: AppTest, library: Library) -> None:
    chess = id_of(library, "chess.md")
    app.run()
    app.query_params |= {"question": "king river", "mode": app_mode("keyword"), "documents": chess}
    app.switch_page("pages/search.py").run()
    assert app.text_input(key="question").value == "king river"
    assert app.selectbox(key="mode").value == "keyword"
    assert [group[0]["title"] for group in data(app, "hits")["groups"]] == ["chess.md"]


def app_mode(mode: str) -> str:
    """As the address spells it."""
    return {"hybrid": "By both", "semantic": "By meaning", "keyword": "By words"}[mode]


def test_nothing_found_says_what_was_searched_and_what_to_try(app: AppTest, library: Library) -> None:
    open_page(app, "search")
    app.multiselect(key="scope-documents").set_value([id_of(library, "chess.md")])
    search(app, '"gravel from"')
    assert not is_shown(app, "hits")
    said = texts(app)
    assert "Nothing found" in said
    assert "chess.md" in said
    assert "by words" in said
    assert [b.key for b in app.button if b.key and b.key.startswith("try-")] == [
        "try-everything",
        "try-both",
        "try-unquoted",
    ]
    app.button(key="try-everything").click().run()
    assert data(app, "hits")["groups"][0][0]["title"] == "rivers.md"


@pytest.mark.parametrize(
    ("question", "keys", "then"),
    [
        ("“gravel sea”", "unquoted", {"unquoted": "gravel sea"}),
        ("«gravel sea» name:river", "unquoted unfiltered", {"unquoted": "gravel sea name:river"}),
        ('"gravel" name:chess', "unquoted unfiltered", {"unfiltered": '"gravel"'}),
        ("gravel -mountains", "unfiltered", {"unfiltered": "gravel"}),
        ("name:nowhere", "", {}),
    ],
)
def test_a_way_on_drops_what_found_nothing_and_keeps_the_rest(
    app: AppTest, library: Library, question: str, keys: str, then: dict[str, str]
) -> None:
    search(open_page(app, "search"), question)
    assert "Nothing found" in texts(app)
    ways = [b.key for b in app.button if b.key and b.key.startswith("try-")]
    assert ways == ["try-both", *(f"try-{key}" for key in keys.split())]
    for key, rewritten in then.items():
        app.button(key=f"try-{key}").click().run()
        assert app.text_input(key="question").value == rewritten
        assert data(app, "hits")["groups"][0][0]["title"] == "rivers.md"


def test_a_quotation_that_stands_nowhere_says_so_above_the_hits(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "«gravel sea»")
    assert "“gravel sea” stands nowhere in these documents." in texts(app)
    search(app, "«gravel sea»", mode="hybrid")
    assert "“gravel sea” stands nowhere in these documents; showing what comes near." in texts(app)
    assert data(app, "hits")["groups"][0][0]["title"] == "rivers.md"
    assert data(app, "hits")["groups"][0][0]["match"] == "both words"


def test_mistyped_words_are_mended_said_and_taken_back(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "mountian gravel")
    assert "Showing results for *mountains gravel*" in texts(app)
    assert marked(data(app, "hits")["groups"][0][0]["nodes"])
    app.button(key="as-typed").click().run()
    assert "Showing results" not in texts(app)
    search(app, "mountian")
    assert "Showing results for *mountains*" in texts(app), "another question"


def test_a_hit_says_why_it_was_found(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "mountain gravel", mode="hybrid")
    groups = data(app, "hits")["groups"]
    assert groups[0][0]["match"] == "both words"
    assert groups[-1][0]["match"].startswith("by meaning")
    first, *_, last = (group[0]["why"] for group in groups)
    assert {share["name"] for share in first["shares"]} >= {"Meaning", "Words"}
    assert sum(share["share"] for share in first["shares"]) == pytest.approx(1, abs=0.02)
    assert all(share["said"].endswith("%") for share in first["shares"])
    assert "Words of your question in it: gravel, mountains." in first["note"]
    assert [share["name"] for share in last["shares"]] == ["Meaning"]
    assert last["note"] == "It has no word of your question."
    search(app, "mountain")
    (why,) = (group[0]["why"] for group in data(app, "hits")["groups"])
    assert why["shares"][0] == {"name": "Words", "share": 1.0, "said": "100%"}
    assert "word for word" in why["note"]


def test_what_was_left_out_stands_above_the_hits(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "king river", mode="hybrid")
    assert "left out" not in texts(app)
    app.multiselect(key="scope-documents").set_value([id_of(library, "chess.md")])
    search(app, "king -zugzwang")
    others = library.counts().chunks - library.document(id_of(library, "chess.md")).chunks
    assert f"left out: {others} by the scope" in texts(app)
    search(app, "river -king")
    assert "Nothing found" in texts(app)
    assert "by filters" in texts(app)


def test_a_passage_that_is_not_among_the_hits_has_its_rank(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "the king castles", mode="hybrid")
    assert not is_shown(app, "where")
    app.button(key="where").click().run()
    app.selectbox(key="where-document").set_value(id_of(library, "bread.txt")).run()
    assert re.search(r"bread.txt, page 1\*\* stands at rank \d+ of \d+ passages\.", texts(app))
    assert "It does not hold: king, castles." in texts(app)
    hit = data(app, "where")["groups"][0][0]
    assert hit["open"]
    assert hit["rank"] > 1
    trigger(app, "where", "open", {key: hit[key] for key in ("document", "page", "start", "end")})
    assert app.query_params["document"] == hit["document"]
    app.number_input(key="where-page").set_value(9).run()
    assert "This document has no page 9." in texts(app)
    app.button(key="where-close").click().run()
    assert "where" in [button.key for button in app.button]


def test_a_passage_out_of_the_scope_says_so(app: AppTest, library: Library) -> None:
    open_page(app, "search")
    app.multiselect(key="scope-documents").set_value([id_of(library, "chess.md")])
    search(app, "gravel")
    assert "Nothing found" in texts(app)
    app.button(key="where").click().run()
    app.selectbox(key="where-document").set_value(id_of(library, "rivers.md")).run()
    assert "It is outside of the scope: other documents are chosen." in texts(app)
    assert not is_shown(app, "where")


def test_exact_words_only(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "mountain")
    app.toggle(key="exact").set_value(True).run()
    assert "exact words" in texts(app)
    assert not is_shown(app, "hits")
    search(app, "mountains")
    assert marked(data(app, "hits")["groups"][0][0]["nodes"]) == ["mountains"]
    search(app, "mountain")
    app.button(key="try-forms").click().run()
    assert data(app, "hits")["groups"][0][0]["title"] == "rivers.md"


def test_a_slip_among_exact_words_is_said_with_what_was_meant(app: AppTest, library: Library) -> None:
    open_page(app, "search").toggle(key="exact").set_value(True)
    search(app, "mountians gravel")
    assert "“mountians” stands nowhere in these documents, written so." in texts(app)
    assert not is_shown(app, "hits")
    app.button(key="did-you-mean").click().run()
    assert app.text_input(key="question").value == "mountains gravel"
    assert marked(data(app, "hits")["groups"][0][0]["nodes"])


def test_more_hits_come_below_the_others(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "COUNTS", (1, 2))
    search(open_page(app, "search"), "the king and the river", mode="hybrid")
    first = [group[0]["chunk"] for group in data(app, "hits")["groups"]]
    assert len(first) == 2
    app.button(key="more-hits").click().run()
    more = [group[0]["chunk"] for group in data(app, "hits")["groups"]]
    assert more[:2] == first
    assert len(more) == 3
    assert "more-hits" not in [button.key for button in app.button], "there are no others"


def test_hits_of_one_document_fold(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "king river flour")
    app.toggle(key="fold").set_value(True).run()
    groups = data(app, "hits")["groups"]
    assert len({group[0]["document"] for group in groups}) == len(groups)


def test_an_error_leaves_the_question_where_it_is(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_named: object) -> None:
        raise WorkerError("The background process stopped. Search again.")

    monkeypatch.setattr(Library, "find", fail)
    search(open_page(app, "search"), "mountain")
    assert "background process" in texts(app)
    assert app.text_input(key="question").value == "mountain"


@pytest.mark.parametrize(
    "question", ['"', "*", "AND OR NOT", "a" * 3000, "<img src=x>", "\x00", "10-K", "NEAR("]
)
def test_any_string_is_a_question(question: str, app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), question)
    assert not app.error


def test_more_like_this_shows_what_is_near_until_the_question_changes(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "king river")
    first = data(app, "hits")["groups"][0][0]
    trigger(app, "hits", "like", {"chunk": first["chunk"]})
    like = data(app, "hits")["groups"]
    assert "More like" in texts(app)
    assert first["chunk"] not in [hit["chunk"] for group in like for hit in group]
    app.button(key="like-back").click().run()
    assert data(app, "hits")["groups"][0][0]["chunk"] == first["chunk"]
    trigger(app, "hits", "like", {"chunk": first["chunk"]})
    search(app, "mountain")
    assert "More like" not in texts(app)


GERMAN = (
    "Dies ist ein deutscher Text. Er handelt von Häusern und Gärten und von den Leuten, die darin wohnen.\n"
)
HINT = "Most of this library is in another language (de) than the embedding model all-MiniLM-L6-v2"


@pytest.fixture
def german(home: Path, tmp_path: Path) -> Iterator[Library]:
    """A library in a language that the bundled model was not made for."""
    found = state.opened(home)
    (tmp_path / "haus.txt").write_text(GERMAN, encoding="utf-8")
    assert [one.status for one in found.add(tmp_path / "haus.txt")] == ["added"]
    yield found
    state.close_all()


def fresh_session() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)


def test_a_library_in_another_language_says_so_until_it_is_put_away(app: AppTest, german: Library) -> None:
    search(open_page(app, "search"), "Häuser")
    assert HINT in texts(app)
    assert "choose a multilingual model" in texts(app)
    search(app, "Gärten")
    assert HINT in texts(app), "it does not go before it is read"
    app.button(key="language-hint-away").click().run()
    search(app, "Häuser")
    assert HINT not in texts(app)
    assert german.models.language_hint(), "it is still so: Settings and doctor say it"


def test_it_is_said_once_in_a_librarys_life(app: AppTest, german: Library) -> None:
    search(open_page(app, "search"), "Häuser")
    assert HINT in texts(app)
    later = search(open_page(fresh_session(), "search"), "Häuser")
    assert HINT not in texts(later)
    place = german.folder
    state.close_all()
    state.opened(place)
    later = search(open_page(fresh_session(), "search"), "Häuser")
    assert HINT not in texts(later)


def test_nothing_is_said_of_a_library_in_the_models_language(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "mountain")
    assert "another language" not in texts(app)
    assert "language-hint-away" not in [button.key for button in app.button]


def test_a_server_is_not_blamed_for_what_the_bundled_model_lacks(
    app: AppTest, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "haus.txt").write_text(GERMAN, encoding="utf-8")
    with serving() as at:
        library = state.opened(home)
        library.change_settings(embed_url=at.address, embed_model="tiny")
        assert [one.status for one in library.add(tmp_path / "haus.txt")] == ["added"]
        search(open_page(app, "search"), "Häuser")
        assert "another language" not in texts(app)
        library.change_settings(embed_url=None, embed_model=None)
        assert library.models.language_hint() is None, "the index is still the server's"
        state.close_all()


def test_cells_that_are_a_line_each_do_not_push_the_match_down(app: AppTest, library: Library) -> None:
    cells = "\n".join(f"{number}" for number in range(1, 15))
    file = library.folder.parent / "table.txt"
    file.write_text(f"{cells}\nThe zither stands here.\n", encoding="utf-8")
    library.add([file])
    search(open_page(app, "search"), "zither")
    shown = words(data(app, "hits")["groups"][0][0]["nodes"])
    assert shown == " · ".join([*cells.split("\n"), "The zither stands here."])


def test_signs_of_headings_are_not_shown_and_marks_stay_at_their_words(
    app: AppTest, library: Library
) -> None:
    text = "## Zither\n\nWhere a zither stands.\n\n```\n# zither = 3\n```\n\n### The # sign of a zither\n"
    for name in ("music.md", "music.txt"):
        (library.folder.parent / name).write_text(f"{name}\n\n{text}", encoding="utf-8")
    library.add([library.folder.parent / name for name in ("music.md", "music.txt")])
    search(open_page(app, "search"), "zither name:music.md")
    nodes = data(app, "hits")["groups"][0][0]["nodes"]
    shown = words(nodes)
    assert marked(nodes) == ["Zither", "zither", "zither", "zither"]
    assert "#" not in shown.replace("# zither = 3", "").replace("The # sign", "")
    assert "# zither = 3" in shown
    assert "The # sign of a zither" in shown
    search(app, "zither name:music.txt")
    assert "## Zither" in words(data(app, "hits")["groups"][0][0]["nodes"]), "no heading there"


def test_where_a_model_fails_words_are_offered(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = Library.find

    def away(library: Library, query: str, *given: Any, mode: Mode = "hybrid", **named: Any) -> Retrieved:
        if mode != "keyword":
            raise ModelError("The server cannot be reached.")
        return find(library, query, *given, mode=mode, **named)

    monkeypatch.setattr(Library, "find", away)
    search(open_page(app, "search"), "mountain", mode="hybrid")
    assert "cannot be reached" in texts(app)
    assert not is_shown(app, "hits")
    app.button(key="try-words").click().run()
    assert data(app, "hits")["groups"][0][0]["title"] == "rivers.md"


def test_facets_limit_with_counts(app: AppTest, library: Library) -> None:
    search(open_page(app, "search"), "king river flour")
    kinds = app.button_group(key="scope-kinds")
    assert sorted(kinds.options) == ["Markdown · 2", "Plain text · 1"]
    kinds.set_value(["text"]).run()
    assert [group[0]["title"] for group in data(app, "hits")["groups"]] == ["bread.txt"]
    assert app.query_params["kinds"] in ("text", ["text"])
    assert any("1 of 3 documents" in each.proto.popover.label for each in app.get("popover"))
    app.button(key="scope-clear").click().run()
    assert len(data(app, "hits")["groups"]) == 3


def test_hits_are_exported_and_no_cell_is_a_formula(app: AppTest, library: Library) -> None:
    hits = library.search("king river flour")
    rows = list(csv.reader(io.StringIO(export.as_csv(hits))))
    assert tuple(rows[0]) == export.COLUMNS
    assert [row[1] for row in rows[1:]] == [hit.document.name for hit in hits]
    said = export.as_markdown("king *river*", hits)
    assert said.startswith("# king \\*river\\*\n")
    assert "> A river carries gravel from the mountains to the sea." in said
    search(open_page(app, "search"), "king river flour")
    names = [each.proto.label for each in app.get("download_button")]
    assert names[:2] == ["Table (CSV)", "Text with quotes (Markdown)"]
