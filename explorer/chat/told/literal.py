"""Code and mathematics in an answer: what stands there is shown as it was written, brackets and backslashes
too.

Code is what Markdown takes for it. Mathematics stands in `$…$`, `$$…$$`, `\\(…\\)` or `\\[…\\]`. A dollar
sign is also money, so `$…$` counts by Pandoc's rule (no blank inside its ends, no digit behind it), and where
it begins with a digit only with a sign of LaTeX in it. `\\[1\\]` is how Markdown writes brackets: a formula
there has a sign of LaTeX in it, or blanks inside its ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST = 2_000
"""Characters of a formula or of code within a line; what goes on longer was not meant so."""
_LINE = 300
"""Characters of a formula between single dollar signs."""
_SPECIAL = re.compile(r"`+|~+|\$\$?|\\[\s\S]?")
_CLOSING = {"$$": "$$", "\\(": "\\)", "\\[": "\\]"}
_OF_LATEX = re.compile(r"[\\^_={}]")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")

Piece = tuple[str, bool]
"""Some text, and whether it is code or mathematics."""


def maths_end(text: str, at: int) -> int:
    """Where the formula that begins at `text[at]` ends, behind its closing sign; `at` where none begins."""
    opening = next((sign for sign in (*_CLOSING, "$") if text.startswith(sign, at)), None)
    if opening is None:
        return at
    begin = at + len(opening)
    if opening == "$":
        return _dollar_end(text, begin) or at
    end = text.find(_CLOSING[opening], begin, begin + MOST)
    if end <= begin or _BLANK_LINE.search(text, begin, end):
        return at
    inside = text[begin:end]
    is_escaped = opening == "\\[" and inside == inside.strip() and not _OF_LATEX.search(inside)
    return at if is_escaped else end + 2


def _dollar_end(text: str, begin: int) -> int:
    """Behind the dollar sign that closes a formula; 0 where none does."""
    end = text.find("$", begin, begin + _LINE)
    inside = text[begin:end] if end > begin else ""
    is_maths = (
        inside
        and "\n" not in inside
        and inside.strip() == inside
        and not text[end + 1 : end + 2].isdigit()
        and (not inside[0].isdigit() or _OF_LATEX.search(inside))
    )
    return end + 1 if is_maths else 0


class LiteralStream:
    """Tells code and mathematics from the rest while a text streams by. What may still become either is held
    back, a few hundred characters at most; inside a fence, no more than the line."""

    def __init__(self) -> None:
        self._held = ""
        self._fence = ""
        self._is_line_start = True

    def feed(self, piece: str, *, is_last: bool = False) -> list[Piece]:
        """The pieces that are certain by now, in order; all of them with `is_last`."""
        text, self._held = self._held + piece, ""
        pieces, at = list[Piece](), 0
        for end, is_literal in self._ends(text, is_last):
            if end > at:
                pieces.append((text[at:end], is_literal))
                line = text.rfind("\n", 0, end) + 1
                self._is_line_start = not text[line:end].strip() and (line > 0 or self._is_line_start)
            at = end
        self._held = text[at:]
        return pieces

    def _ends(self, text: str, is_last: bool) -> Iterator[tuple[int, bool]]:
        """Where each piece ends, and whether it is literal."""
        at = look = 0
        while at < len(text):
            if self._fence:
                at = self._fence_end(text, at, is_last)
                yield at, True
                if self._fence:
                    return
                look = at
                continue
            found = _SPECIAL.search(text, look)
            if found is None:
                yield len(text), False
                return
            end = self._literal_end(text, found, is_last)
            if end is None:
                yield found.start(), False
                return
            if end == found.start():  # nothing but the sign itself
                look = found.end()
                continue
            yield found.start(), False
            yield end, True
            at = look = end

    def _literal_end(self, text: str, found: re.Match[str], is_last: bool) -> int | None:
        """Where what begins with a sign ends; its start where nothing does; None while that is open."""
        at, sign = found.start(), found[0]
        if found.end() == len(text) and not is_last:  # it may go on
            return None
        if sign[0] in "`~":
            if len(sign) >= 3 and self._begins_line(text, at):
                return self._opened_fence(text, at, sign, is_last)
            end = _code_end(text, found) if sign[0] == "`" else at
        elif sign[0] == "$" or sign in _CLOSING:
            end = maths_end(text, at)
        else:
            return at
        if end > at:
            return end if end < len(text) or is_last else None
        may_close = sign[0] != "~" and _may_close(text, found)
        return None if may_close and not is_last else at

    def _begins_line(self, text: str, at: int) -> bool:
        start = text.rfind("\n", 0, at) + 1
        return not text[start:at].strip() and (start > 0 or self._is_line_start)

    def _opened_fence(self, text: str, at: int, sign: str, is_last: bool) -> int | None:
        end = text.find("\n", at) + 1
        if not end and not is_last:
            return None
        self._fence = sign
        return end or len(text)

    def _fence_end(self, text: str, at: int, is_last: bool) -> int:
        """Up to where the code of an open fence is certain; closes it where its closing line is there."""
        end = r"(?:\n|\Z)" if is_last else r"\n"
        closing = rf"^ {{0,3}}{self._fence[0]}{{{len(self._fence)},}}[ \t]*{end}"
        found = re.compile(closing, re.MULTILINE).search(text, at)
        if found:
            self._fence = ""
            return found.end()
        return len(text) if is_last else max(text.rfind("\n") + 1, at)


def _code_end(text: str, opening: re.Match[str]) -> int:
    """Behind the backticks that close code within a paragraph; their start where none do."""
    ticks = len(opening[0])
    limit = opening.end() + MOST
    closing = re.compile(rf"(?<!`)`{{{ticks}}}(?!`)").search(text, opening.end(), limit)
    if closing is None or _BLANK_LINE.search(text, opening.end(), closing.start()):
        return opening.start()
    return closing.end()


def _may_close(text: str, opening: re.Match[str]) -> bool:
    """Whether what follows a sign so far may yet become code or a formula."""
    length = len(text) - opening.end()
    if opening[0] == "$":
        return length < _LINE and "\n" not in text[opening.end() :] and "$" not in text[opening.end() :]
    return length < MOST and not _BLANK_LINE.search(text, opening.end())
