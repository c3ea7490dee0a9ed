"""What a PDF page paints, in its order, with as few calls as may be: a page may have ten thousand objects.

PDFium's functions are called by prototypes of our own, without pypdfium2's conversion of handles: this is
asked of every page of every PDF, and must not be noticed beside reading its text.
"""

from __future__ import annotations

import ctypes
import mmap
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

from pypdfium2 import raw

from explorer.readers.pdf.pdfium import quick

Edges = tuple[float, float, float, float]
"""Left, bottom, right and top in the page's own space."""

MOST_LISTED = 20_000
"""Of one page, among which pictures are looked for."""
MOST_OBJECTS = 1_000
FIRST_OBJECTS, LAST_OBJECTS = 60, 120
"""Of a page with more objects only so many are looked at, where covers are put: under it all, or on top."""
_LEAST_SIDE = 3.0
"""Points; what is thinner covers no text, as the rules of a table do not."""
_DEEPEST = 4
_LEVEL = 0.5
"""Points from end to end that a level line may rise."""
MOST_OF_TABLES = 2_500
"""Of a page with more objects those in the middle are not asked whether they are the rules of a table."""
MOST_RULES = 3_000
"""Rules and frames of a page; of one with more, a drawing, none is kept."""
_SAMPLED = 9
_OF_RECTANGLE = (4, 5)
"""Points of a rectangle's path."""
_MOST_POINTS = 400
"""Of a path that draws a whole table; a longer one is a drawing."""
_PICTURE_SHARE = 0.5
"""Pictures on more of the page than this are the page itself, scanned, with its text below them."""

_handle, _int = ctypes.c_void_p, ctypes.c_int


_object = ctypes.PYFUNCTYPE(_handle)(ctypes.cast(raw.FPDFPage_GetObject, _handle).value or 0)
"""Takes a handle (c_void_p) and a number. Without types of arguments a call takes two thirds of the time."""
_inner_object = quick(raw.FPDFFormObj_GetObject, _handle, _handle, ctypes.c_ulong)
_inner_count = quick(raw.FPDFFormObj_CountObjects, _int, _handle)
_type = quick(raw.FPDFPageObj_GetType, _int, _handle)
_bounds = quick(raw.FPDFPageObj_GetBounds, _int, _handle, *([_handle] * 4))
_draw_mode = quick(raw.FPDFPath_GetDrawMode, _int, _handle, _handle, _handle)
_matrix = quick(raw.FPDFPageObj_GetMatrix, _int, _handle, _handle)
_clip = quick(raw.FPDFPageObj_GetClipPath, _handle, _handle)
_clip_count = quick(raw.FPDFClipPath_CountPaths, _int, _handle)
_segment_count = quick(raw.FPDFClipPath_CountPathSegments, _int, _handle, _int)
_segment = quick(raw.FPDFClipPath_GetPathSegment, _handle, _handle, _int, _int)
_point = quick(raw.FPDFPathSegment_GetPoint, _int, _handle, _handle, _handle)
_mark_count = quick(raw.FPDFPageObj_CountMarks, _int, _handle)
_mark = quick(raw.FPDFPageObj_GetMark, _handle, _handle, ctypes.c_ulong)
_mark_name = quick(raw.FPDFPageObjMark_GetName, _int, _handle, _handle, ctypes.c_ulong, _handle)
_path_length = quick(raw.FPDFPath_CountSegments, _int, _handle)
_path_segment = quick(raw.FPDFPath_GetPathSegment, _handle, _handle, _int)
_path_type = quick(raw.FPDFPathSegment_GetType, _int, _handle)
_path_closes = quick(raw.FPDFPathSegment_GetClose, _int, _handle)
_text_object = quick(raw.FPDFText_GetTextObject, _handle, _handle, _int)
activate = quick(raw.FPDFPageObj_SetIsActive, _int, _handle, _int)
"""Whether an object (an address) is drawn."""

_FLOATS = [ctypes.c_float() for _ in range(4)]
_PLACES = [ctypes.addressof(each) for each in _FLOATS]
_FILL, _STROKE = ctypes.c_int(), ctypes.c_int()
_FILL_AT, _STROKE_AT = ctypes.addressof(_FILL), ctypes.addressof(_STROKE)
_FORM_MATRIX = raw.FS_MATRIX()
_SHOWN = raw.FS_RECTF()
_NAME = ctypes.create_string_buffer(16)
_NAME_LENGTH = ctypes.c_ulong()
_OPTIONAL = "OC\0".encode("utf-16-le")
_NO_TEXT = re.compile(rb"[^\x01]")
_IMAGE_OR_FORM = re.compile(rb"[\x03\x05]")
"""PDFium's numbers of the types of objects."""


