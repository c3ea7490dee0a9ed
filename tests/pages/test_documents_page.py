"""The documents page: ways in, progress, the list, one document opened. Widgets, and what they did.

Runs ui.documents.page, with ui.dialogs for what it asks.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from explorer.errors import StorageError
from explorer.readers import known_formats
from explorer.types import Document, Page, Scope
from tests.pages.components import data, is_shown, trigger
from tests.pages.conftest import TEXTS, open_page, texts
from tests.readers.containers.archive_files import locked_zip, zipped
from tests.waiting import until
from ui import scope, shelf
from ui.documents import adding, document, folders, progress, table


def named(library: Library, name: str) -> Document:
    return next(entry for entry in library.documents() if entry.name == name)


def drop(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Drops files on the page, as a browser does."""
    return app.file_uploader[0].set_value([(name, content, "") for name, content in files]).run()


def wait(library: Library) -> None:
    until(lambda: not library.activity().is_busy)


def shown_names(app: AppTest) -> list[str]:
    return [row["name"] for row in data(app, "shelf")["rows"]]


def tick(app: AppTest, *names: str) -> AppTest:
    """Ticks rows of the table by name."""
    ids = [row["id"] for row in data(app, "shelf")["rows"] if row["name"] in names]
    return trigger(app, "shelf", "tick", ids)


# ---- empty


def test_an_empty_library_explains_itself_and_offers_samples(app: AppTest, empty: Library) -> None:
    open_page(app, "documents")
    assert "Put documents in" in texts(app)
    assert "ten sample documents" in app.button(key="samples").label
    assert not is_shown(app, "shelf")
    app.button(key="samples").click().run()
    assert not app.exception
    assert len(empty.jobs()) == 10
    wait(empty)
    assert empty.counts().documents == 10
    assert len(shown_names(app.run())) == 10


# ---- dropping files


def test_dropped_files_become_documents_and_leave_memory(app: AppTest, empty: Library) -> None:
    open_page(app, "documents")
    before = app.file_uploader[0].proto.id
    drop(app, ("a.md", b"# A\n\nAlpha particles."), ("b.txt", b"Beta decay."))
    assert not app.exception
    assert app.file_uploader[0].proto.id != before
    assert not app.file_uploader[0].value
    wait(empty)
    assert sorted(entry.name for entry in empty.documents()) == ["a.md", "b.txt"]
    assert sorted(shown_names(app.run())) == ["a.md", "b.txt"]


