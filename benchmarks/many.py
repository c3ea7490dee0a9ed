"""Many small documents, and one of thousands of pages, made by a seed: for `scale.py` and the tests."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

_WHO = ("The harbour master", "A neighbour", "The council", "Our teacher", "The night nurse", "A clerk")
_DOES = ("ordered", "repaired", "described", "sold", "measured", "forgot", "painted", "counted", "refused")
_WHAT = ("the copper lantern", "nine ledgers", "a wooden bridge", "the winter tariff", "two sacks of flour")
_WHERE = ("by the river", "in the valley", "behind the station", "on the island", "near the old kitchen")
_WHY = ("because the rain had stopped", "after a long quarrel", "for the feast in June", "without a word")


def sentence(draw: random.Random) -> str:
    """One sentence of ordinary words."""
    parts = (draw.choice(part) for part in (_WHO, _DOES, _WHAT, _WHERE, _WHY))
    return (
        f"{' '.join(parts)}, at {draw.randrange(24)}:{draw.randrange(60):02} on day {draw.randrange(9999)}."
    )


def notes(number: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """(name, text) of small notes of one to three sentences, no two of them alike."""
    draw = random.Random(seed)
    for one in range(number):
        yield (
            f"note-{one:05}.txt",
            f"Note {one}. " + " ".join(sentence(draw) for _ in range(draw.randint(1, 3))),
        )


def write_notes(folder: Path, number: int) -> None:
    """The notes as files."""
    folder.mkdir(parents=True)
    for name, text in notes(number):
        (folder / name).write_text(text, encoding="utf-8")


def long_pdf(path: Path, pages: int, seed: int = 1, marked: dict[int, str] | None = None) -> None:
    """A PDF of so many pages, each with its number and three sentences, or the one of `marked`."""
    draw = random.Random(seed)
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (pages, b" ".join(b"%d 0 R" % (4 + 2 * page) for page in range(pages))),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number in range(1, pages + 1):
        said = [sentence(draw) for _ in range(3)]
        if marked is not None and number in marked:
            said = [marked[number]]
        shown = b" ".join(b"(%s) Tj T*" % _escaped(line) for line in (f"Page {number}", *said))
        stream = b"BT /F1 9 Tf 14 TL 40 780 Td %s ET" % shown
        content = len(objects) + 2
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % content
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    _write(path, objects)


def _escaped(line: str) -> bytes:
    return line.encode("latin-1").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _write(path: Path, objects: Sequence[bytes]) -> None:
    written, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    path.write_bytes(bytes(written))
