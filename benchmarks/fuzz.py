"""Reads broken files: the zoo's in every format, with bits flipped, pieces cut out and put elsewhere.

    python benchmarks/fuzz.py [--cases 5000] [--seed 4] [--processes 2]
    python benchmarks/fuzz.py --seed 4 --case 17 --keep broken.pdf      one case again, its file kept

Each file goes through `ReaderPool`, as in the app. A case is good when it ends in time as a reading with
text, or with one message of at most two lines and 400 characters. Case `n` of a seed is always the same file.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from explorer.errors import ReadError  # noqa: E402
from explorer.readers.limits import Limits  # noqa: E402
from explorer.readers.process.pool import ReaderPool  # noqa: E402
from explorer.readers.reading import Reading  # noqa: E402

ZOO = HERE.parent.parent / "shared" / "data" / "zoo"
LARGEST = 600_000
"""Bytes of a file that is broken; larger ones say nothing more and take longer."""
SECONDS = 60.0
_NUMBERS = (b"0", b"-1", b"65536", b"2147483648", b"99999999999", b"NaN")
_BYTES = (0, 1, 0x7F, 0x80, 0xFF)


@dataclass(frozen=True)
class Case:
    """One broken file."""

    number: int
    name: str
    what: str
    """What was done to which file."""
    content: bytes


@dataclass(frozen=True)
class Outcome:
    """How reading it ended. `kind`: "read", "refused", or what is wrong: "stopped", "late", "bad"."""

    case: Case
    kind: str
    said: str
    seconds: float


@cache
def originals() -> dict[str, tuple[tuple[str, bytes], ...]]:
    """Files to break, by extension: those of the zoo, and small ones of formats that it lacks."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    for path in sorted(ZOO.rglob("*")):
        if path.is_file() and path.parent.name[:8] != "expected" and path.stat().st_size <= LARGEST:
            found.setdefault(path.suffix, []).append((path.name, path.read_bytes()))
    for name, content in _made({name: data for files in found.values() for name, data in files}).items():
        found.setdefault(Path(name).suffix, []).append((name, content))
    return {suffix: tuple(files) for suffix, files in found.items()}


def _made(zoo: dict[str, bytes]) -> dict[str, bytes]:
    members = {name: zoo[name] for name in ("duck.md", "csv-comma.csv", "example_01.html", "tablecell.docx")}
    letter = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    letter += b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n'
    letter += b"<p>Some words</p>\r\n--b\r\nContent-Disposition: attachment; filename=a.csv\r\n"
    letter += b"Content-Transfer-Encoding: base64\r\n\r\nYSxiCjEsMgo=\r\n--b--\r\n"
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>One</title></head><body>'
    page += "<h1>One</h1><p>Some words of a chapter.</p></body></html>"
    package = '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest><item id="a" '
    package += 'href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/>'
    container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
    container += 'full-path="c.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    epub = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": container.encode(),
        "c.opf": f"{package}</spine></package>".encode(),
        "a.xhtml": page.encode(),
    }
    return {
        "made.zip": zipped(members),
        "made.tar": _tarred(members, ""),
        "made.tar.gz": _tarred(members, "gz"),
        "made.epub": zipped(epub),
        "made.eml": letter,
        "made.rtf": rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Some \b words\b0\par \'e4 \u8364?}",
        "made.vtt": b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000\n<v Ann>Some words\n\n",
        "made.srt": b"1\n00:00:01,000 --> 00:00:04,000\nSome words\n\n2\n00:00:05,000 --> 00:00:06,000\nOn\n",
        "made.jsonl": b'{"a": 1, "text": "Some words"}\n{"a": 2, "text": "more of them"}\n',
        "made.tsv": b"name\tamount\nfirst\t1\nsecond\t2\n",
        "made.txt": "Some words. Grüße, 你好, مرحبا.\n".encode("utf-16"),
    }


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip of `members`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _tarred(members: dict[str, bytes], packing: str) -> bytes:
    out = io.BytesIO()
    mode = f"w:{packing}"
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def make(seed: int, number: int) -> Case:
    """Case `number` of `seed`."""
    chance = random.Random(f"{seed}:{number}")
    suffix = chance.choice(sorted(originals()))
    name, content = chance.choice(originals()[suffix])
    done: list[str] = []
    if content.startswith(b"PK") and chance.random() < 0.6:
        content = _inside(chance, content, done)
    else:
        content = _broken(chance, content, done)
    return Case(number, f"{number}-{name}", f"{name}: {', '.join(done)}", content)


