"""The folders that documents came from, as they are on the disk: a tree to limit the list by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

import streamlit as st

from explorer.search import folder_of
from explorer.types import Document
from ui.wording import distinct, figure

KEY = "documents_folder"
"""Session: the folder that the list is limited to."""
EVERYWHERE, DROPPED = "", "dropped"
_INDENT = "\u2003"


@dataclass(frozen=True, slots=True)
class Branch:
    """A folder of the tree."""

    path: str
    depth: int
    label: str
    """Its name, with those above it where nothing else is in them."""
    documents: int
    """How many documents are in it and below."""


def tree(documents: Sequence[Document]) -> list[Branch]:
    """The folders of all documents that came from a path, each below the one that holds it.

    Folders that hold one folder and nothing else stand in its line: "home/you/papers".
    """
    own = Counter(folder for document in documents if (folder := folder_of(document)) is not None)
    below: dict[PurePath, set[PurePath]] = {}
    total: Counter[PurePath] = Counter()
    for folder, number in own.items():
        chain = [folder, *folder.parents]
        for path in chain:
            total[path] += number
        for path, outer in pairwise(chain):
            below.setdefault(outer, set()).add(path)
    roots = sorted(path for path in total if path.parent == path)
    found: list[Branch] = []
    waiting = [(root, 0, root) for root in reversed(roots)]
    while waiting:
        path, depth, first = waiting.pop()
        inner = sorted(below.get(path, set()), key=lambda each: each.name.casefold())
        if (len(inner) == 1 or path.parent == path) and not own[path]:
            waiting += [(each, depth, first) for each in reversed(inner)]
            continue
        label = str(path if first.parent == first else path.relative_to(first.parent))
        found.append(Branch(str(path), depth, label, total[path]))
        waiting += [(each, depth + 1, each) for each in reversed(inner)]
    return found


def choose(documents: Sequence[Document]) -> str:
    """Draws the choice of a folder; returns it. Nothing is drawn where there is nothing to choose."""
    branches = tree(documents)
    dropped = sum(document.source is None for document in documents)
    if len(branches) + bool(dropped) < 2:
        return EVERYWHERE
    labels = {EVERYWHERE: "All folders", **_labels(branches)}
    if dropped:
        labels[DROPPED] = f"Dropped here · {figure(dropped)}"
    if st.session_state.get(KEY) not in labels:
        st.session_state[KEY] = EVERYWHERE
    return str(
        st.selectbox(
            "Folder",
            list(labels),
            format_func=lambda path: labels.get(path, path),
            key=KEY,
            label_visibility="collapsed",
            width=280,
        )
    )


def _labels(branches: Sequence[Branch]) -> dict[str, str]:
    """What the folders are called in the list, by their paths; of equal names each stands with what is above
    it."""
    by_path = {each.path: each for each in branches}

    def said(path: str, label: str) -> str:
        return f"{_INDENT * by_path[path].depth}{label} · {figure(by_path[path].documents)}"

    return distinct(
        by_path,
        lambda path: said(path, by_path[path].label),
        lambda path: said(path, f"{by_path[path].label} ({PurePath(path).parent.name})"),
        lambda path: said(path, path),
    )


def within(documents: Sequence[Document], chosen: str) -> list[Document]:
    """The documents of a folder and of those below it."""
    if chosen == EVERYWHERE:
        return list(documents)
    if chosen == DROPPED:
        return [document for document in documents if document.source is None]
    folder = PurePath(chosen)
    return [
        document
        for document in documents
        if (own := folder_of(document)) is not None and (own == folder or folder in own.parents)
    ]


def name(chosen: str) -> str:
    """What a chosen folder is called."""
    return "Dropped here" if chosen == DROPPED else PurePath(chosen).name or chosen