def test_the_same_bytes_again_are_unchanged(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    drop(app, ("bread.txt", TEXTS["bread.txt"].encode()), ("copy.txt", TEXTS["bread.txt"].encode()))
    assert "bread.txt is in the library already, unchanged." in texts(app)
    assert "copy.txt is in the library already, as bread.txt." in texts(app)
    assert library.counts().documents == 3
    open_page(app, "search")
    open_page(app, "documents")
    assert "already" not in texts(app), "said once, with nothing to press"
    (bread,) = (one for one in library.documents() if one.name == "bread.txt")
    library.original(bread.id).write_bytes(b"cut off")
    drop(app, ("bread.txt", TEXTS["bread.txt"].encode()))
    assert "unchanged. Its original, which was damaged or lost, was replaced." in texts(app)
    assert library.original(bread.id).read_text() == TEXTS["bread.txt"]


@pytest.mark.parametrize(("answer", "count"), [("replace", 3), ("keep", 4), ("drop", 3)])
def test_a_changed_file_of_the_same_name_asks(
    app: AppTest, library: Library, answer: str, count: int
) -> None:
    open_page(app, "documents")
    old = named(library, "bread.txt")
    drop(app, ("bread.txt", b"Brioche wants butter."))
    assert "bread.txt** (21 bytes) differs from the one in the library (" in texts(app)
    assert "1 page, added " in texts(app)
    (button,) = [entry for entry in app.button if (entry.key or "").startswith(f"{answer}_")]
    button.click().run()
    assert not app.exception
    wait(library)
    held = [library.text(entry.id) for entry in library.documents()]
    assert len(held) == count
    assert ("Brioche wants butter." in held) == (answer != "drop")
    assert (old.id in [entry.id for entry in library.documents()]) == (answer != "replace")
    assert "differs" not in texts(app.run())


def test_many_questions_are_answered_at_once(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    drop(app, *((name, b"new " + name.encode()) for name in TEXTS))
    assert "3 files have names that are taken" in texts(app)
    app.button(key="replace_all").click().run()
    wait(library)
    assert sorted(library.text(entry.id) for entry in library.documents()) == sorted(
        f"new {name}" for name in TEXTS
    )


def test_a_full_disk_is_told_for_the_file(
    app: AppTest, empty: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full. Free some space and drop it again.")

    monkeypatch.setattr(Library, "stage", full)
    open_page(app, "documents")
    drop(app, ("a.txt", b"text"))
    assert "a.txt: The disk is full." in app.error[0].value.replace("\\", "")
    open_page(app, "search")
    open_page(app, "documents")
    assert "The disk is full." in texts(app), "what failed stays until it is put away"
    app.button(key="uploads_notices_dismiss").click().run()
    assert "The disk is full." not in texts(app)


# ---- a folder by path


def test_a_folder_by_path(app: AppTest, empty: Library, tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "2026"
    folder.mkdir(parents=True)
    (folder / "one.txt").write_text("One report.", encoding="utf-8")
    open_page(app, "documents")
    app.button(key="add_folder").click().run()
    app.text_input[0].set_value(f' "{folder.parent}" ')
    next(entry for entry in app.button if entry.label == "Add").click().run()
    assert not app.exception
    wait(empty)
    assert [entry.name for entry in empty.documents()] == ["one.txt"]


@pytest.mark.parametrize("typed", ["reports", "/no/such/place"])
def test_a_wrong_path_is_told(app: AppTest, empty: Library, typed: str) -> None:
    open_page(app, "documents")
    app.button(key="add_folder").click().run()
    app.text_input[0].set_value(typed)
    next(entry for entry in app.button if entry.label == "Add").click().run()
    assert "path" in app.error[0].value or "no" in app.error[0].value
    assert not empty.jobs()


# ---- progress


def test_a_broken_file_says_why_and_can_be_retried(app: AppTest, empty: Library) -> None:
    empty.upload("broken.pdf", io.BytesIO(b"%PDF-1.7\nnothing"))
    empty.upload("good.txt", io.BytesIO(b"Good text."))
    wait(empty)
    open_page(app, "documents")
    (job,) = [job for job in empty.jobs() if job.state == "failed"]
    assert "broken.pdf" in texts(app)
    assert job.error
    assert shown_names(app) == ["good.txt"]
    app.button(key=f"retry_{job.id}").click().run()
    wait(empty)
    app.run()
    app.button(key=f"dismiss_{job.id}").click().run()
    assert "broken.pdf" not in texts(app)


def test_a_protected_file_asks_for_its_password(app: AppTest, empty: Library, tmp_path: Path) -> None:
    from pypdf import PdfWriter

    protected = PdfWriter(clone_from=Path(__file__).parents[2] / "samples" / "river-restoration.pdf")
    protected.encrypt("gravel", algorithm="AES-256")
    written = io.BytesIO()
    protected.write(written)
    empty.upload("secret.pdf", io.BytesIO(written.getvalue()))
    wait(empty)
    open_page(app, "documents")
    (job,) = empty.jobs()
    assert job.needs_password
    app.text_input(key=f"password_{job.id}").set_value("gravel")
    next(entry for entry in app.button if entry.label == "Open with this password").click().run()
    wait(empty)
    assert [entry.name for entry in empty.documents()] == ["secret.pdf"]


def test_a_wrong_password_is_told_and_files_of_an_archive_name_it(app: AppTest, empty: Library) -> None:
    files = {"rent.txt": b"The tenant pays a rent of 950 crowns.\n"}
    letters = zipped({"old/letters.zip": locked_zip(files, "gravel")})
    empty.upload("papers.zip", io.BytesIO(letters))
    wait(empty)
    open_page(app, "documents")
    for password in ("sand", "gravel"):
        (job,) = [one for one in empty.jobs() if one.needs_password]
        assert "(in papers.zip/old)" in texts(app)
        app.text_input(key=f"password_{job.id}").set_value(password)
        next(entry for entry in app.button if entry.label == "Open with this password").click().run()
        wait(empty)
        app.run()
        assert ("That is not the password of letters.zip" in texts(app)) == (password == "sand")
    (rent,) = empty.documents()
    assert rent.part_of == "papers.zip/old/letters.zip"
    assert shelf.row(rent, "plain text")["note"] == "in papers.zip/old/letters.zip"


def test_what_waits_for_a_password_stands_first_and_stays(app: AppTest, empty: Library) -> None:
    for number in range(progress.SHOWN + 2):
        empty.upload(f"broken-{number}.pdf", io.BytesIO(b"%PDF-1.7\nnothing" + bytes([number])))
    for name in ("first.zip", "second.zip"):
        empty.upload(name, io.BytesIO(locked_zip({"a.txt": f"Text of {name}.".encode()}, "gravel")))
    empty.upload("last.pdf", io.BytesIO(b"%PDF-1.7\nnothing at all"))
    wait(empty)
    open_page(app, "documents")
    first, second = [job.id for job in empty.jobs() if job.needs_password]

    def rows() -> list[str]:
        said = [line.value.replace("\\", "") for line in app.main.markdown]
        return [line for line in said if ":material/lock:" in line or ":material/error:" in line]

    def fields() -> list[str | None]:
        return [field.key for field in app.text_input if (field.key or "").startswith("password_")]

    before = rows()
    assert [name in row for name, row in zip(("first.zip", "second.zip"), before, strict=False)] == [True] * 2
    assert not any(":red" in row for row in before[:2])
    assert fields() == [f"password_{first}", f"password_{second}"]
    (folded,) = app.expander
    assert folded.label == f":red[{progress.SHOWN + 3} failed]"
    assert "".join(line.value for line in folded.markdown).count(":material/error:") == progress.SHOWN + 3
    assert "last" in folded.markdown[-1].value

    app.text_input(key=f"password_{first}").set_value("sand")
    next(entry for entry in app.button if entry.label == "Open with this password").click().run()
    assert not app.exception
    assert "first.zip" in rows()[0]  # while it is being tried too
    wait(empty)
    app.run()
    assert "first.zip" in rows()[0]
    assert "That is not the password" in rows()[0]
    assert fields() == [f"password_{first}", f"password_{second}"]


def test_a_retried_file_stays_in_its_place(app: AppTest, empty: Library) -> None:
    for name in ("one.pdf", "two.pdf"):
        empty.upload(name, io.BytesIO(b"%PDF-1.7\nnothing " + name.encode()))
    wait(empty)
    open_page(app, "documents")
    app.button(key=f"retry_{empty.jobs()[0].id}").click().run()
    wait(empty)
    app.run()
    failed = [line.value for line in app.main.markdown if ":material/error:" in line.value]
    assert ["one" in failed[0], "two" in failed[1]] == [True, True]


def test_work_is_shown_with_what_is_searchable_and_can_be_stopped(app: AppTest, empty: Library) -> None:
    open_page(app, "documents")
    for number in range(40):
        empty.upload(f"{number}.txt", io.BytesIO(f"Text number {number}. ".encode() * 400))
    app.run()
    assert "of 40" in texts(app)
    assert any("of 40 files searchable" in bar.text for bar in app.get("progress"))
    assert any("Adding" in link.label for link in app.get("page_link"))
    assert any((each.key or "").startswith("stop_") for each in app.button), "each can be stopped by itself"
    app.button(key="cancel_all").click().run()
    assert not app.exception
    wait(empty)
    assert empty.counts().documents < 40


def test_what_is_read_and_waits_says_how_many_passages_it_has(empty: Library) -> None:
    empty.upload("a.txt", io.BytesIO(b"text"))
    (job,) = empty.jobs()
    assert progress.stage(replace(job, state="embedding", done=0, total=890)) == "read, 890 passages to embed"
    assert (
        progress.stage(replace(job, state="embedding", done=411, total=890)) == "embedding passage 412 of 890"
    )
    assert progress.stage(replace(job, state="reading", done=63, total=85)) == "reading page 64 of 85"


def test_one_file_can_be_stopped_and_the_others_go_on(app: AppTest, empty: Library) -> None:
    monster = empty.upload("large.txt", io.BytesIO(b"Many words stand here. " * 200_000))
    empty.upload("small.txt", io.BytesIO(b"Small."))
    open_page(app, "documents")
    app.button(key=f"stop_{monster}").click().run()
    assert not app.exception
    wait(empty)
    assert empty.job(monster).state == "cancelled"
    assert [one.name for one in empty.documents()] == ["small.txt"]


def test_the_receipt_is_one_folded_line_and_gone_when_it_was_seen(app: AppTest, empty: Library) -> None:
    open_page(app, "documents")
    empty.upload("broken.pdf", io.BytesIO(b"%PDF-1.7\nnothing"))
    for number in range(3):
        empty.upload(f"{number}.txt", io.BytesIO(f"Text {number}.".encode()))
    wait(empty)
    app.run()
    folded, *_ = app.expander
    assert folded.label.replace("\\", "") == "3 files added, :red[1 failed]: broken.pdf"
    app.run()
    assert next(iter(app.expander)).label == folded.label, "it stays while one is on the page"
    open_page(app, "search")
    open_page(app, "documents")
    (folded, *_) = app.expander
    assert folded.label.replace("\\", "") == ":red[1 failed]: broken.pdf", "what failed stays"
    (job,) = [job for job in empty.jobs() if job.state == "failed"]
    app.button(key=f"dismiss_{job.id}").click().run()
    assert "broken" not in " ".join(each.label for each in app.expander)


def test_what_was_over_before_the_app_began_is_no_news(app: AppTest, empty: Library) -> None:
    empty.upload("a.txt", io.BytesIO(b"Text."))
    wait(empty)
    open_page(app, "documents")
    assert "added" not in texts(app)


def test_removing_is_no_first_choice(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    tick(app, "bread.txt")
    app.button(key="remove").click().run()
    assert app.button(key="remove_yes").proto.type == "secondary"


def test_stages_in_words(empty: Library) -> None:
    empty.upload("a.txt", io.BytesIO(b"text"))
    (job,) = empty.jobs()
    assert progress.stage(job) in ("queued", "reading", "embedding", "ready") or "page" in progress.stage(job)


# ---- the list


def test_kinds_have_short_names() -> None:
    assert [table.kind_label(kind) for kind in ("image", "docx", "xls", "pdf", "gone")] == [
        "Image",
        "Word",
        "Excel",
        "PDF",
        "gone",
    ]
    for entry in known_formats.FORMATS:
        label = table.kind_label(entry.name)
        assert len(label) <= 12, label
        assert "(" not in label


def test_a_caption_names_a_sheet_as_it_is_called(library: Library) -> None:
    entry = replace(library.documents()[0], kind="xlsx", pages=2)
    sheet = document.Sheet(Page(2, 0, 1, "Duck Observations"), 0, 1, ())
    assert document._caption(entry, sheet, 2, 2).startswith("Page 2 of 2 (Duck Observations) ·")
    assert "(printed iv)" in document._caption(
        replace(entry, kind="pdf"), replace(sheet, page=Page(2, 0, 1, "iv")), 2, 2
    )


def test_the_list_filters_and_sorts(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    assert shown_names(app) == sorted(TEXTS)
    assert "3 documents · 3 pages" in texts(app)
    for wanted, names in [
        ("bre txt", ["bread.txt"]),
        ("nature", None),
        ("markdown", ["chess.md", "rivers.md"]),
    ]:
        app.text_input(key="documents_filter").set_value(wanted).run()
        tagged = [entry.name for entry in library.documents() if entry.tags]
        assert shown_names(app) == (tagged if names is None else names)
    app.text_input(key="documents_filter").set_value("nothing has this").run()
    assert not is_shown(app, "shelf")
    assert "No document has" in texts(app)
    app.text_input(key="documents_filter").set_value("").run()
    sizes = {entry.name: entry.size for entry in library.documents()}
    for is_falling in (True, False):
        trigger(app, "shelf", "order", "size")
        assert shown_names(app) == sorted(sizes, key=sizes.__getitem__, reverse=is_falling)
    trigger(app, "shelf", "order", "no such column")
    assert len(shown_names(app)) == len(sizes)


def test_folders_are_a_tree_that_limits_the_list_and_becomes_the_scope(
    app: AppTest, empty: Library, tmp_path: Path
) -> None:
    papers = tmp_path / "papers"
    for name in ("a.txt", "2026/b.txt", "2026/q1/c.txt"):
        (papers / name).parent.mkdir(parents=True, exist_ok=True)
        (papers / name).write_text(f"Text of {name}.", encoding="utf-8")
    empty.add([papers])
    empty.upload("dropped.txt", io.BytesIO(b"Dropped."))
    wait(empty)
    open_page(app, "documents")
    box = app.selectbox(key=folders.KEY)
    assert [option.strip() for option in box.options] == [
        "All folders",
        f"{papers} · 3",
        "2026 · 2",
        "q1 · 1",
        "Dropped here · 1",
    ]
    box.set_value(str(papers / "2026")).run()
    assert shown_names(app) == ["b.txt", "c.txt"]
    app.button(key="use_as_scope").click().run()
    assert not app.exception
    wanted = {entry.id for entry in empty.documents() if entry.name in ("b.txt", "c.txt")}
    assert set(app.session_state[scope.KEY].scope.documents or ()) == wanted
    assert app.session_state[scope.KEY].label == "2026"
    app.selectbox(key=folders.KEY).set_value(folders.DROPPED).run()
    assert shown_names(app) == ["dropped.txt"]


def test_the_tree_of_folders(library: Library) -> None:
    some = library.documents()[0]
    places = {
        "/home/you/papers/a.txt": None,
        "/home/you/papers/2026/b.txt": None,
        "/mnt/share/deep/d.txt": None,
        "/home/you/papers/letters.zip/old/rent.txt": "letters.zip/old",
    }
    found = [replace(some, source=source, part_of=part) for source, part in places.items()]
    assert [(each.label, each.depth, each.documents) for each in folders.tree(found)] == [
        (str(Path("/home/you/papers")), 0, 3),
        ("2026", 1, 1),
        (str(Path("/mnt/share/deep")), 0, 1),
    ]
    assert len(folders.within(found, "/home/you/papers")) == 3


def test_a_click_on_a_row_opens_its_document(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    trigger(app, "shelf", "open", named(library, "rivers.md").id)
    assert app.header[0].value.replace("\\", "") == "rivers.md"


def test_what_is_ticked_is_tagged(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    assert app.button(key="tag").disabled
    tick(app, "bread.txt", "chess.md")
    assert "2 selected" in texts(app)
    app.button(key="tag").click().run()
    app.multiselect(key="tags_add").set_value(["hobby"])
    next(entry for entry in app.button if entry.label == "Save").click().run()
    assert not app.exception
    assert {entry.name for entry in library.documents() if "hobby" in entry.tags} == {"bread.txt", "chess.md"}


def test_a_document_is_renamed_keeps_its_ending_and_its_file_name_and_goes_back(
    app: AppTest, library: Library
) -> None:
    open_page(app, "documents")
    tick(app, "bread.txt")
    app.button(key="rename").click().run()
    assert app.text_input(key="rename_name").value == "bread"
    app.text_input(key="rename_name").set_value("Grandmother's loaf")
    next(entry for entry in app.button if entry.label == "Rename").click().run()
    assert not app.exception
    assert "Grandmother's loaf.txt" in shown_names(app)
    renamed = named(library, "Grandmother's loaf.txt")
    assert renamed.file_name == "bread.txt"
    app.text_input(key="documents_filter").set_value("bread").run()
    assert shown_names(app) == ["Grandmother's loaf.txt"], "its file's name finds it still"
    app.text_input(key="documents_filter").set_value("").run()
    app.button(key="renamed_undo").click().run()
    assert not app.exception
    assert sorted(shown_names(app)) == sorted(TEXTS)
    assert named(library, "bread.txt").file_name is None


def test_what_is_ticked_is_removed_after_one_question(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    tick(app, "bread.txt", "chess.md")
    app.button(key="remove").click().run()
    assert "Remove 2 documents" in app.button(key="remove_yes").label
    app.button(key="remove_no").click().run()
    assert library.counts().documents == 3
    app.button(key="remove").click().run()
    app.button(key="remove_yes").click().run()
    assert [entry.name for entry in library.documents()] == ["rivers.md"]
    assert shown_names(app.run()) == ["rivers.md"]


def test_what_the_filter_hides_is_not_acted_on(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    tick(app, "bread.txt", "chess.md")
    app.text_input(key="documents_filter").set_value("chess").run()
    assert "1 selected" in texts(app)


def test_open_opens_what_is_ticked_and_in_sight(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    tick(app, "bread.txt", "rivers.md")
    app.text_input(key="documents_filter").set_value("rivers").run()
    app.button(key="open_ticked").click().run()
    assert app.header[0].value.replace("\\", "") == "rivers.md"


def test_what_is_ticked_becomes_the_scope(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    tick(app, "bread.txt")
    app.button(key="use_as_scope").click().run()
    assert app.session_state[scope.KEY].scope == Scope(documents=[named(library, "bread.txt").id])
    assert app.session_state[scope.KEY].label == "bread.txt"


def test_a_name_made_of_markup_shows_as_text(app: AppTest, empty: Library) -> None:
    name = "![x](https:evil.example) <img src=x onerror=alert(1)> :red[a] **b**.txt"
    empty.upload(name, io.BytesIO(b"text"))
    wait(empty)
    open_page(app, "documents")
    assert shown_names(app) == [name]
    documents_id = empty.documents()[0].id
    app.query_params["document"] = documents_id
    app.run()
    assert app.header[0].value.replace("\\", "").replace("\u2060", "") == name
    assert "\\!\\[x\\]\\(" in app.header[0].value


# ---- one document


def test_a_document_opens_with_its_facts(app: AppTest, library: Library) -> None:
    wanted = named(library, "rivers.md")
    app.query_params["document"] = wanted.id
    app.run()
    assert not app.exception
    assert app.header[0].value.replace("\\", "") == "rivers.md"
    assert "Markdown · 1 page · 1 passage" in texts(app)
    assert "Language: English" in texts(app)
    app.button(key="back").click().run()
    assert shown_names(app) == sorted(TEXTS)


def test_the_list_and_the_document_say_what_it_is_about(app: AppTest, empty: Library, tmp_path: Path) -> None:
    guide = "This *guide* explains how a sourdough starter is fed with flour and water every twelve hours."
    (tmp_path / "bread.txt").write_text(guide)
    (tmp_path / "prices.csv").write_text("name,price\nbolt,1.20\nnut,0.80\n")
    empty.add([tmp_path / "bread.txt", tmp_path / "prices.csv"])
    until(lambda: len(empty.descriptions()) == 1)
    open_page(app, "documents")
    about = {row["name"]: row["about"] for row in data(app, "shelf")["rows"]}
    assert about == {"bread.txt": guide.replace("*", ""), "prices.csv": None}
    trigger(app, "shelf", "open", named(empty, "bread.txt").id)
    assert "This guide explains how a sourdough starter is fed" in texts(app)
    long = shelf.row(named(empty, "bread.txt"), "plain text", about="word " * 60)["about"]
    assert len(long) <= shelf.SAID
    assert long.endswith("…")


def test_ask_about_this_leads_to_chat_with_its_scope(app: AppTest, library: Library) -> None:
    wanted = named(library, "rivers.md")
    app.query_params["document"] = wanted.id
    app.run()
    app.button(key="ask_this").click().run()
    assert app.session_state[scope.KEY].scope == Scope(documents=[wanted.id])
    assert app.title[0].value == "Chat"


def test_an_unknown_document_is_told(app: AppTest, library: Library) -> None:
    app.query_params["document"] = "0123456789abcdef"
    app.run()
    assert not app.exception
    assert "not in the library" in app.warning[0].value


def test_sheets_hold_the_whole_text(library: Library) -> None:
    for entry in library.documents():
        text, pages, chunks = library.text(entry.id), library.pages(entry.id), library.chunks(entry.id)
        for limit in (1, 30, 100_000):
            cut = document.sheets(pages, chunks, limit)
            assert "".join(text[sheet.start : sheet.end] for sheet in cut) == text
            blocks = [
                block for sheet in cut for block in document.blocks(text[sheet.start : sheet.end], sheet)
            ]
            assert "".join("".join(block["text"].split()) for block in blocks) == "".join(text.split())
            assert sum("start" in block for block in blocks) == len(chunks)


def test_a_page_without_passages_is_a_sheet() -> None:
    (only,) = document.sheets([Page(1, 0, 4)], [])
    assert (only.start, only.end, only.chunks) == (0, 4, ())
    assert document.blocks("abcd", only) == [{"text": "abcd"}]


def test_paths_are_taken_as_pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    assert adding.whole_path(f"'{tmp_path}' ") == tmp_path
    assert adding.whole_path("~") == tmp_path


def test_documents_that_are_nearly_the_same_are_listed_when_the_list_is_opened(
    app: AppTest, library: Library, tmp_path: Path
) -> None:
    said = "The tenant shall pay rent on the first day of each month, and may keep pets only with consent."
    for name, end in (("lease.txt", ""), ("lease again.txt", " Signed.")):
        (tmp_path / name).write_text(said + end, encoding="utf-8")
        library.add([tmp_path / name])
    open_page(app, "documents")
    assert "nearly the same as" not in texts(app)
    app.session_state["alike"] = True
    app.run()
    assert "“lease.txt” is nearly the same as “lease again.txt”" in texts(app)
    notes = {row["name"]: row["note"] for row in data(app, "shelf")["rows"]}
    assert notes["lease.txt"] == "nearly the same as lease again.txt"
    assert notes["lease again.txt"] == "nearly the same as lease.txt"
    assert notes["chess.md"] is None
    (group,) = library.near_duplicates()
    assert [one.name for one in group.documents] == ["lease.txt", "lease again.txt"]
    report = library.doctor()
    assert report.ok
    assert "Nearly the same: lease.txt, lease again.txt." in report.notes
