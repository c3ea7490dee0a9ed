"""How often a picture model finds the original of an altered picture first, beside a grey thumbnail.

    python benchmarks/pictures.py [MODEL ...]

90 pictures: six pages of each of the filings, and pictures and first pages of the files in `zoo`. Each is
altered as pictures are on their way through the world: cut at its sides, turned a little, made smaller,
brighter or darker, and saved as a JPEG of low quality, in three ways. All are opened as the library opens
pictures. MODEL is as in Settings (default: thin-resnet-50, the extra `images`).
"""

from __future__ import annotations

import io
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from measuring import mean_of_means
from PIL import Image, ImageEnhance

from explorer.arrays import Pixels, Vectors
from explorer.embedding.pictures import embedders
from explorer.errors import ReadError
from explorer.readers.process.pool import ReaderPool

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
WANTED = 90
OF_EACH_FILING = 6
WIDTH = 800
SIDE = 16
"""Pixels of a side of the grey thumbnail."""
BATCH = 8
WAYS = 3


def main(names: Sequence[str]) -> None:
    """Print a line for each model and one for the thumbnail."""
    with ReaderPool(2) as pool:
        files = list(pictures(pool))
        originals = opened(pool, [data for _, data in files])
        altered = [
            opened(pool, [alter(data, number + way * len(files)) for number, (_, data) in enumerate(files)])
            for way in range(WAYS)
        ]
    sources = [source for source, _ in files]
    print(f"{len(files)} pictures of {len(set(sources))} files")
    told("grey thumbnail", thumbnails, originals, altered, sources)
    for name in names or ["thin-resnet-50"]:
        model = embedders.load(name)
        model.encode(originals[:1])  # what is done once
        told(name, model.encode, originals, altered, sources)


def pictures(pool: ReaderPool) -> Iterator[tuple[str, bytes]]:
    """(name of its file, the picture as PNG), the filings' pages first."""
    left = WANTED
    for path in sorted((DATA / "financebench").rglob("*.pdf")):
        drawn: list[bytes] = []
        for page in (1, 4, 9, 16, 25, 36, 2, 3, 5, 6, 7, 8):
            if len(drawn) < OF_EACH_FILING and left > 0:
                drawn += page_of(pool, path, page)
        left -= len(drawn)
        yield from ((path.name, data) for data in drawn)
    endings = (".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".webp", ".bmp", ".pdf")
    for path in sorted(path for path in (DATA / "zoo").rglob("*") if path.suffix.lower() in endings):
        for data in page_of(pool, path, 1) if left > 0 else []:
            left -= 1
            yield path.name, data


def page_of(pool: ReaderPool, path: Path, page: int) -> list[bytes]:
    """A page as PNG; nothing where there is none, it cannot be drawn, or it is of one colour."""
    try:
        png = pool.render(path, path.name, page, (), WIDTH).png
    except ReadError:
        return []
    with Image.open(io.BytesIO(png)) as image:
        return [] if image.convert("RGB").resize((64, 64)).getcolors(1) else [png]


def alter(data: bytes, number: int) -> bytes:
    """Another version of a picture, always the same for the same number."""
    chance = random.Random(number)
    with Image.open(io.BytesIO(data)) as opened_image:
        image = opened_image.convert("RGB")
    image = image.rotate(chance.uniform(-4, 4), Image.Resampling.BICUBIC, fillcolor="white")
    wide, high = image.size
    cut = [chance.uniform(0.02, 0.14) for _ in range(4)]
    image = image.crop(
        (int(wide * cut[0]), int(high * cut[1]), int(wide * (1 - cut[2])), int(high * (1 - cut[3])))
    )
    share = chance.uniform(0.3, 0.8)
    image = image.resize((max(int(image.width * share), 1), max(int(image.height * share), 1)))
    image = ImageEnhance.Brightness(image).enhance(chance.uniform(0.7, 1.25))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=chance.randrange(20, 60))
    return out.getvalue()


def opened(pool: ReaderPool, files: Sequence[bytes]) -> list[Pixels]:
    found = [
        each for start in range(0, len(files), BATCH) for each in pool.pixels(files[start : start + BATCH])
    ]
    return [each for each in found if each is not None]


def thumbnails(given: Sequence[Pixels]) -> Vectors:
    """Grey values of a very small picture, less their mean, each row of length 1."""
    small = [Image.fromarray(each).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX) for each in given]
    rows = np.stack([np.asarray(each, np.float32).ravel() for each in small])
    rows -= rows.mean(axis=1, keepdims=True)
    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return unit


def told(
    name: str,
    encode: Callable[[Sequence[Pixels]], Vectors],
    originals: Sequence[Pixels],
    altered: Sequence[Sequence[Pixels]],
    sources: Sequence[str],
) -> None:
    """Print how often the original is found first, and a page of the same file nearest, and how fast."""
    begun = time.process_time()
    known = batched(encode, originals)
    seconds = time.process_time() - begun
    right = [(batched(encode, one) @ known.T).argmax(1) == np.arange(len(originals)) for one in altered]
    first = np.mean(right, axis=0).tolist()
    own = known @ known.T
    np.fill_diagonal(own, -np.inf)
    several = [row for row, source in enumerate(sources) if sources.count(source) > 1]
    beside = [float(sources[int(own[row].argmax())] == sources[row]) for row in several]
    found, near = mean_of_means([first]), float(np.mean(beside))
    print(
        f"{name}: the original first {found.value:.2f} ({found.low:.2f} to {found.high:.2f}), nearest from "
        f"the same file {near:.2f}, {len(originals) / max(seconds, 1e-9):.0f} pictures a second of processor"
    )


def batched(encode: Callable[[Sequence[Pixels]], Vectors], given: Sequence[Pixels]) -> Vectors:
    return np.concatenate([encode(given[start : start + BATCH]) for start in range(0, len(given), BATCH)])


if __name__ == "__main__":
    main(sys.argv[1:])
