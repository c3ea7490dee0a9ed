"""Makes the files of `fifty.py` with whatever programs are here: `python fifty_files.py FOLDER [NAME ...]`.

Writes the files into FOLDER and, to its standard output, one JSON object a file: its name, the program with its
version, the pieces and rows that went in, and what must not come out; or why the file could not be made.
"""

# ruff: noqa: E501  rows of a table are read more easily whole
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import fifty_content as content
import fifty_python as library
from fifty_content import Piece

SECONDS = 120


class MissingError(Exception):
    """A program or a library is not here."""


@dataclass(frozen=True)
class Made:
    """One file, who makes it how, and what must come out of it."""

    name: str
    program: str
    make: Callable[[Path], None]
    pieces: Sequence[Piece]
    rows: Sequence[Sequence[str]] = ()
    absent: Sequence[str] = ()


def report(*without: str) -> list[Piece]:
    """The pieces of the report but for those that a program is not given, or does not write."""
    return [piece for piece in content.REPORT if piece.what not in without]


def _pieces(what: str, texts: Iterable[str]) -> list[Piece]:
    return [Piece(what, text) for text in texts]


_WRITTEN = report("footnote", "endnote", "header", "footer", "comment", "insertion", "text box")
_WESTERN = ("arabic", "hebrew", "chinese", "japanese")
_LEDGER = [Piece("hidden sheet", content.HIDDEN_SHEET)]
_ALL_LEDGER = [Piece("comment", content.LEDGER_NOTE), *_LEDGER, Piece("hidden row", content.HIDDEN_ROW)]
_LEDGER_ALL_ROWS = (*content.LEDGER_ROWS, *content.OTHER_SHEET_ROWS)
_TALK = [
    *_pieces("title", content.TALK_TITLES),
    *_pieces("bullet", content.TALK_BULLETS),
    Piece("notes", content.TALK_NOTE),
    Piece("hidden slide", content.TALK_HIDDEN),
    Piece("text box in a group", content.BOX),
    *_pieces("chart", ("Silt removed", "Spring", "Autumn")),
]


def _python(
    name: str, package: str, make: Callable[[], bytes], pieces: Sequence[Piece], **more: object
) -> Made:
    def write(out: Path) -> None:
        try:
            out.write_bytes(make())
        except ImportError as error:
            raise MissingError(f"the library {package}") from error

    return Made(name, package, write, pieces, **more)  # type: ignore[arg-type]


