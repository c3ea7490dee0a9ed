"""Files within the text of a mail: `explorer.readers.containers.uuencoded`."""

from __future__ import annotations

import binascii
from pathlib import Path

import pytest

from explorer.readers import registry
from explorer.readers.containers.uuencoded import parted
from explorer.readers.reading import Part, Source
from tests.readers.conftest import Write


def encoded(content: bytes, name: str = "levels.csv", *, stripped: bool = False) -> str:
    lines = [
        binascii.b2a_uu(content[at : at + 45]).decode().rstrip("\n") for at in range(0, len(content), 45)
    ]
    lines = [line.rstrip() for line in lines] if stripped else lines
    return "\n".join([f"begin 644 {name}", *lines, "`", "end"])


def opened(path: Path) -> tuple[str, dict[str, bytes]]:
    files: dict[str, bytes] = {}

    def take(part: Part) -> None:
        files[part.name] = part.content if isinstance(part.content, bytes) else b"".join(part.content)

    return registry.detect(path, path.name).load()(Source(path, path.name, on_part=take)).text, files


@pytest.mark.parametrize("stripped", [False, True])
def test_a_file_within_the_text_is_attached_to_the_mail(write: Write, stripped: bool) -> None:
    content = b"gate,level\n" + b"Kestrel,12   \n" * 20
    body = f"See below.\n\n{encoded(content, stripped=stripped)}\n\nYours\n{encoded(b'words', 'a b.txt')}\n"
    text, files = opened(write("a.eml", f"From: a@b.c\nTo: d@e.f\nSubject: Levels\n\n{body}"))
    assert text == "From: a@b.c\nTo: d@e.f\nSubject: Levels\n\nSee below.\n\n\n\nYours\n"
    assert files == {"levels.csv": content, "a b.txt": b"words"}


@pytest.mark.parametrize(
    "text",
    [
        "We begin 644 things\nend",
        "begin 644 a.txt\nThese are words, all of them small.\nend",
        "begin 644 a.txt\nAB\n",
        "begin 644 a.txt\nend",
        encoded(b"x" * 90).replace("begin", "> begin"),
    ],
)
def test_other_text_stays(text: str) -> None:
    assert parted(text) == (text, [])
