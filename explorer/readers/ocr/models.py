"""The files of the models: those of the package, or those in a folder that a person names.

Nothing is fetched: a file that is missing is an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from explorer.errors import ReadError

DETECTION, RECOGNITION = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
"""The files in rapidocr's own folder."""


@dataclass(frozen=True, slots=True)
class Files:
    """The models to use."""

    detection: Path
    """It finds lines."""
    recognition: Path
    """It reads them."""
    dictionary: Path | None = None
    """The characters it knows, one a line; None where the model itself names them."""


def files(folder: str | None) -> Files:
    """The models in a folder; None stands for those of the package.

    A folder has one model with "rec" in its name, may have one with "det" (else the package's own finds the
    lines: they look alike in all scripts), and one list of characters (.txt) if the model names none. Raises
    ReadError where that is not so.
    """
    own = bundled()
    if not folder:
        return own
    names = listing(folder)
    recognition = _one(folder, names, "rec", ".onnx")
    if recognition is None:
        raise unfit(folder, 'no model in it has "rec" in its name and ends in .onnx')
    detection = _one(folder, names, "det", ".onnx")
    return Files(detection or own.detection, recognition, _one(folder, names, "", ".txt"))


def bundled() -> Files:
    """The models of the package. Raises ReadError where they are missing."""
    spec = find_spec("rapidocr")
    if spec is None or not spec.origin:
        raise ReadError("The models of OCR are missing: install the app again.")
    place = Path(spec.origin).parent / "models"
    found = Files(place / DETECTION, place / RECOGNITION)
    if not (found.detection.is_file() and found.recognition.is_file()):
        raise ReadError("The models of OCR are missing: install the app again.")
    return found


def listing(folder: str) -> list[Path]:
    """The files in a folder, by name. Raises ReadError where it is none."""
    try:
        return sorted(each for each in Path(folder).expanduser().iterdir() if each.is_file())
    except OSError:
        raise unfit(folder, "there is no such folder that can be read") from None


def unfit(folder: str, why: str) -> ReadError:
    """The error about models that cannot be used."""
    return ReadError(
        f"The models of OCR in {folder} cannot be used: {why}. docs/reading.md says what belongs there; "
        "without a folder in Settings under Reading, the app's own models are used."
    )


def _one(folder: str, names: list[Path], part: str, ending: str) -> Path | None:
    """The file with `part` in its name; None without one. Raises ReadError for several."""
    found = [each for each in names if part in each.stem.lower() and each.suffix.lower() == ending]
    if len(found) > 1:
        several = " and ".join(each.name for each in found[:2])
        raise unfit(folder, f"it is not clear which is meant, {several}")
    return found[0] if found else None
