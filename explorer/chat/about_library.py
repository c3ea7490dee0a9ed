"""Questions about the documents themselves: how many, which, how long, of when, by whom, about what.

Answered from the catalogue in sentences; only what a document is about is looked for in its text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.chat.composing import Composition, counted, listed, plain
from explorer.questions import Named, Understood
from explorer.readers.registry import short_label
from explorer.types import Document, Hit
from explorer.words.folding import fold_name

_KINDS: tuple[tuple[str, str, frozenset[str]], ...] = (
    (
        r"spread ?sheets?|excel|workbooks?|tabellen(?:dokumente)?",
        "spreadsheet",
        frozenset({"xlsx", "xls", "xlsb", "ods", "csv", "tsv"}),
    ),
    (
        r"presentations?|slides?|slide ?decks?|power ?points?|präsentationen",
        "presentation",
        frozenset({"pptx", "ppt", "odp"}),
    ),
    (r"pdfs?", "PDF", frozenset({"pdf"})),
    (r"e-?mails?|mails?", "mail", frozenset({"eml", "msg", "mbox"})),
    (r"web ?pages?|html|websites?", "web page", frozenset({"html", "mhtml"})),
    (r"word (?:documents?|files?)|docx?", "Word document", frozenset({"docx", "doc", "odt", "rtf"})),
    (r"markdown", "Markdown file", frozenset({"markdown", "md"})),
    (r"text files?", "text file", frozenset({"text", "txt", "markdown", "md"})),
    (r"images?|pictures?|photos?|scans?", "image", frozenset({"image", "png", "jpg", "jpeg", "tiff"})),
    (r"e-?books?|epubs?", "e-book", frozenset({"epub"})),
)  # fmt: skip
_FORM = re.compile(r"\b(10-?[kq]|8-?k|20-?f|6-?k|s-?1|def ?14a)s?\b", re.IGNORECASE)
_FILING = re.compile(r"\bfilings?\b", re.IGNORECASE)
_FORM_IN_NAME = re.compile(
    r"(?:^|[\s_.-])(?:10-?[kq]|8-?k|20-?f|6-?k|s-?1|earnings)(?=$|[\s_.-])", re.IGNORECASE
)
_ABOUT = re.compile(
    r"\b(?:about|on|deals? with|concern(?:s|ing)?|mentions?|discuss(?:es)?|covers?|regarding|"
    r"speaks? of|talks? about|contains?)\s+(?P<what>.+?)\W*$",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"^\W*(?:which|what) (?:of \w+ )?(?:other )?(?:documents?|files?|papers?|texts?|reports?)\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:this|the|my|our|your)\s+(?:whole |entire )?(?:library|collection)\b|\b(?:everything|"
    r"all (?:of )?(?:the |my |these )?documents|(?:these|those|the) (?:selected )?(?:documents|files))\b",
    re.IGNORECASE,
)
_COUNTS = re.compile(r"\bhow many\b|\bnumber of\b|\bwie viele?\b|\bcombien\b|\bcuánt[oa]s\b", re.IGNORECASE)
_PAGES = re.compile(r"\bpages?\b|\bhow long\b|\bseiten\b", re.IGNORECASE)
_AUTHOR = re.compile(r"\b(?:authors?|who (?:wrote|authored|made|created))\b", re.IGNORECASE)
_DATED = re.compile(r"\b(?:when was|what date|date of|dated|how old)\b", re.IGNORECASE)
_ADDED = re.compile(r"\b(?:added|imported|uploaded)\b", re.IGNORECASE)
_SORTS = re.compile(r"\b(?:kinds?|types?|sorts?|formats?) of\b|\b(?:file ?types?|formats?)\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"\blanguages?\b", re.IGNORECASE)
_MOST = 20


@dataclass(frozen=True)
class Shelf:
    """What is known of a library's documents beside their text."""

    documents: Sequence[Document]
    """Those in the scope of the question."""
    find: Callable[[str], Sequence[Hit]]
    """The passages nearest to some words."""
    subjects: Callable[[], Sequence[tuple[str, Sequence[Document]]]]
    """Groups of documents with what sets each apart."""


def answer(question: Understood, shelf: Shelf) -> Composition | None:
    """The answer to a question about the documents; None where it asks something else of them."""
    told = Composition()
    if not shelf.documents:
        told.say("The library is empty: there are no documents yet.")
        return told
    if _is_of_all(question.complete, question):
        return overview(told, shelf)
    if question.named and (told := _facts(told, question.complete, question.named)).pieces:
        return told
    return _of_several(told, question, shelf)