def address(handle: Any) -> int:
    """The address behind a handle of pypdfium2."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def text_object(text: int, index: int) -> int:
    """The address of the object that paints a character of the page's text (an address); 0 for none."""
    return _text_object(text, index) or 0


@dataclass(frozen=True, slots=True)
class Cover:
    """A filled shape or a picture, and its place in the order of painting."""

    order: int
    edges: Edges


@dataclass(frozen=True, slots=True)
class Painted:
    """The covers of a page in the order of painting, and each object's place in that order, by its address.

    `within_forms`: the addresses of those that stand in a form, not on the page itself. `rules`: lines, thin
    shapes and the sides of frames that may be those of tables; `fills`: rectangles that are only filled.
    """

    covers: tuple[Cover, ...]
    orders: dict[int, int]
    within_forms: frozenset[int]
    rules: tuple[Edges, ...] = ()
    fills: tuple[Edges, ...] = ()

    def order(self, each: int) -> int:
        """The place of an object; of one that was not looked at, behind the first."""
        return self.orders.get(each, FIRST_OBJECTS)


class PageObjects:
    """The objects of a page (a handle) by their numbers, from 0: asked for once, since they are thousands."""

    def __init__(self, page: Any) -> None:
        self._handle = ctypes.c_void_p(address(page))
        self.count = raw.FPDFPage_CountObjects(page)
        self._first = list(map(_object, repeat(self._handle), range(min(self.count, MOST_LISTED))))
        self.types = bytes(map(_type, self._first))
        """The types of the first `MOST_LISTED`."""

    def at(self, numbers: range) -> tuple[list[int], bytes]:
        """The addresses and the types of objects that follow each other, or of every so many."""
        if numbers.stop > len(self._first):
            objects = list(map(_object, repeat(self._handle), numbers))
            return objects, bytes(map(_type, objects))
        span = slice(numbers.start, numbers.stop, numbers.step)
        return self._first[span], self.types[span]


def painted(page: Any, held: PageObjects, *, whole: bool) -> Painted:
    """What a page (a handle) paints. `whole`: all of it, however many objects it has."""
    count = held.count
    numbers: list[int] = []
    objects: list[int] = []
    types = b""
    for span in _looked_at(count, whole):
        more, kinds = held.at(span)
        objects, types, numbers = [*objects, *more], types + kinds, [*numbers, *span]
    others = [at for at, kind in enumerate(types) if kind != raw.FPDF_PAGEOBJ_TEXT]
    walk = _Walk()
    for at in others:
        walk.add(numbers[at], objects[at], types[at], ())
    if len(numbers) < count <= MOST_OF_TABLES:
        walk.middle(held, range(FIRST_OBJECTS, count - LAST_OBJECTS))
    rules = tuple(walk.rules) if len(walk.rules) <= MOST_RULES else ()
    fills = tuple(walk.fills) if len(walk.fills) <= MOST_RULES else ()
    if not (walk.covers or walk.pictures or walk.inner or whole):
        return Painted((), {}, frozenset(), rules, fills)
    page_size = raw.FPDF_GetPageWidthF(page) * raw.FPDF_GetPageHeightF(page)
    covers = walk.covers
    if sum(map(_area, (each.edges for each in walk.pictures))) <= _PICTURE_SHARE * page_size:
        covers = sorted((*covers, *walk.pictures), key=lambda cover: cover.order)
    orders = {} if not covers and not whole else dict(zip(objects, numbers, strict=True))
    return Painted(tuple(covers), {**orders, **walk.inner}, frozenset(walk.inner), rules, fills)


def drawn(held: PageObjects, *, shapes: bool) -> Iterator[tuple[int, Edges]]:
    """The type and the edges of the first images of a page, in forms too.

    `shapes`: and those of its paths and shadings.
    """
    left = MOST_LISTED - len(held.types)
    for found in (_NO_TEXT if shapes else _IMAGE_OR_FORM).finditer(held.types):
        (first,), _ = held.at(range(found.start(), found.start() + 1))
        stack: list[tuple[int, tuple[Any, ...]]] = [(first, ())]
        while stack:
            each, matrices = stack.pop()
            kind = _type(each)
            if kind != raw.FPDF_PAGEOBJ_FORM:
                is_asked = kind == raw.FPDF_PAGEOBJ_IMAGE or (shapes and kind != raw.FPDF_PAGEOBJ_TEXT)
                if is_asked and (edges := _edges(each, matrices)):
                    yield kind, edges
            elif len(matrices) < _DEEPEST and _matrix(each, ctypes.addressof(_FORM_MATRIX)):
                own = tuple(getattr(_FORM_MATRIX, name) for name in "abcdef")
                count = min(max(_inner_count(each), 0), left)
                left -= count
                stack += [(_inner_object(each, at), (own, *matrices)) for at in range(count - 1, -1, -1)]


