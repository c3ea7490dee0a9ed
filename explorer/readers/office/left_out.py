"""What an Office file holds beside its text that is not read: macros, embedded objects. Warnings say so."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from explorer.errors import ReadError
from explorer.readers.ole import container
from explorer.readers.package import Package
from explorer.readers.reading import Source

_OBJECTS = frozenset(["oleObject", "package"])
_EMBEDDED = re.compile(r"(?:\./)?Obj[^/]*/content\.xml")
"""What OpenDocument keeps of a formula, a chart or a sheet within a text."""
_SCRIPT = re.compile(r"Basic/[^/]+/(?!script-l|dialog-l)[^/]+\.xml|Scripts/.*[^/]")
"""A module of macros in OpenDocument; lists of the libraries, which may be empty, are none."""
_MACROS = "Its macros were not read."
_MOST_PARTS = 5_000
_OLD = frozenset(["doc", "ppt", "xls"])
_POOLS = frozenset(["objectpool"])
_MACRO_STORAGES = frozenset(["macros", "_vba_project_cur"])


def of(source: Source, kind: str) -> list[str]:
    """The warnings about a "pptx", "odt", "odp", "doc", "ppt" or "xls"; none about others."""
    if kind in ("pptx", "odt", "odp"):
        with Package(source) as package:
            return list(of_package(package)) if kind == "pptx" else of_scripts(package.names)
    return list(of_container(source)) if kind in _OLD else []


def of_package(package: Package) -> Iterator[str]:
    """The warnings about a file of Office Open XML, one sentence each.

    The workbook behind a chart does not count: its figures are read with the chart.
    """
    found: set[str] = set()
    parts = sorted(name for name in package.names if name.endswith(".rels") and "/charts/" not in name)
    for name in parts[:_MOST_PARTS]:
        part = name.replace("_rels/", "").removesuffix(".rels")
        try:
            related = package.relations(part).values()
        except ReadError:  # its own reader tells of a part that is damaged
            continue
        found |= {target for kind, target in related if kind in _OBJECTS}
    macros = any(name.lower().endswith("vbaproject.bin") for name in package.names)
    yield from of_objects(len(found), has_macros=macros)


def of_container(source: Source) -> Iterator[str]:
    """The warnings about an old Office file: a container of streams."""
    import olefile

    held = source.path if source.content is None else io.BytesIO(source.content)
    try:
        with olefile.OleFileIO(held) as opened:
            entries = [[step.lower() for step in each] for each in opened.listdir()]
    except container.DAMAGE:
        return
    pools = {each[1] for each in entries if len(each) > 2 and each[0] in _POOLS}
    sheets = {each[0] for each in entries if len(each) > 1 and each[0].startswith("mbd")}
    macros = any(each[0] in _MACRO_STORAGES for each in entries)
    yield from of_objects(len(pools | sheets), has_macros=macros)


def embedded_parts(names: frozenset[str]) -> int:
    """How many objects stand within an OpenDocument file, by the names of its parts."""
    return sum(_EMBEDDED.fullmatch(name) is not None for name in names)


def of_old_objects(count: int) -> list[str]:
    """The warning about this many boxes, buttons and pictures of a workbook of Excel 5 or 95."""
    if not count:
        return []
    what = "text box or picture was" if count == 1 else "text boxes or pictures were"
    return [f"{count:,} {what} not read, as the workbook is one of Excel 5."]


def of_scripts(names: frozenset[str]) -> list[str]:
    """The warning about macros in an OpenDocument file, by the names of its parts."""
    return [_MACROS] if any(_SCRIPT.fullmatch(name) for name in names) else []


def of_embedded(count: int) -> list[str]:
    """The warning about this many objects within an OpenDocument file, whose content is not read."""
    if not count:
        return []
    what = (
        "object (a formula, a chart or a sheet) was"
        if count == 1
        else "objects (formulas, charts or sheets) were"
    )
    return [f"{count:,} embedded {what} not read."]


def of_objects(count: int, *, has_macros: bool) -> Iterator[str]:
    """The warnings about this many embedded objects, and about macros, where a file has any."""
    if has_macros:
        yield _MACROS
    if count:
        what = "object (a file, a formula) was" if count == 1 else "objects (files, formulas) were"
        yield f"{count:,} embedded {what} not read."
