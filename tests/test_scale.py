"""One document of 5,000 pages: read, listed, found and drawn. `benchmarks/scale.py` has the times."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.many import long_pdf, notes
from explorer import Library

PAGES = 5_000
HERON = "The heron nests in the bell tower of the old customs house."


@pytest.mark.slow
def test_five_thousand_pages(tmp_path: Path) -> None:
    wanted = PAGES - 1
    long_pdf(tmp_path / "long.pdf", PAGES, marked={wanted: HERON})
    with Library(tmp_path / "library") as library:
        seen: list[int] = []
        (outcome,) = library.add(
            tmp_path / "long.pdf",
            on_progress=lambda now: seen.extend(one.done for one in now.activity.current),
        )
        assert outcome.document is not None, outcome.error
        (document,) = library.documents()
        assert document.pages == PAGES == len(library.pages(document.id))
        assert document.chunks >= PAGES
        assert len(set(seen)) > 5, "its progress is told"
        for mode in ("hybrid", "keyword"):
            hit = library.search("Where does the heron nest?", 1, mode)[0]
            assert (hit.passage.page, hit.document.id) == (wanted, document.id), mode
        page = library.pages(document.id)[wanted - 1]
        assert HERON in library.span(document.id, page.start, page.end)
        image = library.page_image(document.id, wanted, hit.passage.start, hit.passage.end)
        assert image.boxes
        library.remove(document.id)
        assert library.counts().chunks == 0


def test_no_two_notes_are_alike() -> None:
    made = list(notes(500))
    assert len({text for _, text in made}) == len({name for name, _ in made}) == 500
