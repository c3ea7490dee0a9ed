"""What a page of HTML holds and does not show as it stands: frames, templates, what only scripts bring.

The content of a frame that stands in the page itself is read at its place, and so is a template that is drawn
without a script. What else is left out is counted: nothing is fetched, no script runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from explorer.errors import ReadError
from explorer.readers import xml_parsing
from explorer.readers.assembly import one_line
from explorer.readers.decoding import decode
from explorer.readers.markup.pictures_of_pages import data_of
from explorer.readers.xml_parsing import MalformedError

_SILENT = frozenset(["script", "style", "head", "applet", "datalist"])
"""Elements whose content is no text of the page, or a help to type."""
_MEDIA = frozenset(["audio", "video", "object", "embed", "canvas"])
_FRAMES = frozenset(["iframe", "frame", "noframes"])
_DRAWN_TEMPLATE = ("shadowrootmode", "shadowroot")
_NEARLY_EMPTY = 200
"""A page may be made by scripts if it shows fewer characters than this beside `noscript` and templates."""
_MOST_FRAMES = 100
_NAMED = 3
_NAME_CHARACTERS = 80
_PAGE_IN_ADDRESS = re.compile(r"\s*data:(?:text/html|application/xhtml\+xml)\b[^,]{0,100},", re.I)
_NOWHERE = re.compile(r"\s*(?:about:|javascript:|$)", re.I)
_NO_SIZE = frozenset(["0", "1", "0px", "1px"])


@dataclass(slots=True)
class NotShown:
    """What was left out of the pages of a file so far."""

    holds_frames: bool = False
    """Whether the file holds the pages of its frames, and its reader reads them by themselves."""
    elsewhere: dict[str, None] = field(default_factory=dict)
    """Addresses of frames that are not read, in their order."""
    media: int = 0
    templates: int = 0
    hidden: int = 0
    _frames: int = 0
    _reads_all: bool = False

    def begin(self, root: Any) -> bool:
        """Begins a page; whether it shows nearly nothing without its scripts, so that all is read."""
        self._reads_all = _is_nearly_empty(root)
        return self._reads_all

    def leaves_out(self, element: Any) -> bool:
        """Whether an element is left out, which is counted where it holds something."""
        tag = element.tag
        if tag in _SILENT:
            return True
        if tag == "template":
            if self._reads_all or any(element.get(each) is not None for each in _DRAWN_TEMPLATE):
                return False
            self.templates += _has_words(element)
            return True
        if tag in _MEDIA:
            self.media += 1
            is_told = _has_words(element) and (tag == "object" or (tag == "canvas" and len(element) > 0))
            return not is_told  # else its words say that the browser is too old
        style = (element.get("style") or "").replace(" ", "").lower()
        hidden = element.get("hidden")
        if (hidden is not None and hidden.lower() != "until-found") or "display:none" in style:
            self.hidden += _has_words(element)
            return True
        return False

    def page_in(self, frame: Any) -> Any | None:
        """The root of the page that stands in a frame; None where it stands elsewhere, which is noted."""
        markup = frame.text if frame.tag == "noframes" else frame.get("srcdoc")
        address = frame.get("src") or ""
        try:
            if markup is None and _PAGE_IN_ADDRESS.match(address):
                markup, _, _ = decode(data_of(address))
            if markup is not None and markup.strip() and self._frames < _MOST_FRAMES:
                self._frames += 1
                return xml_parsing.html(markup)[0]
        except (MalformedError, ReadError):  # nothing can be read of it
            markup = None
        is_dot = {frame.get("width"), frame.get("height")} & _NO_SIZE  # it counts visitors
        if not (is_dot or self.holds_frames or frame.tag == "noframes" or _NOWHERE.match(address)):
            self.elsewhere[address] = None
        return None

    def warnings(self) -> list[str]:
        """What was left out, a sentence each."""
        said = []
        if self.elsewhere:
            names = [one_line(name, _NAME_CHARACTERS) for name in list(self.elsewhere)[:_NAMED]]
            more = len(self.elsewhere) - len(names)
            one = len(self.elsewhere) == 1
            what = "1 frame stands" if one else f"{len(self.elsewhere):,} frames stand"
            where = "another file and was" if one else "other files and were"
            rest = f" and {more:,} more" if more else ""
            said.append(f"{what} in {where} not read: {', '.join(names)}{rest}.")
        said += _counted(self.media, "sound, film or drawing", "sounds, films or drawings")
        said += _counted(
            self.templates, "template that only a script shows", "templates that only scripts show"
        )
        said += _counted(self.hidden, "hidden part of the page", "hidden parts of the page")
        return said


def is_frame(element: Any) -> bool:
    """Whether an element shows another page at its place, or holds one instead of frames."""
    return element.tag in _FRAMES


def _counted(count: int, one: str, many: str) -> list[str]:
    if not count:
        return []
    return [f"{count:,} {one if count == 1 else many} {'was' if count == 1 else 'were'} left out."]


def _has_words(element: Any) -> bool:
    return any(
        isinstance(each.tag, str) and each.tag not in _SILENT and (each.text or "").strip()
        for each in element.iter()
    ) or any((each.tail or "").strip() for each in element.iterdescendants())


def _is_nearly_empty(root: Any) -> bool:
    """Whether a page shows few words but those in `noscript` and templates, and fewer than those."""
    shown, made = 0, 0
    stack = [(root, False)]
    while stack:
        element, is_made = stack.pop()
        is_within = is_made or element.tag in ("noscript", "template")
        words = 0
        if isinstance(element.tag, str) and element.tag not in _SILENT and element.tag not in _FRAMES:
            words = len((element.text or "").strip())
            stack += ((each, is_within) for each in element)
        tail = len((element.tail or "").strip())
        made += words * is_within + tail * is_made
        shown += words * (not is_within) + tail * (not is_made)
        if shown >= _NEARLY_EMPTY:
            return False
    return shown < made
