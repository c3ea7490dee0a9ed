"""What an old PowerPoint file says about its slides: notes, comments, running headers and footers.

docling-rs reads what stands on slides alone. The records are those of Microsoft's documentation of the
format, [MS-PPT].
"""

from __future__ import annotations

from collections.abc import Iterator

from explorer.readers.ole.ppt_records import Record, container_of, record_of, records

_TEXTBOX, _WIDE_TEXT, _NARROW_TEXT, _STRING = 61453, 4000, 4008, 4026
_FIELDS = frozenset([4056, 4087, 4088, 4089, 4090])
"""Page number, day, header and footer within a text, where a star stands for them."""
_TAGS, _COMMENT, _RUNNING, _RUNNING_FLAGS = 5003, 12000, 4057, 4058
_HAS_HEADER, _HAS_FOOTER = 16, 32
_NOTES_HEAD, _MACROS_HEAD = 1009, 1024
_DRAWING = (1036, 61442, 61443, 61444, _TEXTBOX)
"""The containers around the text of a shape, from the slide inwards."""
_SLIDE, _TEXT_KIND, _OTHER_TEXT = 1006, 3999, 4
_DEEPEST = 40


def noted_slide(stream: bytes, notes: Record) -> int:
    """The number by which the slide of a page of notes is known; -1 where it names none."""
    head = next(
        (each for each in records(stream, notes.start + 8, notes.end) if each.kind == _NOTES_HEAD), None
    )
    return -1 if head is None else int.from_bytes(stream[head.start + 8 : head.start + 12], "little")


def notes_text(stream: bytes, notes: Record) -> str:
    """What is written on a page of notes, its paragraphs on lines, without page numbers and the like."""
    boxes = (each for each in _below(stream, notes) if each.kind == _TEXTBOX)
    return "\n".join(text for box in boxes if (text := _text_of(stream, box)))


def comments(stream: bytes, slide: Record) -> Iterator[str]:
    """The comments on a slide, each behind who wrote it."""
    for each in _below(stream, slide):
        if each.kind == _COMMENT:
            held = dict(_strings(stream, each))
            author, text = (" ".join(held.get(number, "").split()) for number in (0, 1))
            if text:
                yield f"Comment by {author}: {text}" if author else f"Comment: {text}"


def running(stream: bytes, holder: Record) -> Iterator[str]:
    """The headers and footers that a document or a slide states, where they are shown."""
    for each in records(stream, holder.start + 8, holder.end):
        if each.kind != _RUNNING:
            continue
        flags = next(
            (at.start for at in records(stream, each.start + 8, each.end) if at.kind == _RUNNING_FLAGS), None
        )
        shown = 0 if flags is None else int.from_bytes(stream[flags + 10 : flags + 12], "little")
        for number, text in _strings(stream, each):
            if (number == 1 and shown & _HAS_HEADER) or (number == 2 and shown & _HAS_FOOTER):
                yield " ".join(text.split())


def has_macros(stream: bytes, document: Record) -> bool:
    """Whether a document says that it has macros."""
    return any(
        each.kind == _MACROS_HEAD and any(stream[each.start + 12 : each.start + 16])
        for each in _below(stream, document)
    )


def as_slide(remarks: list[str]) -> bytes:
    """A slide that holds nothing but these texts."""
    *outer, shape, box = _DRAWING
    held = b""
    for text in remarks:
        words = text.replace("\n", "\r").encode("utf-16-le", "replace")
        atoms = record_of(_TEXT_KIND, _OTHER_TEXT.to_bytes(4, "little")) + record_of(_WIDE_TEXT, words)
        held += container_of(shape, container_of(box, atoms))
    for kind in reversed([_SLIDE, *outer]):
        held = container_of(kind, held)
    return held


def _below(stream: bytes, container: Record) -> Iterator[Record]:
    """All records below one, in their order. There is no recursion."""
    stack = [records(stream, container.start + 8, container.end)]
    while stack:
        each = next(stack[-1], None)
        if each is None:
            stack.pop()
            continue
        yield each
        if (each.is_container or each.kind == _TAGS) and len(stack) < _DEEPEST:
            stack.append(records(stream, each.start + 8, each.end))


def _text_of(stream: bytes, box: Record) -> str:
    """The words of a text box; "" for a field alone."""
    held = list(records(stream, box.start + 8, box.end))
    texts = []
    for each in held:
        content = stream[each.start + 8 : each.end]
        if each.kind == _WIDE_TEXT:
            texts.append(content.decode("utf-16-le", "replace"))
        elif each.kind == _NARROW_TEXT:
            texts.append(content.decode("latin-1"))
    text = "".join(texts).replace("\r", "\n").replace("\x0b", "\n").strip()
    return "" if text == "*" and any(each.kind in _FIELDS for each in held) else text


def _strings(stream: bytes, container: Record) -> Iterator[tuple[int, str]]:
    """(what it is for, the string) of each string in a container."""
    for each in records(stream, container.start + 8, container.end):
        if each.kind == _STRING:
            yield each.instance, stream[each.start + 8 : each.end].decode("utf-16-le", "replace")