def _run(command: Sequence[str], folder: Path | None = None, feed: bytes | None = None) -> bytes:
    if shutil.which(command[0]) is None:
        raise MissingError(f"the program {command[0]}")
    done = subprocess.run(
        command, input=feed, cwd=folder, capture_output=True, timeout=SECONDS, check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return done.stdout


def _office(source: Callable[[Path], Path], form: str) -> Callable[[Path], None]:
    """A conversion by LibreOffice: `form` is an extension, with the name of a filter behind a colon."""

    def make(out: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            given = source(Path(folder))
            home = f"-env:UserInstallation=file://{tempfile.gettempdir()}/fifty-office"
            _run(["soffice", home, "--headless", "--convert-to", form, "--outdir", folder, str(given)])
            made = given.with_suffix(f".{form.partition(':')[0]}")
            if not made.exists():
                raise RuntimeError(f"soffice made no {made.name}")
            shutil.move(made, out)

    return make


def _source(name: str, data: Callable[[], bytes | str]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        made = data()
        path.write_bytes(made.encode() if isinstance(made, str) else made)
        return path

    return write


_FODT = _source("report.fodt", content.flat_odt)
_BOOK = _source("ledger.book.xlsx", library.xlsx_by_openpyxl)
_SHOW = _source("talk.show.pptx", library.pptx_by_python_pptx)
_PAGE = _source("page.html", content.page)


def _convert(
    source: Callable[[Path], Path], command: Callable[[Path, Path], list[str]]
) -> Callable[[Path], None]:
    """A conversion by a program that is told what to read and what to write."""

    def make(out: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            _run(command(source(Path(folder)), out), Path(folder))

    return make


def _pandoc(form: str, *options: str) -> Callable[[Path], None]:
    read = _source("report.md", content.markdown)
    return _convert(
        read, lambda given, out: ["pandoc", "-s", *options, "-t", form, "-o", str(out), str(given)]
    )


def _chromium(given: Path, out: Path) -> list[str]:
    return ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={out}", str(given)]


def _groff(out: Path) -> None:
    post = _run(["groff", "-t", "-ms", "-Kutf8", "-Tps"], feed=content.troff().encode())
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "a.ps"
        given.write_bytes(post)
        _run(["gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", f"-sOutputFile={out}", str(given)])


def _with_pdf(out: Path) -> Path:
    """The report as a PDF that LibreOffice made."""
    given = out.with_suffix(".given.pdf")
    _office(_FODT, "pdf")(given)
    return given


def _redone(command: Callable[[str, str], list[str]]) -> Callable[[Path], None]:
    """The report's PDF made anew by another program."""

    def make(out: Path) -> None:
        given = _with_pdf(out)
        try:
            _run(command(str(given), str(out)))
        finally:
            given.unlink()

    return make


_ODD = (content.DELETED, content.HIDDEN)
_REPORT_ROWS = content.REPORT_ROWS
_PRINTED = report("comment")


def _files() -> list[Made]:
    of = "LibreOffice"
    word = [
        Made(f"libreoffice.{end}", of, _office(_FODT, form), report(), _REPORT_ROWS, _ODD)
        for end, form in (
            ("odt", "odt"), ("docx", "docx:MS Word 2007 XML"), ("doc", "doc:MS Word 97"),
            ("rtf", "rtf:Rich Text Format"), ("fodt", "fodt"),
        )
    ]  # fmt: skip
    word += [
        Made("libreoffice-writer.pdf", of, _office(_FODT, "pdf"), _PRINTED, _REPORT_ROWS, _ODD),
        Made(
            "libreoffice.html",
            of,
            _office(_FODT, "html:HTML (StarWriter):UTF8"),
            report(),
            _REPORT_ROWS,
            _ODD,
        ),
        Made("libreoffice.epub", of, _office(_FODT, "epub"), report(), _REPORT_ROWS, _ODD),
        Made(
            "libreoffice-utf16.txt",
            of,
            _office(_FODT, "txt:Text (encoded):UNICODE"),
            report("comment"),
            (),
            _ODD,
        ),
    ]
    calc = [
        Made(f"libreoffice-calc.{end}", of, _office(_BOOK, form), _ALL_LEDGER, _LEDGER_ALL_ROWS)
        for end, form in (
            ("xlsx", "xlsx:Calc MS Excel 2007 XML"), ("xls", "xls:MS Excel 97"), ("ods", "ods"),
            ("fods", "fods"), ("html", "html:HTML (StarCalc)"),
        )
    ]  # fmt: skip
    calc += [
        Made("libreoffice-1250.csv", of, _office(_BOOK, "csv:Text - txt - csv (StarCalc):59,34,33"), [],
             [row for row in content.LEDGER_ROWS if "王" not in row[3]]),
        Made("libreoffice-calc.pdf", of, _office(_BOOK, "pdf"), [], content.LEDGER_ROWS),
    ]  # fmt: skip
    show = [
        Made(f"libreoffice-impress.{end}", of, _office(_SHOW, form), _TALK, content.TALK_ROWS)
        for end, form in (("pptx", "pptx"), ("ppt", "ppt:MS PowerPoint 97"), ("odp", "odp"), ("fodp", "fodp"))
    ]
    shown = [piece for piece in _TALK if piece.what not in ("notes", "hidden slide", "chart")]
    show.append(Made("libreoffice-impress.pdf", of, _office(_SHOW, "pdf"), shown, content.TALK_ROWS))
    return [*word, *calc, *show, *_by_pandoc(), *_by_others(), *_by_libraries()]


def _by_pandoc() -> list[Made]:
    without = report(
        "header", "footer", "comment", "endnote", "insertion", "text box", "left column", "right column"
    )
    forms = (
        ("pandoc.docx", "docx"), ("pandoc.odt", "odt"), ("pandoc-3.epub", "epub3"), ("pandoc-2.epub", "epub2"),
        ("pandoc.html", "html5"), ("pandoc.rtf", "rtf"), ("pandoc.pptx", "pptx"), ("pandoc.ipynb", "ipynb"),
        ("pandoc.rst", "rst"), ("pandoc-docbook.xml", "docbook5"), ("pandoc-jats.xml", "jats"),
        ("pandoc.tei", "tei"), ("pandoc-fb2.xml", "fb2"), ("pandoc.tex", "latex"), ("pandoc.md", "gfm"),
    )  # fmt: skip
    kept = {"rst", "latex"}
    return [
        Made(name, "pandoc", _pandoc(form), without, () if form in kept else content.TABLE)
        for name, form in forms
    ]


def _by_others() -> list[Made]:
    printed = _PRINTED
    rows = _REPORT_ROWS
    return [
        Made("chromium.pdf", "chromium", _convert(_PAGE, _chromium), _WRITTEN, rows),
        Made("wkhtmltopdf.pdf", "wkhtmltopdf",
             _convert(_PAGE, lambda given, out: ["wkhtmltopdf", "-q", str(given), str(out)]), _WRITTEN, rows),
        Made("groff-gs.pdf", "groff", _groff,
             [Piece("heading", content.TITLE), Piece("english", content.PARAGRAPHS[0][1]),
              *_pieces("bullet", content.BULLETS), Piece("left column", content.LEFT),
              Piece("right column", content.RIGHT)], content.TABLE),
        Made("ghostscript.pdf", "gs", _redone(lambda given, out: [
            "gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-dCompatibilityLevel=1.4",
            f"-sOutputFile={out}", given]), printed, rows, _ODD),
        Made("qpdf-objects.pdf", "qpdf", _redone(lambda given, out: [
            "qpdf", "--object-streams=generate", "--linearize", given, out]), printed, rows, _ODD),
        Made("qpdf-owner-password.pdf", "qpdf", _redone(lambda given, out: [
            "qpdf", "--encrypt", "", "owner", "256", "--", given, out]), printed, rows, _ODD),
        *(Made(f"gnumeric.{end}", "ssconvert",
               _convert(_BOOK, lambda given, out, form=form: ["ssconvert", "-T", form, str(given), str(out)]),
               _ALL_LEDGER, _LEDGER_ALL_ROWS)
          for end, form in (("xls", "Gnumeric_Excel:excel_biff8"), ("ods", "Gnumeric_OpenCalc:odf"),
                            ("xlsx", "Gnumeric_Excel:xlsx2"), ("html", "Gnumeric_html:html40"))),
        *(Made(f"abiword.{end}", "abiword",
               _convert(_source("a.docx", library.docx_by_python_docx), lambda given, out, form=end: [
                   "abiword", f"--to={form}", f"--to-name={out}", str(given)]),
               report("footnote", "endnote", "comment", "text box", "left column", "right column"), _REPORT_ROWS,
               (content.DELETED,))
          for end in ("odt", "rtf", "doc", "html")),
    ]  # fmt: skip


def _by_libraries() -> list[Made]:
    western = report(*_WESTERN, "footnote", "endnote", "comment", "insertion", "text box", "step")
    typeset = report("endnote", "comment", "insertion", "text box")
    told = _pieces("paragraph", (text for _, text in content.PARAGRAPHS))
    english = [Piece("heading", content.TITLE), Piece("english", content.PARAGRAPHS[0][1]),
               *_pieces("bullet", content.BULLETS), Piece("footnote", content.FOOTNOTE)]  # fmt: skip
    ledger = _LEDGER_ALL_ROWS
    boxed = [Piece("comment", content.LEDGER_NOTE), *_LEDGER, Piece("text box", content.BOX),
             Piece("chart", "Amounts of the ledger")]  # fmt: skip
    docx = report("footnote", "endnote", "text box", "left column", "right column")
    marked = report(
        "header", "footer", "comment", "endnote", "insertion", "text box", "left column", "right column"
    )
    return [
        _python("openpyxl.xlsx", "openpyxl", library.xlsx_by_openpyxl, _ALL_LEDGER, rows=ledger),
        _python("xlsxwriter.xlsx", "xlsxwriter", library.xlsx_by_xlsxwriter, boxed, rows=content.LEDGER_ROWS),
        _python("xlwt.xls", "xlwt", library.xls_by_xlwt, _LEDGER, rows=ledger),
        _python("python-docx.docx", "python-docx", library.docx_by_python_docx, docx, rows=_REPORT_ROWS,
                absent=(content.DELETED,)),
        _python("python-pptx.pptx", "python-pptx", library.pptx_by_python_pptx, _TALK, rows=content.TALK_ROWS),
        _python("odfpy.odt", "odfpy", library.odt_by_odfpy, told, rows=content.TABLE),
        _python("odfpy.ods", "odfpy", library.ods_by_odfpy, [], rows=content.LEDGER_ROWS),
        _python("reportlab.pdf", "reportlab", library.pdf_by_reportlab,
                [*western, Piece("form", content.BOX)], rows=_REPORT_ROWS),
        _python("fpdf2.pdf", "fpdf2", library.pdf_by_fpdf2,
                [piece for piece in western if piece.what not in ("header", "footer", "bullet")],
                rows=_REPORT_ROWS),
        _python("weasyprint.pdf", "weasyprint", library.pdf_by_weasyprint, _WRITTEN, rows=_REPORT_ROWS),
        _python("typst.pdf", "typst", library.pdf_by_typst, typeset, rows=_REPORT_ROWS),
        _python("docutils.html", "docutils", library.html_by_docutils, english, rows=content.TABLE),
        _python("markdown.html", "Markdown", library.html_by_markdown, marked, rows=content.TABLE),
        _python("ebooklib.epub", "EbookLib", library.epub_by_ebooklib,
                [*told, Piece("page outside the spine", content.BOX)], rows=content.TABLE),
        _python("icalendar.ics", "icalendar", library.ics_by_icalendar,
                [Piece("title", content.TALK_TITLES[0]), *told, Piece("place", content.BOX),
                 Piece("reminder", content.TALK_NOTE)]),
        _python("vobject.vcf", "vobject", library.vcf_by_vobject,
                [Piece("name", "Łucja Wójcik"), Piece("organisation", content.HEADER), *told[:6]]),
        _python("python.eml", "Python", library.eml_by_python, [Piece("subject", content.TITLE), *told]),
        _python("python.mbox", "Python", library.mbox_by_python,
                [*told[:5], Piece("second mail", f"From the towpath. {content.BOX}")]),
        _python("python-1250.csv", "Python", library.csv_by_python, [], rows=content.LEDGER_ROWS[:3]),
        _python("python-lzma.zip", "Python", library.zip_by_python, told, rows=content.LEDGER_ROWS),
    ]  # fmt: skip


_VERSION = {
    "LibreOffice": ["soffice", "--version"],
    "pandoc": ["pandoc", "--version"],
    "chromium": ["chromium", "--version"],
    "wkhtmltopdf": ["wkhtmltopdf", "--version"],
    "groff": ["groff", "--version"],
    "gs": ["gs", "--version"],
    "qpdf": ["qpdf", "--version"],
    "ssconvert": ["ssconvert", "--version"],
    "abiword": ["abiword", "--version"],
}
_CALLED = {"gs": "Ghostscript", "ssconvert": "Gnumeric", "abiword": "AbiWord", "chromium": "Chromium"}


def version(program: str) -> str:
    """The program's name with its version, where it tells."""
    name = _CALLED.get(program, program)
    if program == "Python":
        return f"Python {sys.version.split()[0]}"
    if program not in _VERSION:
        return f"{name} {metadata.version(program)}"
    command = _VERSION[program]
    if shutil.which(command[0]) is None:
        return name
    done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, text=True)
    found = re.search(r"\d+(?:\.\d+)+", done.stdout + done.stderr)
    return f"{name} {found[0]}" if found else name


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    versions: dict[str, str] = {}
    for made in _files():
        if sys.argv[2:] and made.name not in sys.argv[2:]:
            continue
        told: dict[str, object] = {"name": made.name, "program": made.program}
        out = folder / made.name
        try:
            if not out.exists():
                made.make(out)
            versions.setdefault(made.program, version(made.program))
            told |= {
                "program": versions[made.program],
                "pieces": [[piece.what, piece.text] for piece in made.pieces],
                "rows": [list(row) for row in made.rows],
                "absent": list(made.absent),
            }
        except MissingError as error:
            told["missing"] = str(error)
        except Exception as error:  # noqa: BLE001  whatever stops one program, the others go on
            told["failed"] = f"{type(error).__name__}: {error}"
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