def page_edges(page: Any) -> Edges:
    """The part of a page (a handle) that is shown, in the page's own space."""
    if raw.FPDF_GetPageBoundingBox(page, _SHOWN):
        return _SHOWN.left, _SHOWN.bottom, _SHOWN.right, _SHOWN.top
    return 0.0, 0.0, raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)


def _looked_at(count: int, whole: bool) -> tuple[range, ...]:
    """The numbers of the objects that are looked at where covers are put."""
    if whole or count <= MOST_OBJECTS:
        return (range(count),)
    return range(FIRST_OBJECTS), range(count - LAST_OBJECTS, count)


class _Walk:
    """Collects what covers, with what forms hold in the place of the form."""

    def __init__(self) -> None:
        self.covers: list[Cover] = []
        self.pictures: list[Cover] = []
        self.inner: dict[int, int] = {}
        self.rules: list[Edges] = []
        self.fills: list[Edges] = []
        self._left = MOST_OBJECTS

    def add(self, order: int, each: int, kind: int, matrices: tuple[Any, ...]) -> None:
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            return
        if kind == raw.FPDF_PAGEOBJ_FORM:
            self._form(order, each, matrices)
            return
        is_path = kind == raw.FPDF_PAGEOBJ_PATH
        edges = self.rule(each, matrices) if is_path else _edges(each, matrices)
        if is_path and _FILL.value == raw.FPDF_FILLMODE_NONE:
            return
        if edges and min(edges[2] - edges[0], edges[3] - edges[1]) >= _LEAST_SIDE:
            (self.pictures if kind == raw.FPDF_PAGEOBJ_IMAGE else self.covers).append(Cover(order, edges))

    def middle(self, held: PageObjects, numbers: range) -> None:
        """Keeps the rules among many objects, if some that are looked at first are paths at all."""
        if raw.FPDF_PAGEOBJ_PATH not in held.at(numbers[::_SAMPLED])[1]:
            return
        for each, kind in zip(*held.at(numbers), strict=True):
            if kind == raw.FPDF_PAGEOBJ_PATH:
                self.rule(each, ())

    def rule(self, each: int, matrices: tuple[Any, ...]) -> Edges | None:
        """Keeps a path (an address) that may be a rule or a frame. Returns its edges; None for no paint."""
        if not _draw_mode(each, _FILL_AT, _STROKE_AT):
            _FILL.value = raw.FPDF_FILLMODE_NONE
            return None
        is_filled = _FILL.value != raw.FPDF_FILLMODE_NONE
        if not is_filled and not _STROKE.value:
            return None
        edges = _edges(each, matrices)
        if edges is None or len(self.rules) > MOST_RULES:
            return edges
        if min(edges[2] - edges[0], edges[3] - edges[1]) < _LEAST_SIDE:
            self.rules.append(edges)
            return edges
        length = _path_length(each)
        if _STROKE.value and length <= _MOST_POINTS:
            self.rules += _level_lines(each, length, matrices)
        elif length in _OF_RECTANGLE and len(self.fills) <= MOST_RULES:
            self.fills.append(edges)
        return edges

    def _form(self, order: int, form: int, matrices: tuple[Any, ...]) -> None:
        if len(matrices) >= _DEEPEST or not _matrix(form, ctypes.addressof(_FORM_MATRIX)):
            return
        own = tuple(getattr(_FORM_MATRIX, name) for name in "abcdef")
        for number in range(min(max(_inner_count(form), 0), self._left)):
            self._left -= 1
            inner = _inner_object(form, number)
            self.inner[inner] = order
            self.add(order, inner, _type(inner), (own, *matrices))