def _of_several(told: Composition, question: Understood, shelf: Shelf) -> Composition | None:
    """What is asked of all documents, or of all of a kind."""
    text = question.complete
    chosen, called = _chosen(text, question, shelf.documents)
    sought = next((one for one in _SIZES if re.search(rf"\b(?:{one.asked})\b", text, re.IGNORECASE)), None)
    if sought is not None:
        return _extreme(told, chosen, called, sought)
    about = _ABOUT.search(text)
    asks_for_them = not question.is_sure_of_documents or _WHICH.search(text)  # of "about Amazon" too
    if about and asks_for_them and not _PAGES.search(text) and not _AUTHOR.search(text):
        return _about(told, about["what"], chosen, shelf)
    for pattern, noun, key in _TALLIED:
        if pattern.search(text) and not question.named:
            return _tallied(told, chosen, noun, key)
    if _PAGES.search(text) and _COUNTS.search(text):
        told.say(f"{_beginning(chosen, called)} {counted(sum(one.pages for one in chosen), 'page')} in all.")
        return told
    is_count = _COUNTS.search(text) is not None or _SORTS.search(text) is not None
    return _list(told, chosen, called, is_count=is_count)


def _is_of_all(text: str, question: Understood) -> bool:
    is_about = re.search(
        r"\babout\b|\boverview\b|\bsummar|\bwhat(?:'s| is) in\b|\bsubjects?\b|\btopics?\b",
        text,
        re.IGNORECASE,
    )
    return bool(is_about and _WHOLE.search(text) and not question.named)


def _chosen(text: str, question: Understood, documents: Sequence[Document]) -> tuple[list[Document], str]:
    """The documents that a question limits itself to, and what they are called; all where it does not."""
    forms = {found.lower().replace("-", "") for found in _FORM.findall(text)}
    if forms and not question.named:
        held = [one for one in documents if forms & set(_forms_of(one))]
        return held, f"{' or '.join(sorted(form.upper() for form in forms))} filing"
    if _FILING.search(text) and not question.named:
        held = [one for one in documents if _FORM_IN_NAME.search(_bare(one.name)) or _forms_of(one)]
        return (held, "filing") if held else (list(documents), "document")
    for pattern, name, kinds in _KINDS:
        if re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE) and not question.named:
            return [one for one in documents if one.kind in kinds], name
    return list(documents), "document"


def _bare(name: str) -> str:
    return name.rpartition(".")[0] or name


def _forms_of(document: Document) -> list[str]:
    words = re.split(r"[\s_.]+", fold_name(f"{_bare(document.name)} {document.title or ''}"))
    return [word.replace("-", "") for word in words if re.fullmatch(r"10-?[kq]|8-?k|20-?f|6-?k|s-?1", word)]


def _mark(told: Composition, document: Document) -> str:
    """A document's name with a number that opens it."""
    return f"{plain(document.name)} {told.cite(document.id, 1, 0, 0, document.name)}"


def _beginning(chosen: Sequence[Document], called: str) -> str:
    return f"{counted(len(chosen), called)}:" if len(chosen) > 1 else "1 document:"


def _list(told: Composition, chosen: Sequence[Document], called: str, *, is_count: bool) -> Composition:
    if not chosen:
        told.say(f"There is no {called} among these documents.")
        return told
    there = "There is" if len(chosen) == 1 else "There are"
    if is_count and called == "document":
        pages = sum(one.pages for one in chosen)
        told.say(
            f"{there} **{counted(len(chosen), called)}**, with {counted(pages, 'page')} in all: "
            f"{_by_kind(chosen)}."
        )
        return told
    told.say(f"{there} {counted(len(chosen), called)}:")
    told.say("\n".join(f"- {_mark(told, one)}{_title(one)}" for one in chosen[:_MOST]))
    if len(chosen) > _MOST:
        told.say(f"… and {counted(len(chosen) - _MOST, 'more')[: -1 if len(chosen) - _MOST > 1 else None]}.")
    return told


def _title(document: Document) -> str:
    return (
        f": {plain(document.title)}"
        if document.title and fold_name(document.title) != fold_name(_bare(document.name))
        else ""
    )


def _by_kind(documents: Sequence[Document]) -> str:
    tally = Counter(_label(one.kind) for one in documents).most_common()
    return listed([f"{number:,} {label}" for label, number in tally])


def _label(kind: str) -> str:
    """A format as the Documents page calls it; its name where it is no longer known."""
    try:
        return short_label(kind)
    except KeyError:
        return kind


@dataclass(frozen=True, slots=True)
class _Size:
    """What makes one document more than all others, as it is asked for."""

    asked: str
    name: str
    key: Callable[[Document], float]
    """What is compared; 0 where a document does not tell."""
    told: Callable[[Document], str]
    is_most: bool = True


def _extreme(told: Composition, chosen: Sequence[Document], called: str, size: _Size) -> Composition:
    known = [one for one in chosen if size.key(one) > 0]
    if not known:
        told.say(f"None of these documents tells which {called} is the {size.name}.")
        return told
    best = (max if size.is_most else min)(known, key=size.key)
    told.say(f"The {size.name} {called} is {_mark(told, best)}, {size.told(best)}{_title(best)}.")
    return told


