"""How long it takes to find that a year stands nowhere in the documents that a question names.

    python benchmarks/years.py                5,000 documents of 20,000 characters, one company's and many's
    python benchmarks/years.py 500 400000     500 of 400,000

The documents are slices of synthetic annual reports with as many figures and dates as real ones; nothing is
embedded, since nothing of this is compared by meaning.
"""

from __future__ import annotations

import hashlib
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from explorer.catalog import Catalog, NewChunk, NewDocument
from explorer.chat.support import other_years
from explorer.questions import DocumentNames, understand
from tests.catalog.making import PageOf

YEAR = 2031


def report(draw: random.Random, length: int) -> str:
    """Text with a date or a figure in most sentences, none of them of `YEAR`."""
    said: list[str] = []
    size = 0
    while size < length:
        year = draw.randint(2015, 2023)
        amount = f"{draw.randint(1, 99)},{draw.randint(100, 999)}"
        said.append(
            f"For the year ended December 31, {year}, sales of the segment were ${amount} million, which is "
            "what management had expected when it decided upon the prices of the season before. "
        )
        size += len(said[-1])
    return "".join(said)[:length]


def fill(folder: Path, number: int, length: int) -> Catalog:
    """A catalogue of reports, each second one of one company."""
    draw = random.Random(1)
    catalog = Catalog(folder)
    generation = catalog.generations.ensure_live({"test": 1}, "none", 2, "float32")
    texts = [report(draw, length) for _ in range(20)]
    for one in range(number):
        company = "ACME" if one % 2 else f"COMPANY{one}"
        key = hashlib.sha256(f"{one}".encode()).digest()
        new = NewDocument(
            sha256=key.hex(),
            name=f"{company}_{2015 + one % 9}_{one:06}.pdf",
            size=length,
            kind="pdf",
            language="en",
            pages=[PageOf(1, texts[one % len(texts)])],
            chunks=[NewChunk(0, 500, 1, 1, key, (), name_terms=company.lower(), body_terms="sales")],
        )
        catalog.embeddings.put(generation.model.id, [key], [[1.0, 0.0]])
        catalog.arrivals.store(new, generation.id)
    return catalog


def main() -> None:
    number, length = (int(one) for one in [*sys.argv[1:], 5_000, 20_000][:2])
    with tempfile.TemporaryDirectory() as folder, fill(Path(folder), number, length) as catalog:
        print(f"{number} documents of {length} characters")
        begun = time.process_time()
        names = DocumentNames(catalog.documents.list())
        for asked in (f"What were COMPANY4's sales in {YEAR}?", f"What were ACME's sales in {YEAR}?"):
            question = understand(asked, None, names)
            understood, begun = time.process_time() - begun, time.process_time()
            reason = other_years(question, catalog.documents.text)
            took, begun = time.process_time() - begun, time.process_time()
            told = "refused" if reason else "left open"
            print(
                f"{asked} {len(question.named)} documents named: understood in {understood:.2f} s, "
                f"{told} in {took:.2f} s"
            )


if __name__ == "__main__":
    main()