def _level_lines(path: int, length: int, matrices: tuple[Any, ...]) -> Iterator[Edges]:
    """The lines of a path (an address) that run level or straight down, as shapes without width."""
    if not _matrix(path, ctypes.addressof(_FORM_MATRIX)):
        return
    own = tuple(getattr(_FORM_MATRIX, name) for name in "abcdef")
    x = y = first_x = first_y = 0.0
    for number in range(length):
        segment = _path_segment(path, number)
        kind = _path_type(segment)
        if not _point(segment, _PLACES[0], _PLACES[1]):
            return
        to_x, to_y = _FLOATS[0].value, _FLOATS[1].value
        lines = [(x, y, to_x, to_y)] if kind == raw.FPDF_SEGMENT_LINETO else []
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first_x, first_y = to_x, to_y
        if _path_closes(segment):
            lines.append((to_x, to_y, first_x, first_y))
        for line in lines:
            edges = _through(line, (own, *matrices))
            if min(edges[2] - edges[0], edges[3] - edges[1]) < _LEVEL:
                yield edges
        x, y = to_x, to_y


def _edges(each: int, matrices: tuple[Any, ...]) -> Edges | None:
    if not _bounds(each, *_PLACES):
        return None
    left, bottom, right, top = (held.value for held in _FLOATS)
    return _through((left, bottom, right, top), matrices) if matrices else (left, bottom, right, top)


def _through(edges: Edges, matrices: tuple[Any, ...]) -> Edges:
    """Edges as they stand on the page, with the smaller one of two opposite ones first."""
    left, right = min(edges[0], edges[2]), max(edges[0], edges[2])
    bottom, top = min(edges[1], edges[3]), max(edges[1], edges[3])
    for a, b, c, d, e, f in matrices:
        corners = [(a * x + c * y + e, b * x + d * y + f) for x in (left, right) for y in (bottom, top)]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        bottom, top = min(y for _, y in corners), max(y for _, y in corners)
    return left, bottom, right, top


def _area(edges: Edges) -> float:
    return max(edges[2] - edges[0], 0.0) * max(edges[3] - edges[1], 0.0)


def clip(each: int) -> Edges | None:
    """What an object (an address) is clipped to at most; None where it is not clipped."""
    path = _clip(each)
    count = _clip_count(path) if path else 0
    if count <= 0:
        return None
    left, bottom, right, top = -1e9, -1e9, 1e9, 1e9
    for number in range(count):
        xs, ys = [], []
        for index in range(_segment_count(path, number)):
            if _point(_segment(path, number, index), _PLACES[0], _PLACES[1]):
                xs.append(_FLOATS[0].value)
                ys.append(_FLOATS[1].value)
        if xs:
            left, right = max(left, min(xs)), min(right, max(xs))
            bottom, top = max(bottom, min(ys)), min(top, max(ys))
    return left, bottom, right, top


def is_optional(each: int) -> bool:
    """Whether an object (an address) is marked as a part of a layer."""
    for number in range(max(_mark_count(each), 0)):
        found = _mark(each, number)
        if (
            _mark_name(found, ctypes.addressof(_NAME), len(_NAME), ctypes.addressof(_NAME_LENGTH))
            and _NAME.raw[: _NAME_LENGTH.value] == _OPTIONAL
        ):
            return True
    return False


_LAYERS = b"/OCProperties"
_PACKED = b"/ObjStm"
_LONGEST_HEAD = 500


def has_layers(path: Path) -> bool:
    """Whether a PDF may have layers (optional content): its catalogue says so, plain or packed."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        if held.find(_LAYERS) >= 0:
            return True
        is_protected = held.find(b"/Encrypt") >= 0
        return any(is_protected or _packs_layers(held, start) for start in _object_streams(held))


def _object_streams(held: mmap.mmap) -> Iterator[int]:
    """Where the bytes of the streams begin that objects are packed in."""
    at = held.find(_PACKED)
    while at >= 0:
        begin = held.find(b"stream", at, at + _LONGEST_HEAD)
        if begin >= 0:
            start = begin + len(b"stream")
            yield start + (2 if held[start : start + 2] == b"\r\n" else 1)
        at = held.find(_PACKED, at + len(_PACKED))


def _packs_layers(held: mmap.mmap, start: int) -> bool:
    unpacked = zlib.decompressobj()
    before = b""
    for block in _blocks(held, start):
        try:
            data = before + unpacked.decompress(block, 1 << 24)
        except zlib.error:
            return False
        if _LAYERS in data:
            return True
        if unpacked.eof:
            return False
        before = data[-len(_LAYERS) :]
    return False


def _blocks(held: mmap.mmap, start: int) -> Iterator[bytes]:
    for first in range(start, len(held), 1 << 16):
        yield held[first : first + (1 << 16)]
