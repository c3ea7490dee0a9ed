"""How what a library gives is shown to other programs: with places, and links into the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from explorer.integrations.results import DocumentResult, FoundPassage, TextPlace
from explorer.types import Document, Hit

if TYPE_CHECKING:
    from explorer.library import Library


class PlacesInApp:
    """Of one library. `app` is the address at which the app runs, for links."""

    def __init__(self, library: Library, app: str = "http://localhost:8501") -> None:
        self._library = library
        self._app = app.rstrip("/")

    def passage(self, hit: Hit, *, with_boxes: bool = False) -> FoundPassage:
        """A hit as a passage; `with_boxes` also says where it stands on the page's image."""
        passage = hit.passage
        place = self.place(hit.document.id, passage.page, passage.start, passage.end, with_boxes=with_boxes)
        return FoundPassage(
            rank=hit.rank,
            score=round(hit.score, 4),
            text=passage.text,
            headings=hit.chunk.headings,
            place=place,
            row=hit.row,
        )

    def place(
        self, document_id: str, page: int, start: int, end: int, *, with_boxes: bool = False
    ) -> TextPlace:
        """`text[start:end]` of a document. Raises NotFound."""
        boxes = self._library.boxes(document_id, page, start, end) if with_boxes else ()
        name = self._library.document(document_id).name
        return TextPlace(
            document=document_id,
            name=name,
            page=page,
            start=start,
            end=end,
            link=self.link(document_id, page, start, end),
            boxes=boxes,
        )

    def link(self, document_id: str, page: int = 1, start: int = 0, end: int = 0) -> str:
        """The address that opens a page in the app, with `text[start:end]` marked."""
        values = {"document": document_id, "page": str(page)}
        if end > start:
            values["span"] = f"{start}-{end}"
        return f"{self._app}/?{urlencode(values)}"

    def metadata(self, hit: Hit) -> dict[str, Any]:
        """A hit's place as frameworks keep it beside its text: plain values by their names."""
        passage = hit.passage
        return {
            "document": hit.document.id,
            "source": hit.document.name,
            "title": hit.document.title,
            "page": passage.page,
            "start": passage.start,
            "end": passage.end,
            "headings": list(hit.chunk.headings),
            "score": hit.score,
            "link": self.link(hit.document.id, passage.page, passage.start, passage.end),
        }

    def document(self, one: Document) -> DocumentResult:
        """A document as other programs see it."""
        return DocumentResult(
            id=one.id,
            name=one.name,
            kind=one.kind,
            pages=one.pages,
            title=one.title,
            author=one.author,
            language=one.language,
            date=one.date.isoformat() if one.date else None,
            added=one.added_at.isoformat(),
            tags=one.tags,
            link=self.link(one.id),
            warnings=one.warnings,
            description=self._library.descriptions().get(one.id),
        )
