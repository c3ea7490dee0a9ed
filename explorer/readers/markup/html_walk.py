"""The walk over an HTML tree that writes its text: main part, asides, headings, tables, links."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from explorer.readers.markup import pictures_of_pages
from explorer.readers.markup.html_tables import Budget, Grid, is_layout
from explorer.readers.markup.html_writer import Writer
from explorer.readers.markup.not_shown import NotShown, is_frame
from explorer.readers.markup.pictures_of_pages import PictureLook


def _names(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


_NOT_DRAWN = _names("defs symbol metadata")
"""Parts of a drawing that show nothing at their place."""
_NOTE_MARK = re.compile(r"\[?(?:\d{1,4}|[ivxlc]{1,6}|\*{1,3})\]?")
_ASIDE = _names("nav header footer aside")
_ASIDE_ROLES = frozenset(["navigation", "contentinfo", "complementary", "search"])
_ASIDE_NAMES = _names(
    "nav navbar navigation menu main-menu sidebar footer site-header site-footer page-footer breadcrumb "
    "breadcrumbs cookie-banner cookie-notice skip-link"
)
"""Identifiers and classes of elements that do the work of `nav` and `footer`."""
_READINGS = frozenset(["rt", "rtc", "rp"])
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PARAGRAPHS = _names(
    "p div section article main header footer nav aside address blockquote figure figcaption form "
    "fieldset details summary dialog ul ol dl table caption pre h1 h2 h3 h4 h5 h6 hgroup hr body "
    "html center noscript svg iframe template"
)
_LINES = _names("br li dt dd tr option legend text title desc")
"""The last three are the words of a drawing."""
_CELLS = _names("td th")
_SHOWN_INPUTS = _names("text number email tel url date month time week datetime-local submit button reset")
_NO_LINK = re.compile(r"\s*(?:javascript|data|blob|vbscript):|\s*#?\s*$", re.I)
_LINKING = {"a": "href", "area": "href", "iframe": "src", "frame": "src"}
"""Elements that lead to another file, and the attribute that says to which."""
_MENU_LINKS = 25
_MENU_SHARE = 0.95
_MAX_DEPTH = 200
"""List items are indented no deeper. Nothing else depends on depth."""
_MAX_LINKS = 5_000
_LINK_CHARACTERS = 500


@dataclass(slots=True)
class Walk:
    """What the walk has written so far, and which elements it is in."""

    main: Writer = field(default_factory=Writer)
    rest: Writer = field(default_factory=Writer)
    links: list[str] = field(default_factory=list)
    """The addresses of the file's links, in their order."""
    writer: Writer = field(default_factory=Writer)
    budget: Budget = field(default_factory=Budget)
    exact: int = 0
    inline: int = 0
    """The number of open rows of tables: text in them stays on one line."""
    tables: list[Grid | None] = field(default_factory=list)
    """Open tables; None for one that only places things, or is in a cell of another."""
    rubies: int = 0
    """The number of open elements of characters with readings."""
    readings: list[str] = field(default_factory=list)
    """What stands above East Asian characters to say how they are read, behind those characters."""
    look: PictureLook | None = None
    """What is asked about each picture; None where pictures are not looked at."""
    not_shown: NotShown = field(default_factory=NotShown)
    """What of the page is left out."""
    is_made_by_scripts: bool = False
    """Whether the page shows nearly nothing without what it says to browsers without scripts."""
    lists: list[int] = field(default_factory=list)
    """For each open list: the next number, or -1 where items have bullets."""


def walk(root: Any, look: PictureLook | None = None, not_shown: NotShown | None = None) -> Walk:
    """What a walk over everything below `root` has written. There is no recursion, so depth costs nothing.

    `not_shown`: where it counts what it leaves out.
    """
    state = Walk(look=look, not_shown=NotShown() if not_shown is None else not_shown)
    state.is_made_by_scripts = state.not_shown.begin(root)
    has_main = root.find(".//main") is not None or root.find(".//*[@role='main']") is not None
    state.writer = state.rest if has_main else state.main
    stack: list[tuple[Any, bool]] = [(root, True)]
    leave: list[Callable[[], None]] = []
    while stack:
        element, entering = stack.pop()
        if not entering:
            leave.pop()()
            _text(state, f" {element.tail}" if _is_note_mark(element) else element.tail)
            continue
        if not isinstance(element.tag, str) or _is_left_out(state, element):
            _text(state, element.tail)
            continue
        inner = state.not_shown.page_in(element) if is_frame(element) else None
        leave.append(_enter(state, element) if inner is None else _enter_frame(state, element))
        stack.append((element, False))
        if inner is not None:
            stack.append((inner, True))
        elif not is_frame(element):
            _text(state, element.text)
            stack.extend((child, True) for child in reversed(element))
    return state


