"""Files that libraries of Python write: each function gives one file's bytes. Runs in a peer's environment."""

# ruff: noqa: E501  rows of a table are read more easily whole
from __future__ import annotations

import datetime as dt
import io
import mailbox
import tempfile
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import fifty_content as content

DAYS = (dt.date(2024, 3, 5), dt.date(2024, 2, 29), dt.date(1999, 12, 31))
AMOUNTS = (1234.5, -89.9, 0.05)
SHARES = (0.125, 0.07, 0.805)
PAID = (True, False, True)
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def xlsx_by_openpyxl() -> bytes:
    """The ledger, with a comment, a hidden sheet, a hidden row and merged cells."""
    import openpyxl
    from openpyxl.comments import Comment

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Ledger"
    sheet.append(content.LEDGER_ROWS[0])
    for row, day, amount, share, paid in zip(
        content.LEDGER_ROWS[1:], DAYS, AMOUNTS, SHARES, PAID, strict=True
    ):
        sheet.append([day, int(row[1]) if len(row[1]) < 16 else row[1], row[2], row[3], amount, share, paid])
    for number in range(2, 5):
        sheet.cell(number, 5).number_format = "#,##0.00"
        sheet.cell(number, 6).number_format = "0.0%"
        sheet.cell(number, 1).number_format = "dd/mm/yyyy"
    sheet.append([content.HIDDEN_ROW])
    sheet.row_dimensions[5].hidden = True
    sheet["E2"].comment = Comment(content.LEDGER_NOTE, "Ann")
    sheet.oddHeader.center.text = content.HEADER
    other = book.create_sheet("Regions")
    for row in content.OTHER_SHEET_ROWS:
        other.append([_number(cell) for cell in row])
    other["C2"].number_format = other["C3"].number_format = "#,##0"
    other.merge_cells("A2:A3")
    hidden = book.create_sheet("Board")
    hidden.append([content.HIDDEN_SHEET])
    hidden.sheet_state = "hidden"
    return _saved(book.save)


def _number(cell: str) -> Any:
    return int(cell.replace(",", "")) if cell[:1].isdigit() else cell


def xlsx_by_xlsxwriter() -> bytes:
    """The ledger with formulas whose values are stored, a note, a text box and a chart."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Ledger")
    day, money = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "#,##0.00"})
    share = book.add_format({"num_format": "0.0%"})
    sheet.write_row(0, 0, content.LEDGER_ROWS[0])
    for number, row in enumerate(content.LEDGER_ROWS[1:], 1):
        sheet.write_datetime(number, 0, dt.datetime.combine(DAYS[number - 1], dt.time()), day)
        for column in (1, 2, 3):
            sheet.write_string(number, column, row[column])
        sheet.write_formula(number, 4, f"=1*{AMOUNTS[number - 1]}", money, AMOUNTS[number - 1])
        sheet.write_number(number, 5, SHARES[number - 1], share)
        sheet.write_boolean(number, 6, PAID[number - 1])
    sheet.write_comment("E2", content.LEDGER_NOTE)
    sheet.insert_textbox("A8", content.BOX)
    hidden = book.add_worksheet("Board")
    hidden.write(0, 0, content.HIDDEN_SHEET)
    hidden.hide()
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "=Ledger!$D$2:$D$4", "values": "=Ledger!$E$2:$E$4"})
    chart.set_title({"name": "Amounts of the ledger"})
    sheet.insert_chart("I2", chart)
    book.close()
    return out.getvalue()


def xls_by_xlwt() -> bytes:
    """The ledger as Excel 97 wrote it, with merged cells and a hidden sheet."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Ledger")
    day, money = xlwt.easyxf(num_format_str="DD.MM.YYYY"), xlwt.easyxf(num_format_str="#,##0.00")
    share = xlwt.easyxf(num_format_str="0.0%")
    for column, name in enumerate(content.LEDGER_ROWS[0]):
        sheet.write(0, column, name)
    for number, row in enumerate(content.LEDGER_ROWS[1:], 1):
        sheet.write(number, 0, DAYS[number - 1], day)
        for column in (1, 2, 3):
            sheet.write(number, column, row[column])
        sheet.write(number, 4, AMOUNTS[number - 1], money)
        sheet.write(number, 5, SHARES[number - 1], share)
        sheet.write(number, 6, PAID[number - 1])
    other = book.add_sheet("Regions")
    for number, row in enumerate(content.OTHER_SHEET_ROWS):
        for column, cell in enumerate(row):
            if cell and not (number == 2 and column == 0):
                other.write(number, column, _number(cell), xlwt.easyxf(num_format_str="#,##0"))
    other.merge(1, 2, 0, 0)
    hidden = book.add_sheet("Board")
    hidden.write(0, 0, content.HIDDEN_SHEET)
    hidden.visibility = 1
    return _saved(book.save)


