"""A library with pictures that were looked at by a tiny CLIP, made once for all tests that need one."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from explorer import Library
from explorer.pictures import PictureState
from tests.embedding.pictures import tiny
from tests.readers.pictures import made


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def shape(name: str, seed: int) -> bytes:
    return png(tiny.drawn(name, seed, 160))


def with_words(name: str, seed: int) -> bytes:
    """A picture file: a drawing with a line of text, without which no image becomes a document."""
    image = Image.new("RGB", (900, 700), "white")
    image.paste(tiny.drawn(name, seed, 600), (150, 90))
    ImageDraw.Draw(image).text((60, 20), "Plan of the harbour", "black", ImageFont.load_default(52))
    return png(image)


def fill(folder: Path) -> None:
    """A report with a circle, a square and a cross, a note with a triangle, and a picture file."""
    folder.mkdir(exist_ok=True)
    body = "".join(
        f"{made.paragraph(f'Part {name} of the report is about something.')}<w:p>{made.blip(name)}</w:p>"
        for name in ("circle", "square", "cross")
    )
    drawn = {name: shape(name, 2000) for name in ("circle", "square", "cross")}
    (folder / "report.docx").write_bytes(made.docx(body, drawn))
    note = f"{made.paragraph('A note on roofs.')}<w:p>{made.blip('triangle')}</w:p>"
    (folder / "note.docx").write_bytes(made.docx(note, {"triangle": shape("triangle", 2001)}))
    (folder / "plan.png").write_bytes(with_words("circle", 2002))


def until(library: Library, right: Callable[[PictureState], bool], seconds: float = 60) -> PictureState:
    end = time.monotonic() + seconds
    while not right(state := library.picture_search.state()):
        assert time.monotonic() < end, state
        time.sleep(0.1)
    return state


def is_done(state: PictureState) -> bool:
    return state.done == state.total > 0


def library_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library's folder, not to be changed; its CLIP stands beside it."""
    place = tmp_path_factory.getbasetemp() / "library of pictures"
    if not place.is_dir():
        place.mkdir()
        clip = tiny.clip(place / "clip")
        fill(place / "papers")
        with Library(place / "library") as library:
            library.change_settings(picture_model=str(clip))
            for outcome in library.add(place / "papers"):
                assert outcome.status == "added", outcome
            state = until(library, is_done)
            assert (state.total, state.reads_text, state.problem) == (5, True, None)
    return place / "library"
