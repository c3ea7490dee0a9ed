"""Parts of a Word file in another format (`altChunk`): HTML, a saved web page, RTF, text, a Word file.

Word shows such a part in the place where the body refers to it, as if it were its own; so it is read there.
Programs that write reports put their whole text into one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly
from explorer.readers.decoding import decode
from explorer.readers.markup import html
from explorer.readers.office import by_docling
from explorer.readers.reading import Heading, Reading, ReadTable, Source
from explorer.readers.xml_parsing import MalformedError

_MIME = re.compile(
    rb"\s*(?:[A-Za-z-]{1,40}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)*?(?:MIME-Version|Content-Type):", re.I
)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|\?xml|!--|[a-z][a-z0-9]*[\s>/])", re.I)
_HEAD = 4_096


def add(out: Assembly, name: str, data: bytes, read_word: Callable[[Source], Reading]) -> None:
    """Adds the part `name` where `out` stands; `read_word` reads a Word file within the Word file.

    A part that cannot be read is left out, with a warning.
    """
    source = out.source
    if source.spent.depth >= source.limits.depth:
        out.warnings.append(f"A part of it stands within {source.limits.depth} others, and was left out.")
        return
    inner = replace(source, content=data, spent=replace(source.spent, depth=source.spent.depth + 1))
    try:
        if data.startswith(b"PK"):
            _include(out, read_word(inner))
        elif data.lstrip()[:5] == b"{\\rtf":
            _include(out, by_docling.read_rtf(inner))
        else:
            _add_text(out, name, data)
    except ReadError as error:
        if f"{error}".startswith(f"{source.shown} has no text"):
            return
        out.warnings.append(f"A part of it ({name.rpartition('/')[2]}) could not be read, and was left out.")


def _add_text(out: Assembly, name: str, data: bytes) -> None:
    """Adds HTML, a saved web page or plain text, by its content; `name` settles what that cannot tell."""
    ending = name.rpartition(".")[2].lower()
    charset: str | None = None
    if _MIME.match(data[:_HEAD]):
        data, charset, is_html = _body(data)
    else:
        is_html = ending in ("html", "htm", "xhtml") or _MARKUP.match(data[:_HEAD]) is not None
    if not is_html:
        out.put(decode(data, charset)[0].strip())
        return
    try:
        page = html.page_of(out.source, data, charset, with_links=False)
    except MalformedError:  # no element, no word
        return
    out.warnings += page.warnings
    _put(out, page.content.text, page.content.headings, page.content.tables)


def _body(data: bytes) -> tuple[bytes, str | None, bool]:
    """(the page of a saved web page, its charset, whether it is HTML), else its first text."""
    message = message_from_bytes(data, policy=policy.default)
    texts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    pages = [part for part in texts if part.get_content_subtype() == "html"]
    part = next(iter([*pages, *texts]), None)
    if part is None:
        return b"", None, False
    payload = part.get_payload(decode=True)
    return (payload if isinstance(payload, bytes) else b""), part.get_content_charset(), bool(pages)


def _include(out: Assembly, reading: Reading) -> None:
    _put(out, reading.text.strip("\n"), reading.headings, reading.tables)
    out.warnings += reading.warnings


def _put(out: Assembly, text: str, headings: tuple[Heading, ...], tables: tuple[ReadTable, ...]) -> None:
    """Adds text with its headings and tables, which count from where it begins."""
    start = out.put(text)
    if out.length - start == len(text):  # nothing was cleaned away, so that their places are right
        out.headings += [replace(each, start=start + each.start) for each in headings]
        out.tables += [replace(each, start=start + each.start, end=start + each.end) for each in tables]
