"""docs/reading.md says what the code does: the formats, and every limit with its default and its message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.errors import ReadError
from explorer.readers import known_formats, limits, registry
from explorer.readers.limits import Limits
from explorer.readers.ocr.recognised import LANGUAGES
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Spent
from explorer.settings import PREFIX, Settings
from tests.readers import bombs

PAGE = (Path(__file__).parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
MESSAGES = {
    name: (default, message)
    for name, default, message in re.findall(
        r"^\| `(\w+)` \| `(.+?)` \| (.+) \|$", SECTIONS["Limits"], re.MULTILINE
    )
}


def test_every_format_is_listed_as_it_is() -> None:
    rows = re.findall(r"^\| (.+?) \| (.*?) \| (.+) \|$", SECTIONS["Formats"], re.MULTILINE)[1:]
    assert rows == [
        (each.label, " ".join(f"`{extension}`" for extension in each.extensions), each.notes)
        for each in known_formats.FORMATS
    ]


def test_languages_are_those_of_the_models() -> None:
    assert LANGUAGES in PAGE


def test_every_limit_has_its_default_and_a_message() -> None:
    settings = {f"{PREFIX}{setting.upper()}": setting for setting in limits.SETTING_OF.values()}
    assert set(MESSAGES) == set(settings)
    for name, (default, _) in MESSAGES.items():
        assert default == str(Settings.model_fields[settings[name]].default)


@pytest.mark.parametrize(
    "setting",
    [
        "READ_SECONDS",
        "READ_MEMORY_MB",
        "MAX_FILE_MB",
        "MAX_PAGES",
        "MAX_CHARACTERS",
        "MAX_CELLS",
        "MAX_IMAGE_PIXELS",
        "MAX_INFLATED_MB",
    ],
)
def test_a_message_names_a_remedy_and_its_setting(setting: str) -> None:
    name = f"{PREFIX}{setting}"
    assert re.search(rf"[sS](plit|ave) it( smaller)?, or raise {name}\b", MESSAGES[name][1])


def words() -> bytes:
    return b"Some words. " * 200


MADE: dict[str, tuple[Callable[[], bytes], Limits, Spent]] = {
    "MAX_FILE_MB": (lambda: b" " * 2 * bombs.MB, Limits(file_mb=1), Spent()),
    "MAX_PAGES": (lambda: bombs.many_pages(5), Limits(pages=4), Spent()),
    "MAX_CHARACTERS": (words, Limits(characters=100), Spent()),
    "MAX_CELLS": (lambda: b"a,b\n" + b"1,2\n" * 100, Limits(cells=10), Spent()),
    "MAX_IMAGE_PIXELS": (lambda: bombs.png(100, 100), Limits(image_pixels=50), Spent()),
    "MAX_INFLATED_MB": (
        lambda: bombs.opendocument("text", f"<text:p>{' ' * 2 * bombs.MB}x</text:p>"),
        Limits(inflated_mb=1),
        Spent(),
    ),
    "MAX_MEMBERS": (lambda: bombs.zip_of({"a.txt": words(), "b.txt": words()}), Limits(members=1), Spent()),
    "MAX_DEPTH": (lambda: bombs.zip_of({"a.txt": words()}), Limits(depth=2), Spent(depth=2)),
    "MAX_UNPACKED_MB": (lambda: bombs.zip_of_spaces(3), Limits(unpacked_mb=1), Spent()),
    "OCR": (lambda: bombs.png(100, 100), Limits(ocr=False), Spent()),
    "OCR_MODELS": (lambda: bombs.png(100, 100), Limits(ocr_models="/models"), Spent()),
}
"""A file that goes beyond each limit. process/test_pool.py holds what a hang and a crash say."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(size=1) as pool:
        yield pool


@pytest.mark.parametrize("setting", MADE)
def test_a_message_is_as_written(pool: ReaderPool, tmp_path: Path, setting: str) -> None:
    message = MESSAGES[f"{PREFIX}{setting}"][1]
    named = (word.rstrip(":") for word in message.split() if re.fullmatch(r"\w+\.\w{3}:?", word))
    name = next(named, "scan.png")
    make, bounds, spent = MADE[setting]
    path = tmp_path / name
    path.write_bytes(make())
    with pytest.raises(ReadError) as raised:
        pool.read(path, name, limits=bounds, spent=spent, on_part=lambda _, blocks: list(blocks) and None)
    assert re.sub(r"[\d,]*\d", "N", str(raised.value)) == re.sub(r"[\d,]*\d", "N", message)


def test_the_others_are_written_in_the_code() -> None:
    assert set(MADE) | {"READ_SECONDS", "READ_MEMORY_MB"} == {name.removeprefix(PREFIX) for name in MESSAGES}
    source = (Path(registry.__file__).parent / "process" / "pool.py").read_text(encoding="utf-8")
    for limit in ("seconds", "memory_mb"):
        name = limits.variable(limit)
        message = MESSAGES[name][1].replace(name, f"{{variable('{limit}')}}")
        said = re.split(r"[\d,]*\d", message.partition(" ")[2])
        joined = re.sub(r'"\s+f?"', "", source)
        assert all(part.strip(" ") in joined for part in said)