def _inside(chance: random.Random, content: bytes, done: list[str]) -> bytes:
    """A zip with one member broken and packed again, so that its checksum holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    likely = [name for name in members if name.endswith((".xml", ".rels", ".xhtml", ".opf"))]
    victim = chance.choice(likely or sorted(members))
    done.append(f"in {victim}")
    return zipped({**members, victim: _broken(chance, members[victim], done)})


def _broken(chance: random.Random, content: bytes, done: list[str]) -> bytes:
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        change = chance.choice(_CHANGES)
        done.append(change.__name__[1:])
        content = change(chance, content)
    return content


def _flip(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 4, 16, 256)) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut_end(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _cut_out(chance: random.Random, content: bytes) -> bytes:
    start, end = _span(chance, content)
    return content[:start] + content[end:]


def _splice(chance: random.Random, content: bytes) -> bytes:
    other = chance.choice(originals()[chance.choice(sorted(originals()))])[1]
    start, end = _span(chance, other)
    at = chance.randrange(len(content) + 1)
    return content[:at] + other[start:end] + content[at:]


def _repeat(chance: random.Random, content: bytes) -> bytes:
    start, end = _span(chance, content)
    return content[:end] + content[start:end] * chance.choice((1, 2, 50)) + content[end:]


def _fill(chance: random.Random, content: bytes) -> bytes:
    start, end = _span(chance, content)
    return content[:start] + bytes([chance.choice(_BYTES)]) * (end - start) + content[end:]


def _number(chance: random.Random, content: bytes) -> bytes:
    digits = [at for at in range(min(len(content), LARGEST)) if 48 <= content[at] <= 57]
    for at in sorted(chance.sample(digits, min(len(digits), 3)), reverse=True):
        content = content[:at] + chance.choice(_NUMBERS) + content[at + 1 :]
    return content


def _span(chance: random.Random, content: bytes) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.choice((1, 16, 512, 16_384)))


_CHANGES: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _flip,
    _cut_end,
    _cut_out,
    _splice,
    _repeat,
    _fill,
    _number,
)


def _unchecked(reading: Reading) -> None:
    del reading


def run(
    seed: int,
    numbers: range,
    *,
    processes: int,
    limits: Limits,
    check: Callable[[Reading], None] = _unchecked,
) -> Iterator[Outcome]:
    """Reads the cases `numbers` of `seed`. `check` may raise AssertionError for a reading that is wrong."""
    with (
        tempfile.TemporaryDirectory(prefix="fuzz-") as folder,
        ReaderPool(size=processes) as pool,
        ThreadPoolExecutor(processes) as threads,
    ):

        def one(number: int) -> Outcome:
            case = make(seed, number)
            path = Path(folder) / str(number)
            path.write_bytes(case.content)
            try:
                return _read(pool, path, case, limits, check)
            finally:
                path.unlink()

        yield from threads.map(one, numbers)


def _read(
    pool: ReaderPool, path: Path, case: Case, limits: Limits, check: Callable[[Reading], None]
) -> Outcome:
    started = time.monotonic()
    parts = Counter[str]()

    def take(name: str, blocks: Iterator[bytes]) -> None:
        parts.update({"files": 1, "characters": len(name), "bytes": sum(map(len, blocks))})

    try:
        reading = pool.read(path, case.name, limits=limits, on_part=take)
        check(reading)
        kind, said = ("read", "") if reading.text.strip() or parts["files"] else ("bad", "no text")
    except ReadError as error:
        said = str(error)
        kind = "refused"
        if len(said) > 400 or said.count("\n") > 1 or not said.strip():
            kind = "bad"
        elif "its reader stopped" in said:
            kind = "stopped"
        elif "took longer than" in said:
            kind = "late"
    except Exception as error:  # noqa: BLE001  anything else is what this is here to find
        kind, said = "bad", f"{type(error).__name__}: {error}"
    return Outcome(case, kind, said, time.monotonic() - started)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--no-ocr", action="store_true", help="pages without text are not recognised")
    parser.add_argument("--messages", action="store_true", help="show the messages, the most frequent first")
    parser.add_argument("--case", type=int, help="only this one")
    parser.add_argument("--keep", type=Path, help="where the file of --case is written to")
    chosen = parser.parse_args()
    numbers = range(chosen.cases) if chosen.case is None else range(chosen.case, chosen.case + 1)
    if chosen.keep and chosen.case is not None:
        chosen.keep.write_bytes(make(chosen.seed, chosen.case).content)
    print(
        f"seed {chosen.seed}, {len(numbers)} cases, {sum(map(len, originals().values()))} files", flush=True
    )
    limits = Limits(seconds=SECONDS, ocr=not chosen.no_ocr)
    kinds, messages, slowest = Counter[str](), Counter[str](), 0.0
    started = time.monotonic()
    for outcome in run(chosen.seed, numbers, processes=chosen.processes, limits=limits):
        kinds[outcome.kind] += 1
        messages[re.sub(r"\d+", "N", outcome.said.replace(outcome.case.name, "NAME"))] += 1
        slowest = max(slowest, outcome.seconds)
        if outcome.kind not in ("read", "refused") or chosen.case is not None:
            print(f"{outcome.case.number} {outcome.kind}: {outcome.case.what}: {outcome.said}", flush=True)
        if (done := kinds.total()) % 500 == 0:
            print(f"{done}: {dict(kinds)}, slowest {slowest:.1f} s", flush=True)
    for message, times in messages.most_common() if chosen.messages else ():
        print(f"{times:6}  {message or 'read'}")
    print(f"{dict(kinds)}, slowest {slowest:.1f} s, {time.monotonic() - started:.0f} s together")
    raise SystemExit(1 if kinds.total() > kinds["read"] + kinds["refused"] else 0)


if __name__ == "__main__":
    main()
