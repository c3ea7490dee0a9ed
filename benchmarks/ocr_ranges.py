"""Between which numbers the values lie that go into the products of the model that reads lines.

    python benchmarks/ocr_ranges.py FILE.pdf …      writes explorer/readers/ocr/int8_ranges.py

Lines of print of up to 3 pages of each file are read by the exact model at both widths that OCR uses, also
light on dark, faint and blurred, since the range must hold for what comes. Needs OpenVINO.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import cv2  # noqa: E402
import numpy as np  # noqa: E402
import pypdfium2  # noqa: E402

from explorer.processor import quiet_openvino  # noqa: E402
from explorer.readers.ocr import finding, int8, letters, models  # noqa: E402
from explorer.readers.pdf import by_ocr  # noqa: E402

PAGES, LINES = 3, 12
ODD = 0.5
"""So many of a hundred lines may go beyond the range: one stain would make all steps coarse."""
TARGET = ROOT / "explorer" / "readers" / "ocr" / "int8_ranges.py"
HEAD = '''"""Made by benchmarks/ocr_ranges.py: see there."""

from __future__ import annotations

MODEL = "{model}"
"""The file of the model, as rapidocr names it."""
RANGES = {{
{rows}
}}
"""(least, greatest) value that goes into each product, by the name of its node."""
'''


def pictures(files: list[Path]) -> list[np.ndarray]:
    choose = random.Random(1)
    found = []
    for file in files:
        try:
            document = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as refused:
            print(f"{file.name} is left out: {refused}")
            continue
        for index in choose.sample(range(len(document)), min(PAGES, len(document))):
            page = by_ocr._pixels(document, index)
            if page is None:
                continue
            crops = [letters.cut(page, corners) for corners in finding.find(page, models.files(""))]
            crops = [crop for crop in crops if crop.size]
            for crop in choose.sample(crops, min(LINES, len(crops))):
                seen = choose.choice(
                    (crop, crop, crop, 255 - crop, crop // 2 + 127, cv2.GaussianBlur(crop, (3, 3), 0))
                )
                found += [letters.prepared(seen, 1.0), letters.prepared(seen, letters.NARROW)]
    return found


def main() -> None:
    files = [Path(name) for name in sys.argv[1:]]
    openvino = quiet_openvino()
    op, core = openvino.opset13, openvino.Core()
    path = models.files("").recognition
    model = core.read_model(str(path))
    nodes = list(int8.products(model))
    ends = []
    for reduce in (op.reduce_min, op.reduce_max):
        for node in nodes:
            value = node.input(0).get_source_output()
            axes = op.constant(np.arange(len(value.get_partial_shape())))
            ends.append(op.result(reduce(value, axes)))
    compiled = core.compile_model(
        openvino.Model(ends, model.get_parameters(), "ends"), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    request = compiled.create_infer_request()
    seen = []
    for picture in pictures(files):
        request.infer({0: picture})
        seen.append([float(request.get_output_tensor(i).data) for i in range(len(ends))])
    table = np.array(seen)
    least = np.percentile(table[:, : len(nodes)], ODD, axis=0)
    greatest = np.percentile(table[:, len(nodes) :], 100 - ODD, axis=0)
    rows = "\n".join(
        f'    "{node.get_friendly_name()}": ({low:.4g}, {high:.4g}),'
        for node, low, high in zip(nodes, least, greatest, strict=True)
    )
    TARGET.write_text(HEAD.format(model=path.name, rows=rows), encoding="utf-8")
    print(f"{len(nodes)} ranges from {len(seen)} pictures of lines")


if __name__ == "__main__":
    main()
