"""How a question was understood and what its answer was made from, as the table `message` keeps them.

Both are JSON with numbers and ids, and the words of questions; they hold no word of a document.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import apsw

from explorer.catalog.columns import dumps
from explorer.types import MadeFrom, QuestionReading, SentenceCheck, SpanRef


def reading_json(reading: QuestionReading | None) -> str | None:
    """A reading as its column keeps it."""
    if reading is None:
        return None
    return dumps(
        {
            "kind": reading.kind,
            "documents": list(reading.documents),
            "periods": list(reading.periods),
            "complete": reading.complete,
            "is_chosen": reading.is_chosen,
            "is_written": reading.is_written,
        }
    )


def material_json(material: MadeFrom | None) -> str | None:
    """What an answer was made from, as its column keeps it."""
    if material is None:
        return None
    return dumps(
        {
            "passages": material.passages,
            "documents": material.documents,
            "left_out": dict(material.left_out),
        }
    )


def checks_json(checks: Sequence[SentenceCheck]) -> str:
    """The checks of an answer's sentences: numbers, verdicts and places."""
    return dumps(
        [
            [
                one.start,
                one.end,
                one.verdict,
                round(one.score, 3),
                [[span.number, span.document_id, span.page, span.start, span.end] for span in one.spans],
            ]
            for one in checks
        ]
    )


def reading_of(column: str | None) -> QuestionReading | None:
    """The reading that a column keeps. Raises ValueError, TypeError or LookupError where it is damaged."""
    if column is None:
        return None
    kept = json.loads(column)
    return QuestionReading(
        kept["kind"],
        tuple(kept["documents"]),
        tuple(kept["periods"]),
        kept["complete"],
        bool(kept["is_chosen"]),
        bool(kept.get("is_written")),  # not kept by earlier versions
    )


def material_of(column: str | None) -> MadeFrom | None:
    """The material that a column keeps. Raises ValueError, TypeError or LookupError where it is damaged."""
    if column is None:
        return None
    kept = json.loads(column)
    if "passages" not in kept:  # only checks were kept
        return None
    return MadeFrom(kept["passages"], kept["documents"], dict(kept["left_out"]))


def checks_of(column: str | None) -> tuple[SentenceCheck, ...] | None:
    """The checks that the column `material` keeps; None where none were made. Raises as `material_of`."""
    kept = None if column is None else json.loads(column).get("checks")
    if kept is None:
        return None
    return tuple(
        SentenceCheck(start, end, verdict, score, tuple(SpanRef(*span) for span in spans))
        for start, end, verdict, score, spans in kept
    )


def forget(con: apsw.Connection, document_id: str) -> None:
    """Take a document out of all readings and materials. Of answers that are forgotten, what they were made
    from goes, and a completed question, which may hold words of an earlier answer. In the caller's
    transaction."""
    con.execute(
        "UPDATE message SET reading = json_set(reading, '$.documents', json((SELECT json_group_array(value)"
        " FROM json_each(reading, '$.documents') WHERE value <> ?1)))"
        " WHERE EXISTS (SELECT 1 FROM json_each(reading, '$.documents') WHERE value = ?1)",
        (document_id,),
    )
    con.execute(
        "UPDATE message SET material = json_remove(material, ?1) WHERE json_type(material, ?1) IS NOT NULL",
        (f'$.left_out."{document_id}"',),
    )
    con.execute(
        "UPDATE message SET material = NULL, reading = json_set(reading, '$.complete', '')"
        " WHERE forgotten AND (material IS NOT NULL OR reading ->> 'complete' <> '')"
    )
