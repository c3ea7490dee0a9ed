"""A conversation as a page shows it: questions, answers with citations that open, and what went wrong."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.chat import UNCITED, in_one_line, is_uncited
from explorer.errors import NotFound
from ui import markup, rich, viewer
from ui.chat import marks, understood
from ui.component import asset, sent
from ui.map import lit
from ui.wording import count, figure

if TYPE_CHECKING:
    from explorer import Library
    from explorer.types import Document, Message, QuestionReading, SpanRef

KEY = "talk"
SETTINGS_PAGE = "pages/settings.py"
NEAREST = 3
TIP_CHARACTERS = 360
"""Of the cited words that are shown beside a citation."""
NAMED_LEFT_OUT = 3
"""Documents that are named where there was no room for something of them."""
WAITING = "Looking through your documents"
NOT_FOUND = "Not in these documents."
QUOTES = "Quotes from your documents"
STOPPED = "Stopped here. What had arrived stays."
MORE = "More"
"""What opens the further lines of a summary."""
MOVED = "(These words are no longer where they were; the document was read anew. The page still opens.)"


def show(
    library: Library,
    messages: Sequence[Message],
    has_model: bool,
    asked: int | None = None,
    *,
    on_reading: Callable[[Message, QuestionReading], None] = lambda _message, _reading: None,
    on_again: Callable[[Message, str | None], None] = lambda _message, _question: None,
) -> None:
    """Shows messages, oldest first. Without a model (`has_model`), quotes offer to connect one.

    `on_reading` is called in a callback with a message and how its question is wanted to be understood
    instead, `on_again` with one that is to be answered anew, and its question where that was edited. `asked`
    is the id of the message that was asked here: screen readers are told once that it is answered.
    """
    documents = library.documents()
    over = [message for message in messages if message.id == asked and message.state != "streaming"]
    data = {
        "messages": [
            describe(library, message, has_model)
            | {"again": message.state != "streaming"}
            | {"chips": understood.described(message, documents) if message.state != "streaming" else []}
            for message in messages
        ],
        "news": {"id": _news_id(over[0]), "text": news(over[0])} if over else None,
    }
    result = _component(
        key=KEY,
        data=sent(data),
        on_open_change=_opened,
        on_connect_change=_followed,
        on_reading_change=partial(_read_otherwise, documents, messages, on_reading),
        on_again_change=partial(_answer_again, messages, on_again),
        on_map_change=_followed,
    )
    if result.get("connect"):
        st.switch_page(SETTINGS_PAGE, query_params={"tab": "language model"})
    message = _named(messages, result.get("map"))
    if message is not None and (spans := _spans(message)):
        lit.show(library.maps.touching(spans), "sources of the answer to", message.question)


def _news_id(message: Message) -> str:
    """What tells one answer to a question from the next one in its place."""
    return f"{message.id} {hash((message.reading, message.state, message.text))}"


def news(message: Message) -> str:
    """In a sentence, for people who do not see it arrive, what became of a question."""
    if message.state == "failed":
        return f"The answer failed. {rich.clean(message.error or '')}".rstrip()
    if message.state == "stopped":
        return "The answer was stopped."
    if not message.found:
        return NOT_FOUND
    cited = len(message.citations)
    if message.kind == "quotes":
        return f"{count(cited, 'quote')} from your documents."
    return f"The answer is complete, with {count(cited, 'source')}."


def describe(library: Library, message: Message, has_model: bool = False) -> dict[str, Any]:
    """One message as the component draws it."""
    in_quotes = message.kind == "quotes"
    cited = [place(library, ref, with_words=in_quotes, is_quote=True) for ref in message.citations]
    if not in_quotes:
        cited = [one | {"tip": _tip(library, ref)} for one, ref in zip(cited, message.citations, strict=True)]
    is_over = message.state != "streaming"
    data: dict[str, Any] = {
        "question": rich.clean(message.question),
        "heading": "",
        "connect": False,
        "blocks": [],
        "quotes": [],
        "citations": cited,
        "sources": [],
        "nearest": [],
        "waiting": "" if is_over else message.progress or WAITING,
        "warning": "",
        "note": STOPPED if message.state == "stopped" else "",
        "error": message.error or "" if message.state == "failed" else "",
        "copy": "",
        "used": "",
        "complete": _complete(message),
        "checks": [],
        "more": "",
        "mapped": lit.LABEL.lower() if is_over and _spans(message) else "",
    }
    if message.forgotten and not in_quotes:
        return data | {"note": message.text, "sources": cited}
    if message.state == "done" and not message.found:
        return data | _unfounded(library, message)
    if in_quotes and cited:
        data |= {"heading": QUOTES, "connect": not has_model, "quotes": cited}
    elif message.text:
        checks = library.conversations.checks(message) or ()
        claims = [(check.start, check.end) for check in checks]
        data |= {"blocks": rich.markdown(message.text, {ref.number for ref in message.citations}, claims)}
        data |= {"checks": marks.described(checks, partial(place, library))}
        data |= {"more": MORE if message.kind == "composed" else ""}
        data |= {"sources": cited, "waiting": ""}
        data |= {"connect": message.kind == "composed" and not has_model}
    if message.state == "done":
        data |= {"copy": _as_text(message, cited), "used": _used(library, message)}
    return data


def _unfounded(library: Library, message: Message) -> dict[str, Any]:
    """For a question that the documents don't answer: what there is to say, and the nearest passages."""
    nearest = [place(library, ref, with_words=True) for ref in message.hits[:NEAREST]]
    if is_uncited(message.kind, message.found, message.text):
        # The person saw it arrive, so it stays; but it must not look like an answer that has a source.
        blocks = rich.markdown(message.text, set())
        copy = f"{message.text.strip()}\n\n({UNCITED})"
        return {"warning": UNCITED, "blocks": blocks, "nearest": nearest, "copy": copy}
    says_why = message.kind in {"none", "composed"}
    return {"note": rich.clean(message.text) if says_why else NOT_FOUND, "nearest": nearest}


