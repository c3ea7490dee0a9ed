"""XML and HTML → trees. The only module that makes a parser of either.

A hostile file could declare entities that expand to gigabytes, or name files and addresses to be read. So no
parser here fetches anything, reads a document type from elsewhere, or expands an entity. Damage that a person
would not notice is mended in documents of their own (`mended`, `html`), never in parts of a package (`root`,
`elements`), which programs write and where it means that the file is broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

_SAFE = {"no_network": True, "remove_comments": True, "remove_pis": True}
_SAFE_XML = {**_SAFE, "resolve_entities": False, "load_dtd": False}
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.I)
_CDATA = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.S)

MOST_ATTRIBUTES = 1_000
"""An element with more is made to stop programs: HTML's parser, and others, compare each attribute with all
before it, and 500,000 take an hour."""
_ATTRIBUTE = r"""[\s/]*+[^\s>/][^\s>/=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>][^\s>]*+)?+)?+"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_TAG = re.compile(rf"(<[a-z][^\s<>/]*+)((?:{_ATTRIBUTE})++)", re.I)
"""A tag with its attributes, never a part of it: so each character of a file is looked at once."""
_ELEMENT = re.compile(
    rb"""<[^\s<>/!?"'=]++(?:\s++[^\s<>/"'=]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')){%d}""" % (MOST_ATTRIBUTES + 1)
)


class MalformedError(Exception):
    """The bytes are no XML, or hold no HTML at all."""


class DocumentTypeError(Exception):
    """The XML declares a document type: everything that expands or fetches starts with one."""


def root(data: bytes) -> Any:
    """The root element of XML that holds to the rules, and to the parser's own limits of depth and size.

    Raises MalformedError, or DocumentTypeError.
    """
    from lxml import etree

    try:
        element = etree.fromstring(data, etree.XMLParser(huge_tree=False, **_SAFE_XML))
    except etree.XMLSyntaxError as error:
        raise MalformedError(str(error)) from error
    about = element.getroottree().docinfo
    if about.doctype or about.internalDTD is not None:
        raise DocumentTypeError
    return element


def elements(blocks: Iterable[bytes], tags: Sequence[str]) -> Iterator[Any]:
    """The elements called one of `tags` ("{namespace}name"), each when it is whole.

    For XML too large for a tree: an element is emptied, and what stands before it dropped, once the caller
    asks for the next. Raises what `root` raises.
    """
    from lxml import etree

    parser = etree.XMLPullParser(events=("end",), tag=tags, huge_tree=False, **_SAFE_XML)
    is_first = True
    try:
        for block in blocks:
            if is_first and declares_type(block):
                raise DocumentTypeError
            is_first = False
            parser.feed(block)
            for _, element in parser.read_events():
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        parser.close()
    except etree.XMLSyntaxError as error:
        raise MalformedError(str(error)) from error


def mended(text: str) -> tuple[Any | None, bool]:
    """The root element of XML of any size, its damage mended, and whether the parser gave up before its end.

    The root is None where nothing could be made of the text.
    """
    from lxml import etree

    parser = etree.XMLParser(huge_tree=True, recover=True, encoding="utf-8", **_SAFE_XML)
    try:
        element = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None, False
    return element, _is_cut(parser)


def html(text: str, *, huge: bool = True) -> tuple[Any, bool]:
    """The root element of HTML, whatever is wrong with it, and whether the parser gave up before its end.

    A tag with more than `MOST_ATTRIBUTES` loses them all.

    `huge=False` holds to the parser's own limits, as is enough for a fragment. Raises MalformedError where
    there is no element.
    """
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(recover=True, huge_tree=huge, encoding="utf-8", **_SAFE)
    text = _TAG.sub(_thinned, text) if len(text) > 2 * MOST_ATTRIBUTES else text
    try:
        element = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise MalformedError(str(error)) from error
    return element, _is_cut(parser)


def is_crowded(data: bytes) -> bool:
    """Whether an element of XML has more than `MOST_ATTRIBUTES` attributes, in whatever encoding."""
    return len(data) > 5 * MOST_ATTRIBUTES and _ELEMENT.search(data.replace(b"\0", b"")) is not None


def _thinned(tag: re.Match[str]) -> str:
    """A tag as it is, or only its name where it has too many attributes."""
    if len(tag[2]) <= 2 * MOST_ATTRIBUTES:
        return tag[0]
    counted = sum(1 for _ in islice(_ATTRIBUTES.finditer(tag[2]), MOST_ATTRIBUTES + 1))
    return tag[1] if counted > MOST_ATTRIBUTES else tag[0]


def declares_type(block: bytes) -> bool:
    """Whether the beginning of a part declares a document type, in whatever encoding."""
    return _DOCTYPE.search(_CDATA.sub(b"", block.replace(b"\0", b""))) is not None


def _is_cut(parser: Any) -> bool:
    """Whether the parser left out what follows, for its depth or for lack of memory."""
    from lxml import etree

    gave_up = (etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_NO_MEMORY)
    return any(each.type in gave_up for each in parser.error_log)