def docx_by_python_docx() -> bytes:
    """The report with header, footer, comment, tracked changes and a merged table."""
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    document.add_heading(content.TITLE, 1)
    for what, text in content.PARAGRAPHS:
        paragraph = document.add_paragraph(text)
        if what == "german":
            document.add_comment(paragraph.runs[0], content.COMMENT, "Ann", "A")
    changed = document.add_paragraph("Before ")._p
    by = 'w:author="Ann" w:date="2024-03-05T00:00:00Z"'
    changed.append(
        parse_xml(
            f'<w:del {nsdecls("w")} w:id="91" {by}><w:r><w:delText>{content.DELETED}</w:delText></w:r></w:del>'
        )
    )
    changed.append(
        parse_xml(f'<w:ins {nsdecls("w")} w:id="92" {by}><w:r><w:t>{content.INSERTED}</w:t></w:r></w:ins>')
    )
    for item in content.BULLETS:
        document.add_paragraph(item, style="List Bullet")
    for item in content.STEPS:
        document.add_paragraph(item, style="List Number")
    table = document.add_table(0, 3)
    for row in content.TABLE:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph()
    merged = document.add_table(3, 3)
    merged.cell(0, 0).merge(merged.cell(1, 0)).text = content.MERGED[0][0]
    merged.cell(0, 1).merge(merged.cell(0, 2)).text = content.MERGED[0][1]
    for place, text in (((1, 1), content.MERGED[1][1]), ((1, 2), content.MERGED[1][2])):
        merged.cell(*place).text = text
    for column, text in enumerate(content.MERGED[2]):
        merged.cell(2, column).text = text
    document.sections[0].header.paragraphs[0].text = content.HEADER
    document.sections[0].footer.paragraphs[0].text = content.FOOTER
    return _saved(document.save)


def pptx_by_python_pptx() -> bytes:
    """The talk: a list, a table and a chart, notes, a group, a hidden slide."""
    import pptx
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    show = pptx.Presentation()
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text = content.TALK_TITLES[0]
    first.placeholders[1].text = "\n".join(content.TALK_BULLETS)
    first.notes_slide.notes_text_frame.text = content.TALK_NOTE
    second = show.slides.add_slide(show.slide_layouts[5])
    second.shapes.title.text = content.TALK_TITLES[1]
    table = second.shapes.add_table(3, 3, Inches(1), Inches(2), Inches(6), Inches(1)).table
    for number, row in enumerate(content.TALK_ROWS):
        for column, text in enumerate(row):
            table.cell(number, column).text = text
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(5), Inches(4), Inches(1)).text_frame.text = content.BOX
    third = show.slides.add_slide(show.slide_layouts[5])
    third.shapes.title.text = content.TALK_TITLES[2]
    data = CategoryChartData()
    data.categories = ["Spring", "Autumn"]
    data.add_series("Silt removed", (7125, 8250))
    third.shapes.add_chart(XL_CHART_TYPE.PIE, Inches(1), Inches(2), Inches(4), Inches(3), data)
    fourth = show.slides.add_slide(show.slide_layouts[5])
    fourth.shapes.title.text = content.TALK_HIDDEN
    fourth._element.set("show", "0")
    return _saved(show.save)


def odt_by_odfpy() -> bytes:
    """The paragraphs and the table of the report."""
    from odf.opendocument import OpenDocumentText
    from odf.table import Table, TableCell, TableColumn, TableRow
    from odf.text import H, P

    document = OpenDocumentText()
    document.text.addElement(H(outlinelevel=1, text=content.TITLE))
    for _, text in content.PARAGRAPHS:
        document.text.addElement(P(text=text))
    table = Table(name="levels")
    table.addElement(TableColumn(numbercolumnsrepeated=3))
    for row in content.TABLE:
        line = TableRow()
        for text in row:
            cell = TableCell()
            cell.addElement(P(text=text))
            line.addElement(cell)
        table.addElement(line)
    document.text.addElement(table)
    return _saved(document.write)