def _day(document: Document) -> float:
    """When it was written, as it says itself; 0 where it does not."""
    return float(document.date.toordinal()) if document.date else 0.0


def _length(document: Document) -> float:
    return document.pages * 1e9 + document.chunks


def _pages(document: Document) -> str:
    return counted(document.pages, "page")


def _megabytes(document: Document) -> str:
    return f"{document.size / 1e6:,.1f} MB"


def _dated(document: Document) -> str:
    return (
        f"{document.date:%B} {document.date.day}, {document.date.year}" if document.date else "without a date"
    )


_TALLIED: tuple[tuple[re.Pattern[str], str, Callable[[Document], str | None]], ...] = (
    (_LANGUAGE, "language", lambda one: one.language),
    (_AUTHOR, "author", lambda one: one.author),
)
_SIZES = (
    _Size(r"longest|most pages", "longest", _length, _pages),
    _Size(r"shortest|fewest pages", "shortest", _length, _pages, is_most=False),
    _Size(r"largest|biggest", "largest", lambda one: one.size, _megabytes),
    _Size(r"smallest", "smallest", lambda one: one.size, _megabytes, is_most=False),
    _Size(r"newest|latest|most recent(?:ly)?", "newest", _day, _dated),
    _Size(r"oldest|earliest", "oldest", _day, _dated, is_most=False),
)


def _facts(told: Composition, text: str, named: Sequence[Named]) -> Composition:
    """Pages, author, date, day of being added or language of documents that are named."""
    lines = []
    for one in [each.document for each in named[:_MOST]]:
        if _PAGES.search(text):
            lines.append(f"{_mark(told, one)} has {counted(one.pages, 'page')}.")
        elif _AUTHOR.search(text):
            lines.append(
                f"{_mark(told, one)} names {plain(one.author)} as its author."
                if one.author
                else f"{_mark(told, one)} names no author."
            )
        elif _ADDED.search(text):
            lines.append(f"{_mark(told, one)} was added on {one.added_at:%Y-%m-%d}.")
        elif _DATED.search(text):
            lines.append(
                f"{_mark(told, one)} is dated {one.date:%B} {one.date.day}, {one.date.year}."
                if one.date
                else f"{_mark(told, one)} names no date; it was added on {one.added_at:%Y-%m-%d}."
            )
        elif _LANGUAGE.search(text):
            lines.append(
                f"{_mark(told, one)} is in the language “{one.language}”."
                if one.language
                else f"{_mark(told, one)} names no language."
            )
    if lines:
        told.say("\n".join(lines))
    return told


def _tallied(
    told: Composition, chosen: Sequence[Document], noun: str, key: Callable[[Document], str | None]
) -> Composition:
    tally = Counter(value for one in chosen if (value := key(one)))
    if not tally:
        told.say(f"None of these documents names a{'n' if noun[0] in 'aeiou' else ''} {noun}.")
        return told
    told.say(
        f"{noun.capitalize()}s that the documents name: "
        + listed([f"{plain(value)} ({number:,})" for value, number in tally.most_common(_MOST)])
        + "."
    )
    return told


def _about(told: Composition, what: str, chosen: Sequence[Document], shelf: Shelf) -> Composition | None:
    """The documents whose passages are nearest to a subject, with the evidence of each."""
    among = {one.id for one in chosen}
    best: dict[str, Hit] = {}
    for hit in shelf.find(what):
        if hit.document.id in among:
            best.setdefault(hit.document.id, hit)
    if not best:
        return None
    top = max(hit.score for hit in best.values())
    kept = [hit for hit in best.values() if hit.score >= 0.8 * top][:5]
    told.say(f"{'This document is' if len(kept) == 1 else 'These documents are'} about {plain(what)}:")
    lines = []
    for hit in kept:
        where = f" (page {hit.passage.page})" if hit.document.pages > 1 else ""
        words = " ".join(hit.passage.text.split())
        shown = words if len(words) <= 160 else f"{words[:160].rsplit(' ', 1)[0]} …"
        mark = told.cite(
            hit.document.id, hit.passage.page, hit.passage.start, hit.passage.end, hit.passage.text
        )
        lines.append(f"- {plain(hit.document.name)}{where}: “{plain(shown)}” {mark}")
    told.say("\n".join(lines))
    told.hits.extend(kept)
    return told


def overview(told: Composition, shelf: Shelf) -> Composition:
    """How many documents there are, of which kinds, and their subjects."""
    pages = sum(one.pages for one in shelf.documents)
    told.say(
        f"{counted(len(shelf.documents), 'document')} with {counted(pages, 'page')}: "
        f"{_by_kind(shelf.documents)}. What they are about:"
    )
    lines = []
    for name, documents in shelf.subjects():
        shown = listed([_mark(told, one) for one in documents], 8)
        lines.append(f"- **{plain(name)}** ({counted(len(documents), 'document')}): {shown}")
    told.say("\n".join(lines))
    return told
