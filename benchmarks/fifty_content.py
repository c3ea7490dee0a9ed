"""What goes into the files of `fifty.py`: a report, a ledger and a talk, in the forms that programs open.

Everything is invented. `REPORT`, `LEDGER` and `TALK` say what must come out again, piece by piece.
"""

# ruff: noqa: E501  rows of a table are read more easily whole
from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Piece:
    """Words that stand together, and what they are: "heading", "footnote", "comment" …"""

    what: str
    text: str


TITLE = "Sluices of the northern canals"
PARAGRAPHS = (
    (
        "english",
        "The lock keeper opens the upper gate at six, before the first barges arrive from Otterbury.",
    ),
    ("german", "Die Schleusenwärterin prüft täglich die Höhe des Wasserspiegels über dem Grundmaß."),
    ("polish", "Śluza w Łodzi została zamknięta, ponieważ źródło zasilające kanał wyschło."),
    ("turkish", "Iğdır'daki güneşli kanal şubesi öğleden sonra açılıyor."),
    ("greek", "Ο φύλακας ανοίγει την πύλη πριν από την αυγή."),
    ("russian", "Смотритель шлюза записывает уровень воды каждое утро."),
    ("arabic", "يفتح حارس القناة البوابة العليا عند الفجر"),
    ("hebrew", "שומר התעלה פותח את השער העליון עם שחר"),
    ("chinese", "船闸管理员每天早上六点打开上游的闸门。"),
    ("japanese", "水門の番人は毎朝六時に上の門を開けます。"),
)
BULLETS = ("Grease the winches", "Count the barges", "Close the gate at dusk")
STEPS = ("Raise the paddle", "Wait for the level", "Open the gate")
FOOTNOTE = "The gauge at Millrace was moved four metres downstream in 1987."
ENDNOTE = "See the ledger of the harbour master, volume twelve."
HEADER = "Waterways Office internal circular"
FOOTER = "Printed on recycled paper in Harrowgate"
COMMENT = "Please verify this figure with the harbour master."
DELETED = "obsoletephrase"
INSERTED = "The replacement valve was delivered on Tuesday."
BOX = "Boxed notice about the winter closure"
HIDDEN = "vanishedremark"
TABLE = (
    ("Station", "Winter", "Summer"),
    ("Otterbury", "1,204.50", "987.25"),
    ("Millrace", "(312.00)", "4,455.00"),
    ("Harrowgate", "76.10", "19.75"),
)
MERGED = (("Gauge", "Year 2023"), ("Gauge", "First half", "Second half"), ("Kestrel", "11.5", "12.75"))
"""What each line of a table must say whose cell "Gauge" is two rows high, and "Year 2023" two columns wide."""
LEFT = "The left column tells of the towpath, the willows along it and the men who mended them."
RIGHT = "The right column tells of the reservoir, its dam of clay and the winter when it froze."

REPORT = [
    Piece("heading", TITLE),
    *(Piece(what, text) for what, text in PARAGRAPHS),
    *(Piece("bullet", text) for text in BULLETS),
    *(Piece("step", text) for text in STEPS),
    Piece("footnote", FOOTNOTE),
    Piece("endnote", ENDNOTE),
    Piece("header", HEADER),
    Piece("footer", FOOTER),
    Piece("comment", COMMENT),
    Piece("insertion", INSERTED),
    Piece("text box", BOX),
    Piece("left column", LEFT),
    Piece("right column", RIGHT),
]
REPORT_ROWS = (*TABLE, *MERGED)

LEDGER_ROWS: tuple[tuple[str, ...], ...] = (
    ("Day", "Account", "Code", "Name", "Amount", "Share", "Paid"),
    ("2024-03-05", "4111111111111112", "00123", "Jörg Müller", "1,234.50", "12.5%", "TRUE"),
    ("2024-02-29", "1234567890123451", "00007", "Łucja Wójcik", "-89.90", "7.0%", "FALSE"),
    ("1999-12-31", "999999999999999", "04210", "王小明", "0.05", "80.5%", "TRUE"),
)
LEDGER_NOTE = "Checked against the paper ledger"
HIDDEN_SHEET = "Figures that the board has not seen"
HIDDEN_ROW = "Row kept out of sight"
OTHER_SHEET_ROWS = (("Region", "Quarter", ""), ("North", "Q1", "4,500"), ("North", "Q2", "4,750"))

TALK_TITLES = ("Dredging the upper basin", "Costs of the works", "الميزانية السنوية")
TALK_BULLETS = ("Silt is two metres deep", "Barges wait four hours", "Work begins in October")
TALK_NOTE = "Mention the petition of the anglers here."
TALK_HIDDEN = "Slide that was skipped in the meeting"
TALK_ROWS = (("Item", "Budget", "Spent"), ("Pumps", "12,000", "11,450"), ("Barriers", "3,300", "2,980"))

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = {
    "office": "office:1.0",
    "text": "text:1.0",
    "table": "table:1.0",
    "style": "style:1.0",
    "draw": "drawing:1.0",
    "fo": "xsl-fo-compatible:1.0",
    "svg": "svg-compatible:1.0",
}


