"""Small Office files, made from XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

P = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
S = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
O = " ".join(  # noqa: E741
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "drawing", "presentation", "meta", "style")
).replace("xmlns:drawing", "xmlns:draw")
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip of these members, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def relations(targets: Mapping[str, tuple[str, str]]) -> str:
    """A part's relations: id → (kind, target); a target with "://" is outside."""
    lines = "".join(
        f'<Relationship Id="{key}" Type="{_RELATION}/{kind}" Target="{target}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if '://' in target else ''}/>"
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_RELATIONS}">{lines}</Relationships>'


def xlsx(
    sheets: Mapping[str, str],
    *,
    shared: tuple[str, ...] = (),
    styles: str = "",
    parts: Mapping[str, str] | None = None,
    states: Mapping[str, str] | None = None,
    book: str = "",
) -> bytes:
    """A workbook: name of a sheet → what stands in its `worksheet` element."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations({"r1": ("officeDocument", "xl/workbook.xml")}),
    }
    listed, targets = "", {"s": ("sharedStrings", "sharedStrings.xml"), "t": ("styles", "styles.xml")}
    for index, (name, xml) in enumerate(sheets.items(), start=1):
        state = f' state="{(states or {})[name]}"' if name in (states or {}) else ""
        listed += f'<sheet name="{name}" sheetId="{index}" r:id="rId{index}"{state}/>'
        targets[f"rId{index}"] = ("worksheet", f"worksheets/sheet{index}.xml")
        members[f"xl/worksheets/sheet{index}.xml"] = f"<worksheet {S}>{xml}</worksheet>"
    members["xl/workbook.xml"] = f"<workbook {S}>{book}<sheets>{listed}</sheets></workbook>"
    members["xl/_rels/workbook.xml.rels"] = relations(targets)
    texts = "".join(f"<si><t>{text}</t></si>" for text in shared)
    members["xl/sharedStrings.xml"] = f"<sst {S}>{texts}</sst>"
    members["xl/styles.xml"] = f"<styleSheet {S}>{styles}</styleSheet>"
    return zipped({**members, **(parts or {})})


def rows(*lines: tuple[object, ...]) -> str:
    """Rows of a sheet from row 1 on: text, numbers, None for an empty cell, or XML that begins with "<"."""
    out = ""
    for number, line in enumerate(lines, start=1):
        cells = ""
        for column, held in enumerate(line):
            place = f'r="{chr(65 + column)}{number}"'
            if isinstance(held, str) and held.startswith("<"):
                cells += held.replace("<c", f"<c {place}", 1)
            elif isinstance(held, str):
                cells += f'<c {place} t="inlineStr"><is><t>{held}</t></is></c>'
            elif held is not None:
                cells += f"<c {place}><v>{held}</v></c>"
        out += f'<row r="{number}">{cells}</row>'
    return f"<sheetData>{out}</sheetData>"


def shape(text: str, kind: str = "", top: int = 0) -> str:
    """A shape of a slide; `kind`: what it is a placeholder for ("title")."""
    place = f"<p:nvPr>{f'<p:ph type={chr(34)}{kind}{chr(34)}/>' if kind else ''}</p:nvPr>"
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"/><p:cNvSpPr/>{place}</p:nvSpPr><p:spPr><a:xfrm>'
        f'<a:off x="0" y="{top}"/><a:ext cx="9" cy="9"/></a:xfrm></p:spPr>'
        f"<p:txBody><a:bodyPr/>{lines}</p:txBody></p:sp>"
    )


def pptx(
    *slides: str, notes: Mapping[int, str] | None = None, hidden: tuple[int, ...] = (), links: str = ""
) -> bytes:
    """A presentation: what stands on each slide; notes by the slide's number (from 1)."""
    types, listed = "", ""
    members: dict[str, str | bytes] = {"[Content_Types].xml": ""}
    targets = {}
    for number, xml in enumerate(slides, start=1):
        show = ' show="0"' if number in hidden else ""
        members[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {P}{show}><p:cSld><p:spTree>{xml}</p:spTree></p:cSld></p:sld>"
        )
        types += _override(f"/ppt/slides/slide{number}.xml", "presentationml.slide+xml")
        own: dict[str, tuple[str, str]] = {"out": ("image", links)} if links else {}
        if number in (notes or {}):
            own["n"] = ("notesSlide", f"../notesSlides/notesSlide{number}.xml")
            members[f"ppt/notesSlides/notesSlide{number}.xml"] = (
                f"<p:notes {P}><p:cSld><p:spTree>{shape((notes or {})[number], 'body')}</p:spTree></p:cSld>"
                "</p:notes>"
            )
            types += _override(f"/ppt/notesSlides/notesSlide{number}.xml", "presentationml.notesSlide+xml")
        members[f"ppt/slides/_rels/slide{number}.xml.rels"] = relations(own)
        targets[f"rId{number}"] = ("slide", f"slides/slide{number}.xml")
        listed += f'<p:sldId id="{255 + number}" r:id="rId{number}"/>'
    members["ppt/presentation.xml"] = (
        f"<p:presentation {P}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>"
    )
    members["ppt/_rels/presentation.xml.rels"] = relations(targets)
    members["_rels/.rels"] = relations({"r1": ("officeDocument", "ppt/presentation.xml")})
    types += _override("/ppt/presentation.xml", "presentationml.presentation.main+xml")
    members["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" '
        f'ContentType="application/xml"/>{types}</Types>'
    )
    return zipped(members)


def opendocument(kind: str, body: str, *, meta: str = "", head: str = "") -> bytes:
    """An OpenDocument file of a kind ("text", "spreadsheet", "presentation"); `head` precedes the root."""
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": (
                f"{head}<office:document-content {O}><office:body><office:{kind}>{body}</office:{kind}>"
                "</office:body></office:document-content>"
            ),
            "meta.xml": (
                f'<office:document-meta {O} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>{meta}'
                "</office:meta></office:document-meta>"
            ),
        }
    )


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="{part}" ContentType="{_CONTENT}.{kind}"/>'