def _add_reading(state: Walk, ruby: Any) -> None:
    """Notes the readings of a stretch of text, which is found word for word only without them."""
    base: list[str] = []
    reading: list[str] = []
    stack: list[tuple[Any, bool]] = [(ruby, False)]
    while stack:
        element, is_reading = stack.pop()
        tag = element.tag
        is_reading = (is_reading or tag in ("rt", "rtc")) and tag != "rp"
        is_shown = isinstance(tag, str) and tag != "rp"
        for child in reversed(element):
            stack.append((child, is_reading))
        if is_shown and element.text:
            (reading if is_reading else base).append(element.text)
        for child in element if is_shown else ():
            if child.tail and not is_reading and tag not in _READINGS:
                base.append(child.tail)
    said = "".join("".join(reading).split())
    if said and len(state.readings) < _MAX_LINKS:
        state.readings.append(f"{''.join(''.join(base).split())} {said}"[:_LINK_CHARACTERS])


def _is_left_out(state: Walk, element: Any) -> bool:
    if element.tag in _READINGS:
        return True
    if element.tag in _NOT_DRAWN and getattr(element.getparent(), "tag", None) in ("svg", "g", "defs"):
        return True
    return state.not_shown.leaves_out(element)


def _enter_frame(state: Walk, frame: Any) -> Callable[[], None]:
    """Begins a frame whose page follows; pictures in it could not be found again, and are not looked at."""
    look, state.look = state.look, None
    leave = _enter(state, frame)

    def end() -> None:
        leave()
        state.look = look

    return end


def _is_note_mark(element: Any) -> bool:
    """Whether a link is the number of a note that follows it without a space, as in saved texts."""
    if element.tag != "a" or not (element.tail or "")[:1].isalpha() or element.getprevious() is not None:
        return False
    before = element.getparent().text if element.getparent() is not None else None
    return (
        not (before or "").strip() and _NOTE_MARK.fullmatch("".join(element.itertext()).strip()) is not None
    )


def _text(state: Walk, text: str | None) -> None:
    if not text:
        return
    if state.rubies and (not text.isascii() or not text.strip()):
        text = text.strip()  # white space between characters and their readings is the source's own
        if not text:
            return
    if state.exact and not state.inline:
        state.writer.add_exactly(text)
    else:
        state.writer.add(text)


def _enter(state: Walk, element: Any) -> Callable[[], None]:
    """Begins an element; the returned call ends it."""
    tag, before = element.tag, state.writer
    role = element.get("role")
    if not state.inline:
        if tag == "main" or role == "main":
            state.writer = state.main
        elif before is state.main and _is_aside(element, role, state.is_made_by_scripts):
            state.writer = state.rest
    _separate(state, tag)
    finish = _begin_block(state, element) or _begin_table_part(state, element)
    _write_attributes(state, element)

    def end() -> None:
        if finish:
            finish()
        _separate(state, tag)
        if state.writer is not before:
            state.writer.separate("\n\n")
            state.writer = before

    return end


def _begin_block(state: Walk, element: Any) -> Callable[[], None] | None:
    """Begins a heading, a list, an item, preformatted text or ruby; the returned call ends it."""
    tag = element.tag
    if tag in _HEADINGS and not state.inline:
        writer, start = state.writer, state.writer.start()
        return lambda: writer.headings.append((start, _HEADINGS[tag], writer.length))
    if tag in ("ul", "ol"):
        state.lists.append(_first_number(element) if tag == "ol" else -1)
        return lambda: _ignore(state.lists.pop())
    if tag == "ruby":
        state.rubies += 1
        _add_reading(state, element)

        def end_ruby() -> None:
            state.rubies -= 1

        return end_ruby
    if tag == "pre":
        state.exact += 1

        def end_exact() -> None:
            state.exact -= 1

        return end_exact
    if tag == "li":
        _bullet(state)
    return None