def flat_odt() -> str:
    """The report as one OpenDocument file, with everything that a word processor knows."""
    spaces = " ".join(f'xmlns:{prefix}="{_OFFICE}{name}"' for prefix, name in _SPACES.items())
    spaces += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    body = f'<text:h text:outline-level="1">{TITLE}</text:h>'
    for what, text in PARAGRAPHS:
        style = "rtl" if what in ("arabic", "hebrew") else "plain"
        extra = ""
        if what == "english":
            extra = _odt_note("footnote", FOOTNOTE) + _odt_note("endnote", ENDNOTE)
        if what == "german":
            extra = (
                "<office:annotation><dc:creator>Ann</dc:creator>"
                f"<text:p>{COMMENT}</text:p></office:annotation>"
            )
        body += f'<text:p text:style-name="{style}">{escape(text)}{extra}</text:p>'
    body += '<text:p>Before <text:change text:change-id="d1"/>after</text:p>'
    body += f'<text:p><text:change-start text:change-id="i1"/>{INSERTED}<text:change-end text:change-id="i1"/></text:p>'
    body += f'<text:p>Seen <text:span text:style-name="hidden">{HIDDEN}</text:span> again</text:p>'
    body += _odt_list("bullets", BULLETS) + _odt_list("steps", STEPS)
    body += _odt_table() + "<text:p/>" + _odt_merged()
    body += (
        '<text:p><draw:frame draw:style-name="frame" text:anchor-type="paragraph" svg:width="8cm" '
        f'svg:height="2cm"><draw:text-box><text:p>{BOX}</text:p></draw:text-box></draw:frame></text:p>'
    )
    body += (
        '<text:section text:style-name="columns" text:name="two">'
        f"<text:p>{LEFT}</text:p><text:p>{RIGHT}</text:p></text:section>"
    )
    changes = (
        '<text:tracked-changes><text:changed-region text:id="d1"><text:deletion><office:change-info>'
        f"<dc:creator>Ann</dc:creator><dc:date>2024-03-05T00:00:00</dc:date></office:change-info><text:p>{DELETED}</text:p></text:deletion>"
        '</text:changed-region><text:changed-region text:id="i1"><text:insertion><office:change-info>'
        "<dc:creator>Ann</dc:creator><dc:date>2024-03-05T00:00:00</dc:date></office:change-info></text:insertion>"
        "</text:changed-region>"
        "</text:tracked-changes>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.2" '
        f'office:mimetype="application/vnd.oasis.opendocument.text">{_ODT_STYLES}<office:body><office:text>'
        f"{changes}{body}</office:text></office:body></office:document>"
    )


_ODT_STYLES = (
    "<office:automatic-styles>"
    '<style:style style:name="plain" style:family="paragraph"/>'
    '<style:style style:name="rtl" style:family="paragraph"><style:paragraph-properties '
    'style:writing-mode="rl-tb"/></style:style>'
    '<style:style style:name="hidden" style:family="text"><style:text-properties text:display="none"/>'
    "</style:style>"
    '<style:style style:name="frame" style:family="graphic"/>'
    '<style:style style:name="columns" style:family="section"><style:section-properties>'
    '<style:columns fo:column-count="2" fo:column-gap="0.5cm"/></style:section-properties></style:style>'
    '<text:list-style style:name="bullets"><text:list-level-style-bullet text:level="1" '
    'text:bullet-char="•"/></text:list-style>'
    '<text:list-style style:name="steps"><text:list-level-style-number text:level="1" '
    'style:num-format="1" style:num-suffix="."/></text:list-style>'
    '<style:page-layout style:name="page"><style:page-layout-properties fo:page-width="21cm" '
    'fo:page-height="29.7cm" fo:margin="2cm"/><style:header-style/><style:footer-style/>'
    "</style:page-layout></office:automatic-styles>"
    '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="page">'
    f"<style:header><text:p>{HEADER}</text:p></style:header>"
    f"<style:footer><text:p>{FOOTER}</text:p></style:footer></style:master-page></office:master-styles>"
)


def _odt_note(kind: str, text: str) -> str:
    return (
        f'<text:note text:note-class="{kind}"><text:note-citation>1</text:note-citation>'
        f"<text:note-body><text:p>{text}</text:p></text:note-body></text:note>"
    )


def _odt_list(style: str, items: tuple[str, ...]) -> str:
    inner = "".join(f"<text:list-item><text:p>{item}</text:p></text:list-item>" for item in items)
    return f'<text:list text:style-name="{style}">{inner}</text:list>'


def _odt_cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell{attributes}><text:p>{text}</text:p></table:table-cell>"