def place(
    library: Library, ref: SpanRef, *, with_words: bool = False, is_quote: bool = False
) -> dict[str, Any]:
    """Where a span stands, for a chip or a source line. Its document is None once that was removed. The words
    of a quote that is a row of a table have dashes between its cells."""
    nothing: dict[str, Any] = {
        "number": ref.number,
        "document": None,
        "title": "",
        "language": None,
        "place": "",
        "nodes": [],
    }
    if ref.document_id is None:
        return nothing
    try:
        document = library.document(ref.document_id)
        words = _words(library, _version(library), document.id, ref.start, ref.end) if with_words else ""
        if with_words and not words.strip():
            words = MOVED
    except NotFound:
        return nothing
    if is_quote and " | " in words:
        words = in_one_line(words)
    return {
        "number": ref.number,
        "document": document.id,
        "title": document.name,
        "language": document.language,
        "page": ref.page,
        "start": ref.start,
        "end": ref.end,
        "place": f"page {figure(ref.page)}" if document.pages > 1 else "",
        "nodes": rich.plain(rich.flow(markup.read(words.strip(), document.kind))),
    }


@st.cache_data(show_spinner=False, max_entries=2000)
def _words(
    _library: Library,
    version: tuple[str, int],  # noqa: ARG001 - tells one cached passage from another
    document_id: str,
    start: int,
    end: int,
) -> str:
    return _library.span(document_id, start, end)


def _version(library: Library) -> tuple[str, int]:
    return str(library.folder), library.revision


def _tip(library: Library, ref: SpanRef) -> str:
    """The words that a citation leads to, on one line, for those who only want to see them; "" where there
    are none any more."""
    if ref.document_id is None:
        return ""
    try:
        kind = library.document(ref.document_id).kind
        words = _words(library, _version(library), ref.document_id, ref.start, ref.end)
    except NotFound:
        return ""
    return textwrap.shorten(markup.read(rich.clean(words), kind), TIP_CHARACTERS, placeholder=" …")