def _begin_table_part(state: Walk, element: Any) -> Callable[[], None] | None:
    """Begins a table, a row or a cell; the returned call ends it."""
    tag = element.tag
    if tag == "table":
        return _begin_table(state, element)
    grid = state.tables[-1] if state.tables else None
    if tag == "tr" and (grid or not state.tables) and not state.inline:
        row_of = grid or Grid(state.writer, state.budget)  # a row without its table
        state.inline += 1
        stray = grid is None
        if stray:
            state.tables.append(row_of)
        row_of.open_row(element)

        def end_row() -> None:
            state.inline -= 1
            row_of.close_row()
            if stray:
                state.tables.pop()

        return end_row
    if tag in _CELLS and grid and state.inline and not grid.cell_is_open:
        grid.open_cell()
        return lambda: grid.close_cell(element)
    return None


def _begin_table(state: Walk, element: Any) -> Callable[[], None]:
    if state.inline or is_layout(element, len(state.tables)):
        state.tables.append(None)
        return lambda: _ignore(state.tables.pop())
    grid = Grid(state.writer, state.budget)
    state.tables.append(grid)

    def end_table() -> None:
        state.tables.pop()
        grid.close()

    return end_table


def _ignore(_: object) -> None:
    pass


def _write_attributes(state: Walk, element: Any) -> None:
    """Writes what a person sees or follows that is no text: an image's words, a field's value, a link."""
    tag = element.tag
    if tag == "tspan":
        state.writer.add(" ")
    elif tag == "img" or (tag == "image" and element.get("href")):
        pictures_of_pages.write(state.writer, element, state.look, is_inline=state.inline > 0)
    elif tag == "input" and (element.get("type") or "text").lower() in _SHOWN_INPUTS:
        state.writer.add(f" {element.get('value') or ''} ")
    elif tag == "area":
        state.writer.add(f" {element.get('alt') or ''} ")
    if tag in _LINKING and len(state.links) < _MAX_LINKS:
        address = element.get(_LINKING[tag]) or ""
        if is_frame(element) and address not in state.not_shown.elsewhere:
            return
        if len(address) <= _LINK_CHARACTERS and not _NO_LINK.match(address):
            state.links.append(" ".join(address.split()))


def _separate(state: Walk, tag: str) -> None:
    """Separates an element from its neighbours. A row stays on one line, whatever its cells hold."""
    if state.inline and tag != "tr":
        if tag in _PARAGRAPHS or tag in _LINES or tag in _CELLS:
            state.writer.add(" ")
    elif tag in _PARAGRAPHS:
        state.writer.separate("\n" if state.lists and tag in ("ul", "ol", "p", "div") else "\n\n")
    elif tag in _CELLS:
        state.writer.separate("\n\n")
    elif tag in _LINES:
        state.writer.separate("\n")


def _is_aside(element: Any, role: str | None, is_made_by_scripts: bool) -> bool:
    if element.tag == "noscript":
        return not is_made_by_scripts
    if element.tag in ("ul", "ol"):
        return _is_menu(element)
    is_named = element.tag == "div" and not _ASIDE_NAMES.isdisjoint(_marks(element))
    if is_named:
        return element.find(".//h1") is None
    return (element.tag in _ASIDE or role in _ASIDE_ROLES) and not _is_article_part(element)


def _marks(element: Any) -> list[str]:
    return f"{element.get('id') or ''} {element.get('class') or ''}".lower().split()


def _is_menu(element: Any) -> bool:
    """Whether a list is long and nothing but links: languages, categories, a site map."""
    links = element.findall(".//a")
    if len(links) < _MENU_LINKS:
        return False
    linked = sum(len("".join(link.itertext()).strip()) for link in links)
    return linked > _MENU_SHARE * sum(len(text.strip()) for text in element.itertext())


def _is_article_part(element: Any) -> bool:
    """Whether this is a header or footer of an article, or the header with the title: both are no asides."""
    if element.tag not in ("header", "footer"):
        return False
    return element.find(".//h1") is not None or next(element.iterancestors("article"), None) is not None


def _first_number(element: Any) -> int:
    start = element.get("start") or "1"
    return int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1


def _bullet(state: Walk) -> None:
    if state.inline:
        return
    depth = min(max(len(state.lists) - 1, 0), _MAX_DEPTH)
    number = state.lists[-1] if state.lists else -1
    if state.lists and number >= 0:
        state.lists[-1] += 1
    state.writer.add_mark("  " * depth + (f"{number}. " if number >= 0 else "- "))
