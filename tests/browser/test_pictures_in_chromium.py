"""Finding pictures by dropping one on Search, in a real browser, by the network that comes as a package."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from explorer import Library
from tests.browser.conftest import App, start_app, stop_app
from tests.embedding.pictures import tiny
from tests.pictures.making import fill, is_done, until

SECONDS = 60_000

pytestmark = pytest.mark.extras("images")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A report with three drawings, a note with one, a picture file: all looked at."""
    place = tmp_path_factory.mktemp("pictures")
    fill(place / "papers")
    with Library(place / "default") as library:
        library.add(place / "papers")
        assert until(library, is_done).total == 5
    running = start_app(place / "default")
    yield running
    stop_app(running)


@pytest.fixture
def altered(tmp_path: Path) -> Path:
    """The square of the report, cut, smaller, and saved with losses."""
    image = tiny.drawn("square", 2000, 160).crop((4, 6, 150, 156)).resize((90, 90), Image.Resampling.BICUBIC)
    image.save(tmp_path / "altered.jpg", quality=70)
    return tmp_path / "altered.jpg"


def drop(page: Page, file: Path) -> None:
    """Let go of a file over the field, as from a folder's window."""
    field = page.get_by_test_id("stFileUploaderDropzone")
    expect(field).to_be_visible(timeout=SECONDS)
    content = base64.b64encode(file.read_bytes()).decode()
    carried = page.evaluate_handle(
        """([content, name]) => {
          const carried = new DataTransfer();
          const octets = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
          carried.items.add(new File([octets], name, { type: "image/jpeg" }));
          return carried;
        }""",
        [content, file.name],
    )
    for kind in ("dragenter", "dragover", "drop"):
        field.dispatch_event(kind, {"dataTransfer": carried})


def shown_in(tile: Locator) -> np.ndarray:
    """The pixels of a tile's thumbnail as the browser has it, in 32 × 32."""
    source = tile.locator("img").get_attribute("src") or ""
    assert source.startswith("data:image/jpeg;base64,")
    assert tile.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 30
    with Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as image:
        return np.asarray(image.convert("RGB").resize((32, 32)), np.float32)


def test_a_dropped_picture_finds_what_it_was_made_of(visitor: Page, app: App, altered: Path) -> None:
    visitor.goto(f"{app.url}/search?pictures=true")
    expect(visitor.get_by_text("Drop a picture to find those in your documents")).to_be_visible(
        timeout=SECONDS
    )
    drop(visitor, altered)
    tiles = visitor.locator("figure.dx-found")
    expect(tiles).to_have_count(5, timeout=SECONDS)
    first = tiles.first
    expect(first.locator(".dx-found-title")).to_have_text("report.docx")
    expect(first.locator(".dx-found-place")).to_contain_text("alike 0.")
    of_square = np.asarray(tiny.drawn("square", 2000, 160).resize((32, 32)), np.float32)
    assert np.abs(shown_in(first) - of_square).mean() < 12
    expect(visitor.get_by_text("5 pictures in 3 documents, most like your picture first")).to_be_visible()

    first.get_by_role("button", name="Open report.docx").click()
    expect(visitor.locator(".dx-viewer-title")).to_contain_text("report.docx", timeout=SECONDS)


def test_others_like_one_of_them_and_back(visitor: Page, app: App, altered: Path) -> None:
    visitor.goto(f"{app.url}/search?pictures=true")
    drop(visitor, altered)
    tiles = visitor.locator("figure.dx-found")
    expect(tiles).to_have_count(5, timeout=SECONDS)
    tiles.first.get_by_role("button", name="more like this").click()
    expect(tiles).to_have_count(4, timeout=SECONDS)
    visitor.get_by_role("button", name="Back", exact=True).click()
    expect(tiles).to_have_count(5, timeout=SECONDS)


def test_what_is_no_picture_is_said(visitor: Page, app: App, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no picture at all")
    visitor.goto(f"{app.url}/search?pictures=true")
    drop(visitor, tmp_path / "broken.jpg")
    expect(visitor.get_by_role("alert")).to_contain_text("picture", timeout=SECONDS)
    expect(visitor.locator("figure.dx-found")).to_have_count(0)
