"""Files within files, handed on by every reader that finds some: in archives, mails, PDF attachments.

Each is sent to the parent when it is found, under a name that is text and nothing else, and becomes a
document of its own. A warning names those that cannot be read. Those that nobody would miss are passed over
without a word: names that begin with a dot or with "~$", and what macOS and Windows leave behind.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import PurePosixPath

from explorer.errors import ReadError
from explorer.readers import registry
from explorer.readers.reading import Part, Source, listed, scrubbed

_NAME_CHARACTERS = 200
_PATH_CHARACTERS = 1000
_JUNK = frozenset(("__macosx", "thumbs.db", "desktop.ini", "ehthumbs.db"))
_SETTINGS = frozenset((".joboptions", ".csf", ".icc", ".icm", ".acf", ".prf"))
"""What print shops and layout programs leave in PDFs and archives for each other."""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class Damaged(Exception):  # noqa: N818
    """Raised by a part's content where it breaks off; the other parts can still be read."""


class Parts:
    """The files within one file, within the limits.

    `are_everything`: the file is nothing but its parts (an archive), so that going beyond a limit is an error
    of the file. Otherwise (a mail) the parts beyond the limit are left out, with a warning.
    """

    def __init__(self, source: Source, *, are_everything: bool = False) -> None:
        self.taken = 0
        self._source = source
        self._are_everything = are_everything
        self._names: dict[str, int] = {}
        """Names given, each with the number that its latest namesake got."""
        self._unpacked = source.spent.unpacked
        self._left_out: dict[str, list[str]] = {}

    def add(self, name: str, content: bytes | Iterable[bytes]) -> bool:
        """Hands on one file, and says whether it was. `content` may raise Damaged while it is unpacked.

        Raises ReadError beyond a limit, if the parts are everything.
        """
        name = as_text(name)
        if is_junk(name):
            return False
        if PurePosixPath(name).suffix.lower() in _SETTINGS:
            return self.leave_out("settings of a program, no document", name)
        try:
            self._check()
            # Named before it is read: names stay the same when a password opens more of them the next time.
            self._send(name, self._unique(name), content)
        except Damaged:
            return self.leave_out("damaged", name)
        except ReadError:
            if self._are_everything:
                raise
            return self.leave_out("beyond the limits for files within files", name)
        return True

    def leave_out(self, why: str, name: str) -> bool:
        """Notes for the warnings that a file is not handed on ("1 file in it is <why>"). Gives False."""
        if not is_junk(as_text(name)):
            self._left_out.setdefault(why, []).append(as_text(name))
        return False

    def warnings(self) -> tuple[str, ...]:
        """What was left out, one sentence for each reason."""
        return tuple(
            f"{len(names):,} {'file in it is' if len(names) == 1 else 'files in it are'} {why}: "
            f"{listed(names)}."
            for why, names in self._left_out.items()
        )

    def _check(self) -> None:
        limits, spent = self._source.limits, self._source.spent
        if spent.depth >= limits.depth:
            raise too_deep(self._source)
        if spent.members + self.taken >= limits.members:
            raise too_many(self._source)

    def _send(self, name: str, unique: str, content: bytes | Iterable[bytes]) -> None:
        blocks = self._counted(iter([content] if isinstance(content, bytes) else content))
        first = list(_until(blocks, registry.HEAD_BYTES))
        head = b"".join(first)[: registry.HEAD_BYTES]
        if not head:
            self.leave_out("empty", name)
        elif not registry.is_readable(name, head):
            self.leave_out("in formats that cannot be read", name)
        else:
            self._source.on_part(Part(unique, chain(first, blocks)))
            self.taken += 1

    def _counted(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        limits = self._source.limits
        size = 0
        for block in blocks:
            size += len(block)
            self._unpacked += len(block)
            if self._unpacked > limits.unpacked_mb * 2**20 or size > limits.file_mb * 2**20:
                raise too_much(self._source)
            yield block

    def _unique(self, name: str) -> str:
        """`name`, or "name (2)" where there is another of that name."""
        path = PurePosixPath(name)
        number, unique = self._names.get(name, 0), name
        while unique in self._names:
            number += 1
            unique = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
        self._names[name] = max(number, 1)  # the next of this name goes on from here
        self._names.setdefault(unique, 1)
        return unique


def as_text(name: str) -> str:
    """A member's name that may be shown and compared: no root, no drive, no "..", no invisible characters."""
    visible = _UNSEEN.sub("", scrubbed(unicodedata.normalize("NFC", name)).replace("\\", "/"))
    steps = [step.strip() for step in visible.split("/")]
    kept = [_shortened(step) for step in steps if step.strip(". ") and not re.fullmatch(r"[A-Za-z]:", step)]
    whole = "/".join(kept) or "unnamed"
    return whole if len(whole) <= _PATH_CHARACTERS else f"…/{kept[-1]}"


def is_junk(name: str) -> bool:
    """Whether a file is passed over, also in folders: it is hidden, or a system left it behind."""
    return any(step.startswith((".", "~$")) or step.casefold() in _JUNK for step in name.split("/"))


def too_deep(source: Source) -> ReadError:
    """The message for archives within archives beyond the limit."""
    return ReadError(
        f"{source.shown} stands within {source.limits.depth} archives or mails, the limit, and is not "
        "opened. Unpack it, then add what is in it."
    )


def too_many(source: Source) -> ReadError:
    """The message for too many files within files."""
    within = " with the archive it came in" if source.spent.depth else ""
    return ReadError(
        f"{source.shown} holds more than {source.limits.members:,} files{within}, the limit. Unpack it, then "
        "add the folder."
    )


def too_much(source: Source) -> ReadError:
    """The message for a file that unpacks to more than it may."""
    limits = source.limits
    return ReadError(
        f"{source.shown} unpacks to more than {min(limits.unpacked_mb, limits.file_mb):,} MB, the limit. "
        "Unpack it, then add the folder, if you trust it."
    )


def _until(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The blocks that hold the first `size` bytes."""
    while size > 0 and (block := next(blocks, None)) is not None:
        size -= len(block)
        yield block


def _shortened(step: str) -> str:
    return step if len(step) <= _NAME_CHARACTERS else f"{step[: _NAME_CHARACTERS - 40]}…{step[-39:]}"
