"""Scans from end to end: read, found, marked where the words stand; OCR off, and on again."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from explorer import Library
from explorer.errors import SettingError
from explorer.readers.ocr import models
from tests.folders import eventually
from tests.readers.ocr import scans
from tests.readers.pdf.pdfs import make_pdf

LINES = (
    "Minutes of the beekeepers' meeting of 4 May",
    "The chairwoman reported that sixty hives were lost",
    "during the winter, most of them to damp.",
)


def scan() -> Image.Image:
    return scans.draw([(100, 200 + 60 * row, line) for row, line in enumerate(LINES)])


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        yield library


def test_a_passage_of_a_scan_is_marked_on_its_ink(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "minutes.png"
    path.write_bytes(scans.packed(scan(), "PNG"))
    (outcome,) = library.add(path)
    assert outcome.status == "added"
    assert outcome.warnings == ("Text of this image was recognised by OCR.",)
    document = outcome.document
    assert document is not None and document.kind == "image"
    (hit, *_) = library.search("how many hives died in winter")
    start = library.text(document.id).index("sixty hives")
    image = library.page_image(document.id, 1, start, start + len("sixty hives"), width=800)
    (box,) = image.boxes
    with Image.open(io.BytesIO(image.png)) as shown:
        dark = np.asarray(shown.convert("L")) < 128
    high, wide = dark.shape
    marked = dark[
        int(box.top * high) : round(box.bottom * high), int(box.left * wide) : round(box.right * wide)
    ]
    assert marked.sum() > 200
    assert hit.document.id == document.id
    assert library.page_image(document.id, 1).boxes == ()
    assert library.page_image(document.id, 1, hit.passage.start, hit.passage.end).boxes


def test_what_lacked_text_while_ocr_was_off_is_offered_once_it_is_on(
    library: Library, tmp_path: Path
) -> None:
    library.change_settings(ocr=False)
    picture = tmp_path / "minutes.png"
    picture.write_bytes(scans.packed(scan(), "PNG"))
    printed, scanned = tmp_path / "printed.pdf", tmp_path / "scanned.pdf"
    printed.write_bytes(make_pdf(["The agenda of the meeting has six points."]))
    scan().save(scanned, "PDF", resolution=150)
    mixed = pypdfium2.PdfDocument.new()
    for part in (printed, scanned):
        mixed.import_pages(pypdfium2.PdfDocument(part))
    both = tmp_path / "both.pdf"
    mixed.save(both)

    failed, added = library.add(picture)[0], library.add(both)[0]
    assert failed.error is not None and "OCR is off" in failed.error
    assert added.warnings == ("No text found on 1 of 2 pages; OCR is off.",)
    assert library.needs_redo == ()

    library.change_settings(ocr=None)
    assert library.needs_redo == ("ocr",)
    (job,) = [each for each in library.jobs() if each.state == "failed"]
    library.retry(job.id)
    eventually(lambda: len(library.documents()) == 2, seconds=60)
    library.redo()
    eventually(lambda: library.needs_redo == () and not library.is_redoing, seconds=60)
    assert added.document is not None
    assert "sixty hives" in library.text(added.document.id)
    assert library.document(added.document.id).warnings == ("Text of 1 of 2 pages was recognised by OCR.",)


def other_models(folder: Path) -> Path:
    """A folder with models as a person would put them there: the package's own by other names."""
    folder.mkdir()
    shutil.copy(models.bundled().recognition, folder / "other_rec.onnx")
    shutil.copy(models.bundled().detection, folder / "other_det.onnx")
    return folder


def test_other_models_are_set_used_named_and_offered_for_what_ocr_read_before(
    library: Library, tmp_path: Path
) -> None:
    text, picture = tmp_path / "notes.txt", tmp_path / "minutes.png"
    text.write_text("The hives stand by the river.", encoding="utf-8")
    picture.write_bytes(scans.packed(scan(), "PNG"))
    library.add(text)
    folder = other_models(tmp_path / 'mod\u00e8les "new"')
    library.change_settings(ocr_models=str(folder))
    assert library.needs_redo == ()  # nothing here was read by OCR
    (outcome,) = library.add(picture)
    used = f"OCR used the models in {folder}."
    assert outcome.warnings == ("Text of this image was recognised by OCR.", used)
    assert outcome.document is not None
    assert "sixty hives" in library.text(outcome.document.id)
    assert library.needs_redo == ()
    assert any(str(folder) in line for line in library.doctor().models)

    library.change_settings(ocr_models=None)
    assert library.needs_redo == ("ocr",)
    library.redo()
    eventually(lambda: library.needs_redo == () and not library.is_redoing, seconds=60)
    assert library.document(outcome.document.id).warnings == ("Text of this image was recognised by OCR.",)
    library.change_settings(ocr_models=str(folder))
    assert library.needs_redo == ("ocr",)


def test_models_that_cannot_be_used_are_told_before_they_are_set_and_in_reading(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "models"
    with pytest.raises(SettingError, match="there is no such folder"):
        library.change_settings(ocr_models=str(folder))
    folder.mkdir()
    (folder / "a_rec.onnx").write_bytes(b"no model")
    with pytest.raises(SettingError, match=r"a_rec\.onnx is no model that can be loaded"):
        library.change_settings(ocr_models=str(folder))
    assert library.settings.ocr_models is None
    monkeypatch.setenv("EXPLORER_OCR_MODELS", str(tmp_path / "gone"))
    assert any("there is no such folder" in line for line in library.doctor().notes)
    picture = tmp_path / "minutes.png"
    picture.write_bytes(scans.packed(scan(), "PNG"))
    (failed,) = library.add(picture)
    assert failed.error is not None and "there is no such folder" in failed.error
