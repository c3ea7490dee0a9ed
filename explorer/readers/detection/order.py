"""The order in which kinds of files are told apart, and why: the first whose sign a file bears is its kind.

Signs in a file's first bytes come before signs that may stand anywhere, containers before what they may hold,
and kinds of text from the strictest sign to none. `before` names each kind that a file of the row could be
taken for, with what such a file looks like; `tests/readers/detection/test_order.py` holds every such pair.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rank:
    """One kind's place in the order."""

    name: str
    """The name of its format in the table of formats."""
    sign: str
    """By what it is told."""
    before: dict[str, str] = field(default_factory=dict)
    """Kind further down → what a file is like that bears the signs of both."""


_A_ZIP, _TEXT, _XML = "it is a zip", "it is text", "it is XML"
ORDER: tuple[Rank, ...] = (
    Rank("image", "its first bytes", {"pdf": "a note in it mentions a PDF's mark"}),
    Rank("docx", "a zip with `word/document.xml`", {"zip": _A_ZIP, "pdf": "a PDF is stored in it first"}),
    Rank("pptx", "a zip with `ppt/presentation.xml`", {"zip": _A_ZIP}),
    Rank("xlsx", "a zip with `xl/workbook.xml`", {"zip": _A_ZIP}),
    Rank("protected", "an OLE container with an encrypted package", {"doc": "a stub of a document is in it"}),
    Rank("xls", "a zip with `xl/workbook.bin`, or an OLE container with a workbook", {"zip": _A_ZIP}),
    Rank("odt", "a zip that says so first", {"zip": _A_ZIP}),
    Rank("ods", "a zip that says so first", {"zip": _A_ZIP}),
    Rank("odp", "a zip that says so first", {"zip": _A_ZIP}),
    Rank("doc", "an OLE container with a Word document", {"pdf": "a PDF is embedded in it"}),
    Rank("ppt", "an OLE container with a presentation"),
    Rank("epub", "a zip that says so first", {"zip": _A_ZIP}),
    Rank("xps", "a zip with pages of XPS", {"zip": _A_ZIP}),
    Rank("iwork", "a zip with a preview at Apple's place", {"zip": _A_ZIP}),
    Rank("openoffice", "a zip that says so first, or one XML file that does", {"zip": _A_ZIP, "xml": _XML}),
    Rank("zip", "a zip of anything else", {"pdf": "its first file is a PDF"}),
    Rank("tar", "the checksum of its first block", {"pdf": "its first file is a PDF"}),
    Rank("packed", "its first bytes"),
    Rank(
        "msg",
        "an OLE container with a mail, or the first bytes of a winmail.dat",
        {"pdf": "a PDF is attached to it"},
    ),
    Rank("rtf", "its first word", {"pdf": "it mentions a PDF's mark", "text": _TEXT}),
    Rank(
        "mbox",
        "a line that begins with From, then a mail's head",
        {"eml": "its first mail is one", "pdf": "its first mail mentions a PDF's mark"},
    ),
    Rank(
        "mhtml",
        "a mail's head that was never sent, then a web page",
        {"eml": "it has a mail's form", "html": "a page is in it", "pdf": "its page mentions a PDF's mark"},
    ),
    Rank("eml", "a mail's head", {"pdf": "its first part is a PDF", "text": _TEXT}),
    Rank("pdf", "its mark at the start, or behind 1,024 bytes of nothing else", {"text": _TEXT}),
    Rank("office_xml", "XML whose root or note names Word or Excel", {"xml": _XML}),
    Rank(
        "html",
        "how it begins, or its name and tags",
        {"markdown": "its name", "xml": "XHTML"},
    ),
    Rank("markdown", "its name", {"text": _TEXT}),
    Rank("notebook", "JSON with cells", {"json": "it is JSON"}),
    Rank("json", "its first mark, and its name or all of it", {"text": _TEXT}),
    Rank("jsonl", "an object a line", {"text": _TEXT}),
    Rank("xml", "its declaration, or a well-known root", {"text": _TEXT}),
    Rank("subtitles", "its first cue", {"text": _TEXT}),
    Rank("calendar", "its first line", {"csv": "it is called .csv", "text": _TEXT}),
    Rank("contacts", "its first line", {"csv": "it is called .csv", "text": _TEXT}),
    Rank("csv", "its name, or a table beyond doubt", {"text": _TEXT}),
    Rank("code", "its name, or the line that says what runs it", {"text": _TEXT}),
    Rank("text", "characters, in whatever encoding"),
)
