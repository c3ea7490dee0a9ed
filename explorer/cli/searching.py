"""The command `search`: the best passages, why each was found, and where a known one stands."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from explorer.cli import output
from explorer.cli.arguments import library_of, named, scope_of
from explorer.cli.terminal import counted, plain

if TYPE_CHECKING:
    from explorer.library import Library
    from explorer.search import Amount, Retrieved, Standing


def search(options: argparse.Namespace) -> int:
    """Print the best passages."""
    with library_of(options) as library:
        found = library.find(
            options.query,
            options.k,
            options.mode,
            scope_of(options, library),
            exact=options.exact,
            mend=not options.as_typed,
        )
        standing = _standing(options, library) if options.where else None
    if options.json:
        output.as_json(
            {
                "query": options.query,
                "searched": found.searched,
                "mode": options.mode,
                "notices": found.notices,
                "extent": asdict(found.extent),
                "hits": [asdict(hit) for hit in found.hits],
                **({"standing": asdict(standing)} if standing else {}),
            }
        )
        return 0
    for notice in found.notices:
        print(plain(notice))
    if options.explain:
        _what_was_searched(found, options)
    for hit in found.hits:
        output.hit(hit, _shares(hit.signals) if options.explain else "")
    if not found.hits:
        print("Nothing found. Try other words, or a wider scope.")
    if standing:
        _where(standing)
    return 0


def _standing(options: argparse.Namespace, library: Library) -> Standing:
    name, page = options.where
    (document,) = named([name], library.documents(), "in this library")
    return library.explain(
        options.query,
        document.id,
        page,
        options.mode,
        scope_of(options, library),
        k=options.k,
        exact=options.exact,
        mend=not options.as_typed,
    )


def _what_was_searched(found: Retrieved, options: argparse.Namespace) -> None:
    extent, how = found.extent, "exact words" if options.exact else options.mode
    print(f"Searched for “{plain(found.searched)}” ({how}) in {_amount(extent.searched)}.")
    for amount, by in ((extent.outside, "the scope"), (extent.filtered, "filters in the query")):
        if amount.passages:
            print(f"Left out by {by}: {_amount(amount)}.")
    print()


def _amount(amount: Amount) -> str:
    said = counted(amount.passages, "passage")
    return f"{said} of {counted(amount.documents, 'document')}" if amount.documents else said


def _shares(signals: Mapping[str, float]) -> str:
    """ "meaning 60%, words 26%": what each signal gave, the most first; those that gave nothing left out."""
    ordered = sorted(signals.items(), key=lambda one: -one[1])
    return ", ".join(f"{name} {share:.0%}" for name, share in ordered if share >= 0.005)


def _where(standing: Standing) -> None:
    place = f"{plain(standing.document.name)}, page {standing.page:,}"
    if standing.hit is None:
        print(f"{place} is not among the hits. {plain(standing.left_out)}")
        return
    of = counted(standing.among, "passage")
    print(f"{place} stands at rank {standing.rank:,} of {of}.")
    if standing.lacking:
        print(f"It does not hold: {', '.join(map(plain, standing.lacking))}.")
    print("Right before it, and itself:" if standing.before else "Itself:")
    for hit in (*standing.before, standing.hit):
        output.hit(hit, _shares(hit.signals))
