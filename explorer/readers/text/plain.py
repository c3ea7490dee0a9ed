"""Plain text and source code: the decoded characters, composed (NFC), without control characters."""

from __future__ import annotations

from explorer.errors import ReadError
from explorer.readers.assembly import one_page
from explorer.readers.decoding import decode, lost_characters, normal, without_terminal_codes
from explorer.readers.reading import Reading, Source


def read(source: Source) -> Reading:
    """Reads a text file of any encoding. Raises ReadError when there is nothing but white space."""
    text, warnings = load(source)
    return one_page(source, text, warnings).reading("text")


def read_code(source: Source) -> Reading:
    """Reads a program's source. Raises ReadError when there is nothing but white space."""
    text, warnings = load(source)
    return one_page(source, text, warnings).reading("code")


def load(source: Source) -> tuple[str, tuple[str, ...]]:
    """The file's characters (no byte order mark, "\\n" at line ends, no colours of a terminal) and warnings.

    Raises ReadError where there is nothing but white space, or more than the limit.
    """
    if source.path.stat().st_size > 4 * source.limits.characters:
        source.check_characters(source.path.stat().st_size)
    text, encoding, lost = decode(source.path.read_bytes())
    text = normal(without_terminal_codes(text))
    source.check_characters(len(text))
    if not text.strip():
        raise ReadError(f"{source.shown} has no text: it is nothing but white space.")
    source.on_page(1, 1)
    if not lost:
        return text, ()
    return text, (lost_characters(lost, encoding),)