def _complete(message: Message) -> str:
    """The question with what it leaves out; empty where it leaves out nothing."""
    complete = message.reading.complete if message.reading else ""
    return "" if complete == message.question else rich.clean(complete)


def waits(library: Library, messages: Sequence[Message]) -> bool:
    """Whether something will still come by itself: words of an answer, or the checks of one."""
    return any(
        message.state == "streaming" or library.conversations.checks(message) is None for message in messages
    )


def _read_otherwise(
    documents: Sequence[Document],
    messages: Sequence[Message],
    on_reading: Callable[[Message, QuestionReading], None],
) -> None:
    value: Any = (st.session_state.get(KEY) or {}).get("reading")
    try:
        message = messages[int(value["message"])]
        reading = understood.chosen(message, documents, int(value["chip"]), int(value["choice"]))
    except (TypeError, KeyError, ValueError, IndexError):
        return  # a trigger without a value: nothing was chosen
    if reading is not None:
        on_reading(message, reading)


def _answer_again(messages: Sequence[Message], on_again: Callable[[Message, str | None], None]) -> None:
    """Has the question answered anew whose button was pressed, in other words where it was edited."""
    value: Any = (st.session_state.get(KEY) or {}).get("again")
    message = _named(messages, value)
    if message is None:
        return
    question = value.get("question")
    on_again(message, question.strip() if isinstance(question, str) and question.strip() else None)


def _used(library: Library, message: Message) -> str:
    """What an answer was made from: "from 8 passages in 3 documents", and what there was no room for; empty
    where from nothing."""
    if not message.hits:
        return ""
    documents = len({ref.document_id for ref in message.hits})
    said = f"from {count(len(message.hits), 'passage')} in {count(documents, 'document')}"
    without = [
        f"{count(number, 'passage')} of {name}"
        for document_id, number in (message.material.left_out if message.material else {}).items()
        if (name := _name(library, document_id))
    ]
    shown = [*without[:NAMED_LEFT_OUT], *(["more"] if len(without) > NAMED_LEFT_OUT else [])]
    return f"{said}; left out: {', '.join(shown)}" if shown else said


def _name(library: Library, document_id: str) -> str:
    """What a document is called; "" once it was removed."""
    try:
        return rich.clean(library.document(document_id).name)
    except NotFound:
        return ""


def _as_text(message: Message, cited: Iterable[dict[str, Any]]) -> str:
    """An answer to paste elsewhere, with its sources."""
    lines = [message.text.strip()] if message.kind != "quotes" else []
    for source in cited:
        words = "".join(str(node) for node in source["nodes"])
        name = ", ".join(part for part in (source["title"], source["place"]) if part) or "document removed"
        lines.append(f"“{words}”\n— {name}" if words else f"[{source['number']}] {name}")
    return "\n\n".join(lines)


def _opened() -> None:
    viewer.open_from(KEY)


def _followed() -> None:
    """What leads to another page is followed once this one has run; a callback cannot change the page."""


def _named(messages: Sequence[Message], value: Any) -> Message | None:
    """The message that the browser speaks of; None where it names none."""
    try:
        return messages[int(value["message"])]
    except (TypeError, KeyError, ValueError, IndexError):
        return None


def _spans(message: Message) -> list[tuple[str, int, int]]:
    """What an answer cites, as far as it stands where it stood: document, start, end."""
    return [
        (ref.document_id, ref.start, ref.end)
        for ref in message.citations
        if ref.document_id is not None and ref.start < ref.end
    ]


_component = st.components.v2.component(
    "explorer_talk",
    js=asset("rich.js", "maths.js", "proof.js", "talk.js"),
    css=asset("rich.css", "talk.css", "proof.css"),
    isolate_styles=False,
)
