"""Conversations on their way out and in: ids of one library become SHA-256 and places in texts, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explorer.catalog import FORGOTTEN, merging, taken_out
from explorer.catalog.records import KeptConversation, KeptMessage
from explorer.transfer.form import (
    ExportedConversation,
    ExportedConversations,
    ExportedMadeFrom,
    ExportedMessage,
    ExportedReading,
    ExportedScope,
    ExportedSpan,
)
from explorer.types import MadeFrom, QuestionReading, SpanRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import apsw

_LISTS = ("tags", "kinds", "folders", "years", "languages")


def conversations_of(con: apsw.Connection, shas: Mapping[str, str]) -> ExportedConversations:
    """Every conversation as an export holds it. `shas`: the SHA-256 of exported documents by their ids."""
    return ExportedConversations(
        conversations=[
            ExportedConversation(
                id=kept.id,
                title=kept.title,
                created=kept.created_at,
                updated=kept.updated_at,
                messages=[_exported(con, message, shas) for message in kept.messages],
            )
            for kept in taken_out.conversations(con)
        ]
    )


def bring_in(con: apsw.Connection, talk: ExportedConversation) -> bool:
    """Put a conversation into the library; False where all of it was there. In the caller's transaction.

    What it cites of documents that are not there is left out. Where a language model was shown one of these,
    its words are left out too, as they are when a document is removed.
    """
    kept = KeptConversation(
        id=talk.id,
        title=talk.title,
        created_at=talk.created,
        updated_at=talk.updated,
        messages=tuple(_kept(con, message) for message in talk.messages),
    )
    return merging.conversation(con, kept)


def _exported(con: apsw.Connection, kept: KeptMessage, shas: Mapping[str, str]) -> ExportedMessage:
    sources = [shas.get(one) for one in kept.sources]
    is_lost = kept.forgotten or (kept.kind in {"model", "composed"} and None in sources)
    return ExportedMessage(
        question=kept.question,
        text=FORGOTTEN if is_lost else kept.text,
        kind=kept.kind,
        state=kept.state,
        found=kept.found and not is_lost,
        error=kept.error,
        model=kept.model,
        scope=None if kept.scope is None else _scope_out(con, kept.scope, shas),
        forgotten=is_lost,
        created=kept.created_at,
        updated=kept.updated_at,
        citations=[_span_out(one, shas) for one in kept.citations],
        hits=[_span_out(one, shas) for one in kept.hits if one.document_id in shas],
        sources=[sha for sha in sources if sha is not None],
        reading=_reading_out(kept.reading, shas, is_lost),
        material=None if is_lost else _material_out(kept.material, shas),
    )


def _span_out(span: SpanRef, shas: Mapping[str, str]) -> ExportedSpan:
    document = shas.get(span.document_id or "")
    return ExportedSpan(
        number=span.number,
        document=document,
        page=span.page,
        start=span.start,
        end=span.end,
        digest=span.digest if document else None,
        score=span.score,
    )


def _reading_out(
    reading: QuestionReading | None, shas: Mapping[str, str], is_lost: bool
) -> ExportedReading | None:
    if reading is None:
        return None
    return ExportedReading(
        kind=reading.kind,
        documents=[shas[one] for one in reading.documents if one in shas],
        periods=list(reading.periods),
        complete="" if is_lost else reading.complete,
        is_chosen=reading.is_chosen,
    )


def _material_out(material: MadeFrom | None, shas: Mapping[str, str]) -> ExportedMadeFrom | None:
    if material is None:
        return None
    return ExportedMadeFrom(
        passages=material.passages,
        documents=material.documents,
        left_out={shas[one]: count for one, count in material.left_out.items() if one in shas},
    )


def _scope_out(con: apsw.Connection, scope: Mapping[str, Any], shas: Mapping[str, str]) -> ExportedScope:
    documents, chunks = scope.get("documents"), scope.get("chunks")
    known = set(shas.values())
    return ExportedScope.model_validate_json(
        ExportedScope.model_construct(
            documents=None if documents is None else [shas[one] for one in documents if one in shas],
            chunks=None
            if chunks is None
            else [place for place in taken_out.chunk_places(con, chunks) if place[0] in known],
            dates=scope.get("dates"),
            **{key: scope.get(key) for key in _LISTS},
        ).model_dump_json(warnings=False)
    )


def _kept(con: apsw.Connection, message: ExportedMessage) -> KeptMessage:
    sources = [merging.document_id_of(con, sha) for sha in message.sources]
    is_lost = message.forgotten or (message.kind in {"model", "composed"} and None in sources)
    return KeptMessage(
        question=message.question,
        text=FORGOTTEN if is_lost else message.text,
        kind=message.kind,
        state="stopped" if message.state == "streaming" else message.state,
        found=message.found and not is_lost,
        error=message.error,
        model=message.model,
        scope=None if message.scope is None else _scope_in(con, message.scope),
        forgotten=is_lost,
        created_at=message.created,
        updated_at=message.updated,
        citations=_spans_in(con, message.citations),
        hits=_spans_in(con, message.hits),
        sources=tuple(one for one in sources if one is not None),
        reading=_reading_in(con, message.reading, is_lost),
        material=None if is_lost else _material_in(con, message.material),
    )


def _spans_in(con: apsw.Connection, spans: Sequence[ExportedSpan]) -> tuple[SpanRef, ...]:
    return tuple(
        SpanRef(
            span.number,
            None if span.document is None else merging.document_id_of(con, span.document),
            span.page,
            span.start,
            span.end,
            span.digest,
            span.score,
        )
        for span in spans
    )


def _reading_in(
    con: apsw.Connection, reading: ExportedReading | None, is_lost: bool
) -> QuestionReading | None:
    if reading is None:
        return None
    ids = (merging.document_id_of(con, sha) for sha in reading.documents)
    return QuestionReading(
        reading.kind,
        tuple(one for one in ids if one is not None),
        tuple(reading.periods),
        "" if is_lost else reading.complete,
        reading.is_chosen,
    )


def _material_in(con: apsw.Connection, material: ExportedMadeFrom | None) -> MadeFrom | None:
    if material is None:
        return None
    ids = {merging.document_id_of(con, sha): count for sha, count in material.left_out.items()}
    return MadeFrom(
        material.passages,
        material.documents,
        {one: count for one, count in ids.items() if one is not None},
    )


def _scope_in(con: apsw.Connection, scope: ExportedScope) -> dict[str, Any]:
    found: dict[str, Any] = {key: getattr(scope, key) for key in _LISTS}
    if scope.documents is not None:
        ids = (merging.document_id_of(con, sha) for sha in scope.documents)
        found["documents"] = [one for one in ids if one is not None]
    if scope.chunks is not None:
        found["chunks"] = [
            chunk
            for sha, start, end in scope.chunks
            if (document := merging.document_id_of(con, sha)) is not None
            and (chunk := merging.chunk_at(con, document, start, end)) is not None
        ]
    if scope.dates is not None:
        found["dates"] = [None if day is None else day.isoformat() for day in scope.dates]
    return {key: value for key, value in found.items() if value is not None}