def ods_by_odfpy() -> bytes:
    """The ledger as text, and dates and shares with the values that they stand for."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    table = Table(name="Ledger")
    for number, row in enumerate(content.LEDGER_ROWS):
        line = TableRow()
        for column, text in enumerate(row):
            if number and column == 0:
                cell = TableCell(valuetype="date", datevalue=text)
            elif number and column == 5:
                cell = TableCell(valuetype="percentage", value=SHARES[number - 1])
            else:
                cell = TableCell(valuetype="string")
            cell.addElement(P(text=text))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    return _saved(book.write)


def pdf_by_reportlab() -> bytes:
    """The report with a table, a header on each page and a form to fill in."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import BalancedColumns, Paragraph, SimpleDocTemplate, Spacer, Table

    pdfmetrics.registerFont(TTFont("DejaVu", str(FONT)))
    body = ParagraphStyle("body", fontName="DejaVu", fontSize=10, leading=13)
    flow: list[Any] = [Paragraph(content.TITLE, ParagraphStyle("h", body, fontSize=16, leading=20))]
    flow += [Paragraph(text, body) for text in _western()]
    flow += [Paragraph(f"• {item}", body) for item in content.BULLETS]
    grid = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), "DejaVu")]
    flow += [Spacer(1, 12), Table([list(row) for row in content.TABLE], style=grid), Spacer(1, 12)]
    merged = [[content.MERGED[0][0], content.MERGED[0][1], ""], ["", *content.MERGED[1][1:]]]
    merged.append(list(content.MERGED[2]))
    flow.append(Table(merged, style=[*grid, ("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0))]))
    flow.append(Spacer(1, 12))
    flow.append(BalancedColumns([Paragraph(content.LEFT, body), Paragraph(content.RIGHT, body)], 2))

    def decorate(canvas: Any, _: Any) -> None:
        canvas.setFont("DejaVu", 8)
        canvas.drawString(60, 810, content.HEADER)
        canvas.drawString(60, 30, content.FOOTER)
        canvas.acroForm.textfield(value=content.BOX, x=60, y=60, width=300, height=18, name="notice")

    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build(flow, onFirstPage=decorate, onLaterPages=decorate)
    return out.getvalue()


def pdf_by_fpdf2() -> bytes:
    """The report, right-to-left paragraphs and a table with merged cells included."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_page()
    pdf.add_font("DejaVu", fname=str(FONT))
    pdf.set_font("DejaVu", size=11)
    pdf.multi_cell(0, 8, content.TITLE, new_x="LMARGIN", new_y="NEXT")
    for text in _western():
        pdf.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
    with pdf.table(first_row_as_headings=False) as table:
        for row in content.TABLE:
            line = table.row()
            for text in row:
                line.cell(text)
    pdf.ln(5)
    with pdf.table(first_row_as_headings=False) as table:
        line = table.row()
        line.cell(content.MERGED[0][0], rowspan=2)
        line.cell(content.MERGED[0][1], colspan=2)
        for row in (content.MERGED[1][1:], content.MERGED[2]):
            line = table.row()
            for text in row:
                line.cell(text)
    pdf.ln(5)
    with pdf.text_columns(ncols=2, gutter=10) as columns:
        columns.write(content.LEFT)
        columns.new_column()
        columns.write(content.RIGHT)
    return bytes(pdf.output())


def _western() -> list[str]:
    spoken = dict(content.PARAGRAPHS)
    return [spoken[what] for what in ("english", "german", "polish", "turkish", "greek", "russian")]


def pdf_by_weasyprint() -> bytes:
    """The report's web page on paper."""
    import weasyprint

    return bytes(weasyprint.HTML(string=content.page()).write_pdf())


def pdf_by_typst() -> bytes:
    """The report set by Typst, with a footnote, merged cells and two columns."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.typ"
        source.write_text(content.typst(), encoding="utf-8")
        return bytes(typst.compile(str(source)))


def html_by_docutils() -> bytes:
    """The English of the report from reStructuredText, with a table and a footnote."""
    from docutils.core import publish_bytes

    rows = "\n".join(f"   {', '.join(_quoted(cell) for cell in row)}" for row in content.TABLE)
    bullets = "\n".join(f"- {item}" for item in content.BULLETS)
    text = (
        f"{content.TITLE}\n{'=' * len(content.TITLE)}\n\n{content.PARAGRAPHS[0][1]} [1]_\n\n{bullets}\n\n"
        f".. csv-table::\n   :header-rows: 1\n\n{rows}\n\n.. [1] {content.FOOTNOTE}\n"
    )
    return bytes(publish_bytes(text, writer="html5"))


def _quoted(cell: str) -> str:
    return f'"{cell}"'


def html_by_markdown() -> bytes:
    """The report by Python's Markdown, with tables and footnotes."""
    import markdown

    body = markdown.markdown(content.markdown(), extensions=["tables", "footnotes"])
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{body}</body></html>".encode()


def epub_by_ebooklib() -> bytes:
    """The report as a book of two chapters and a page that its spine does not name."""
    from ebooklib import epub

    book = epub.EpubBook()
    book.set_identifier("fifty")
    book.set_title(content.TITLE)
    book.set_language("en")
    first = epub.EpubHtml(title=content.TITLE, file_name="one.xhtml")
    first.content = f"<h1>{content.TITLE}</h1>" + "".join(f"<p>{text}</p>" for _, text in content.PARAGRAPHS)
    second = epub.EpubHtml(title="Two", file_name="two.xhtml")
    rows = ["".join(f"<td>{cell}</td>" for cell in row) for row in content.TABLE]
    second.content = f"<h1>Two</h1><table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    aside = epub.EpubHtml(title="Aside", file_name="aside.xhtml")
    aside.content = f"<p>{content.BOX}</p>"
    for each in (first, second, aside):
        book.add_item(each)
    book.spine = ["nav", first, second]
    book.toc = (first, second)
    for each in (epub.EpubNcx(), epub.EpubNav()):
        book.add_item(each)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.epub"
        epub.write_epub(str(path), book)
        return path.read_bytes()


def ics_by_icalendar() -> bytes:
    """An appointment with a long description in several languages, a reminder and people."""
    import icalendar

    calendar, event = icalendar.Calendar(), icalendar.Event()
    calendar.add("prodid", "-//fifty//")
    calendar.add("version", "2.0")
    event.add("summary", content.TALK_TITLES[0])
    event.add("description", "\n".join(text for _, text in content.PARAGRAPHS))
    event.add("dtstart", dt.datetime(2024, 3, 5, 9, 30))
    event.add("location", content.BOX)
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", content.TALK_NOTE)
    alarm.add("trigger", dt.timedelta(minutes=-15))
    event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def vcf_by_vobject() -> bytes:
    """A contact with a long note."""
    import vobject

    card = vobject.vCard()
    card.add("n").value = vobject.vcard.Name(family="Wójcik", given="Łucja")
    card.add("fn").value = "Łucja Wójcik"
    card.add("org").value = [content.HEADER]
    card.add("note").value = " ".join(text for _, text in content.PARAGRAPHS[:6])
    return str(card.serialize()).encode()


def eml_by_python() -> bytes:
    """A mail in HTML and plain text, the ledger attached as CSV."""
    return _letter(content.TITLE, [text for _, text in content.PARAGRAPHS]).as_bytes()


def _letter(subject: str, texts: list[str]) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = "Łucja Wójcik <lucja@example.org>", "Ann <ann@example.org>"
    letter["Subject"], letter["Date"] = subject, "Tue, 05 Mar 2024 09:30:00 +0000"
    letter.set_content("\n\n".join(texts))
    letter.add_alternative(f"<html><body><p>{'</p><p>'.join(texts)}</p></body></html>", subtype="html")
    return letter


def mbox_by_python() -> bytes:
    """Two mails in a mailbox; a line of one begins with From."""
    with tempfile.TemporaryDirectory() as folder:
        box = mailbox.mbox(str(Path(folder) / "a.mbox"))
        box.add(_letter(content.TITLE, [text for _, text in content.PARAGRAPHS[:5]]))
        box.add(_letter("Second", [f"From the towpath.\n{content.BOX}", content.INSERTED]))
        box.flush()
        box.close()
        return (Path(folder) / "a.mbox").read_bytes()


def csv_by_python() -> bytes:
    """The ledger as Excel saves it for Central Europe: semicolons, code page 1250."""
    lines = [";".join(row) for row in content.LEDGER_ROWS[:3]]
    return "\r\n".join(lines).encode("cp1250")


def zip_by_python() -> bytes:
    """An archive with a file of text and one of values, in folders with names in two scripts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("Łódź/report.txt", "\n\n".join(text for _, text in content.PARAGRAPHS))
        archive.writestr("表/ledger.csv", "\n".join(",".join(row) for row in content.LEDGER_ROWS))
    return out.getvalue()


def _saved(save: Any) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()
