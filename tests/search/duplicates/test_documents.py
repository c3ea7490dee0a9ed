"""Documents that are nearly the same: found without comparing all with all, and kept current."""

from __future__ import annotations

import random
from pathlib import Path

from explorer.search.duplicates.documents import SAME
from explorer.search.retriever import Retriever
from tests.small_library import PAGES, RealEncoder, fill, id_of

TEXT = PAGES["bread.md"][0]
LEASE = PAGES["lease.txt"][0]


def test_versions_are_found_and_what_differs_is_not(tmp_path: Path) -> None:
    texts = {
        "bread.txt": (TEXT,),
        "bread 2.txt": (TEXT.replace("forty", "fifty"),),
        "bread 3.txt": (f"{TEXT} Enjoy.",),
        "half.txt": (TEXT[: len(TEXT) // 2],),
        "lease.txt": (LEASE,),
        "lease copy.txt": (f"{LEASE} Signed.",),
        "short.txt": ("Signed.",),
        "short too.txt": ("Signed.",),
    }
    with fill(tmp_path, texts) as catalog:
        retriever = Retriever(catalog, RealEncoder(catalog))
        bread, lease = retriever.alike()
        assert [one.name for one in bread.documents] == ["bread.txt", "bread 2.txt", "bread 3.txt"]
        assert [one.name for one in lease.documents] == ["lease.txt", "lease copy.txt"]
        assert SAME <= bread.share < 1
        assert retriever.alike() == [bread, lease]
        catalog.documents.remove([id_of(catalog, "lease copy.txt")])
        assert [one.documents for one in retriever.alike()] == [bread.documents]
        catalog.documents.remove([one.id for one in bread.documents])
        assert retriever.alike() == []


def test_no_pair_is_missed_among_many(tmp_path: Path) -> None:
    words = random.Random(4)
    texts = {}
    for number in range(60):
        own = [f"w{words.randrange(10_000)}x" for _ in range(80)]
        texts[f"{number} a.txt"] = (" ".join(own),)
        texts[f"{number} b.txt"] = (" ".join([*own[:-3], "other", "words", "here"]),)
    with fill(tmp_path, texts) as catalog:
        found = Retriever(catalog, RealEncoder(catalog)).alike()
        names = sorted(sorted(one.name for one in group.documents) for group in found)
        assert names == sorted([f"{number} a.txt", f"{number} b.txt"] for number in range(60))


def test_a_library_of_one_document_or_none_has_no_others(tmp_path: Path) -> None:
    with fill(tmp_path, {"bread.txt": (TEXT,)}) as catalog:
        retriever = Retriever(catalog, RealEncoder(catalog))
        assert retriever.alike() == []
        catalog.documents.remove([id_of(catalog, "bread.txt")])
        assert retriever.alike() == []