def _odt_table() -> str:
    rows = ["".join(map(_odt_cell, row)) for row in TABLE]
    head = f"<table:table-header-rows><table:table-row>{rows[0]}</table:table-row></table:table-header-rows>"
    rest = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows[1:])
    columns = '<table:table-column table:number-columns-repeated="3"/>'
    return f'<table:table table:name="levels">{columns}{head}{rest}</table:table>'


def _odt_merged() -> str:
    covered = "<table:covered-table-cell/>"
    high = _odt_cell(MERGED[0][0], ' table:number-rows-spanned="2"')
    wide = _odt_cell(MERGED[0][1], ' table:number-columns-spanned="2"')
    rows = (
        high + wide + covered,
        covered + "".join(map(_odt_cell, MERGED[1][1:])),
        "".join(map(_odt_cell, MERGED[2])),
    )
    inner = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    columns = '<table:table-column table:number-columns-repeated="3"/>'
    return f'<table:table table:name="merged">{columns}{inner}</table:table>'


def page() -> str:
    """The report as a web page, with two columns of text."""
    spoken = "".join(
        f'<p lang="{what[:2]}" dir="{"rtl" if what in ("arabic", "hebrew") else "ltr"}">{escape(text)}</p>'
        for what, text in PARAGRAPHS
    )
    bullets = "".join(f"<li>{item}</li>" for item in BULLETS)
    steps = "".join(f"<li>{item}</li>" for item in STEPS)
    head, *rows = TABLE
    table = "<tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>"
    table += "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    merged = (
        f'<tr><th rowspan="2">{MERGED[0][0]}</th><th colspan="2">{MERGED[0][1]}</th></tr>'
        f"<tr><th>{MERGED[1][1]}</th><th>{MERGED[1][2]}</th></tr>"
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in MERGED[2]) + "</tr>"
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title><style>'
        "body{font-family:'DejaVu Sans','WenQuanYi Zen Hei',sans-serif;font-size:11pt}"
        "table{border-collapse:collapse}td,th{border:1px solid #888;padding:3px}"
        ".two{column-count:2;column-gap:1cm;column-fill:auto;height:3.2cm}.two p{break-after:column}"
        f"</style></head><body><h1>{TITLE}</h1>{spoken}<ul>{bullets}</ul><ol>{steps}</ol>"
        f"<table>{table}</table><p></p><table>{merged}</table>"
        f'<div class="two"><p>{LEFT}</p><p>{RIGHT}</p></div></body></html>'
    )


def markdown() -> str:
    """The report in Pandoc's Markdown."""
    spoken = [text for _, text in PARAGRAPHS]
    spoken[0] += "[^1]"
    table = ["| " + " | ".join(row) + " |" for row in TABLE]
    table.insert(1, "|---|--:|--:|")
    blocks = [
        f"# {TITLE}",
        *spoken,
        "\n".join(f"- {item}" for item in BULLETS),
        "\n".join(f"{number}. {item}" for number, item in enumerate(STEPS, 1)),
        "\n".join(table),
        f"[^1]: {FOOTNOTE}",
    ]
    return "\n\n".join(blocks) + "\n"


def typst() -> str:
    """The report in Typst's own language."""
    spoken = "\n\n".join(text for _, text in PARAGRAPHS)
    cells = ", ".join(f"[{cell}]" for row in TABLE for cell in row)
    merged = f"table.cell(rowspan: 2)[{MERGED[0][0]}], table.cell(colspan: 2)[{MERGED[0][1]}], " + ", ".join(
        f"[{cell}]" for cell in (*MERGED[1][1:], *MERGED[2])
    )
    bullets = "\n".join(f"- {item}" for item in BULLETS)
    steps = "\n".join(f"+ {item}" for item in STEPS)
    return (
        f"#set page(header: [{HEADER}], footer: [{FOOTER}])\n"
        '#set text(font: ("DejaVu Sans", "WenQuanYi Zen Hei"))\n'
        f"= {TITLE}\n\n{spoken.replace('.', f'.#footnote[{FOOTNOTE}]', 1)}\n\n{bullets}\n\n{steps}\n\n"
        f"#table(columns: 3, {cells})\n\n#table(columns: 3, {merged})\n\n"
        f"#columns(2)[{LEFT}\n#colbreak()\n{RIGHT}]\n"
    )


def troff() -> str:
    """The English of the report with its table, for groff with tbl and the macros ms."""
    rows = "\n".join("\t".join(row) for row in TABLE)
    items = "\n".join(f'.IP "\\(bu" 2\n{item}' for item in BULLETS)
    return (
        f".TL\n{TITLE}\n.PP\n{PARAGRAPHS[0][1]}\n{items}\n.PP\n.TS\nallbox;\nl r r.\n{rows}\n.TE\n"
        f".2C\n.PP\n{LEFT}\n.PP\n{RIGHT}\n"
    )
