"""The models of OCR: which files are used, how they compute, and what is said of files that do not fit."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import ReadError
from explorer.processor import flags, quiet_openvino
from explorer.readers.ocr import engine, finding, int8, int8_ranges, letters, models, networks
from tests.readers.ocr import scans

WORDS = "The harbour was quiet when the first boats came in"


def crop() -> np.ndarray:
    return scans.pixels(scans.draw([(10, 6, WORDS)], size=(700, 44)))


def test_a_folder_with_a_reading_model_is_used_and_the_rest_is_the_packages(tmp_path: Path) -> None:
    shutil.copy(models.bundled().recognition, tmp_path / "other_rec.onnx")
    used = models.files(str(tmp_path))
    assert used.recognition == tmp_path / "other_rec.onnx"
    assert used.detection == models.bundled().detection
    page = scans.pixels(scans.draw([(120, 200, WORDS)]))
    assert engine.recognise(page, str(tmp_path)).text == WORDS


def test_what_is_wrong_with_a_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="there is no such folder"):
        models.files(str(tmp_path / "none"))
    with pytest.raises(ReadError, match='no model in it has "rec" in its name'):
        models.files(str(tmp_path))
    (tmp_path / "a_rec.onnx").write_bytes(b"not a model")
    with pytest.raises(ReadError, match=r"a_rec\.onnx is no model that can be loaded"):
        letters.Reader(models.files(str(tmp_path)))
    shutil.copy(models.bundled().detection, tmp_path / "a_rec.onnx")
    (tmp_path / "keys.txt").write_text("a\nb\n", encoding="utf-8")
    with pytest.raises(ReadError, match=r"a_rec\.onnx is no model that reads lines"):
        letters.Reader(models.files(str(tmp_path)))
    (tmp_path / "b_rec.onnx").write_bytes(b"")
    with pytest.raises(ReadError, match=r"it is not clear which is meant, a_rec\.onnx and b_rec\.onnx"):
        models.files(str(tmp_path))


def test_a_list_that_does_not_fit_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters.Reader, "_named", lambda *_: ["a", "b"])
    with pytest.raises(ReadError, match=r"knows [\d,]+ characters, its list 2\."):
        letters.Reader(models.bundled())


def test_both_runtimes_and_int8_read_the_same() -> None:
    used = models.bundled()
    picture = letters.prepared(crop(), 1.0)
    by_onnx = networks._ByOnnxRuntime(used.recognition, 1)
    network = networks.load(used.recognition, 1, ranges=int8_ranges.RANGES)
    assert network.characters == by_onnx.characters != ()
    assert (network.output(picture).argmax(2) == by_onnx.output(picture).argmax(2)).mean() > 0.95


def test_every_range_names_a_product_of_the_model() -> None:
    openvino = pytest.importorskip("openvino")
    model = openvino.Core().read_model(str(models.bundled().recognition))
    assert {node.get_friendly_name() for node in int8.products(model)} == set(int8_ranges.RANGES)
    assert models.bundled().recognition.name == int8_ranges.MODEL
    assert quiet_openvino() is openvino and networks.has_int8() == (flags() >= networks.INT8_FLAGS)


def test_a_high_picture_is_looked_at_in_bands_without_a_seam() -> None:
    lines = [(80, 40 + 60 * row, f"{row:03} {WORDS}") for row in range(90)]
    picture = scans.pixels(scans.draw(lines, size=(900, 5480)))
    whole = finding._network(models.bundled())
    likely = finding._likely(whole, np.ascontiguousarray(picture[:5472, :896]))
    assert likely.shape == (1, 1, 5472, 896)
    rows = (likely[0, 0, :, 80:700] > 0.3).any(axis=1)
    starts = int((rows[1:] & ~rows[:-1]).sum())
    assert starts == 90
