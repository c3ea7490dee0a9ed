"""OCR: what is read at every turn, in which order, where it stands, how fast, and that nothing is fetched."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from benchmarks.scans import BUNDLES, INVOICE, LETTER
from explorer.errors import ReadError
from explorer.readers.limits import Limits
from explorer.readers.ocr import engine, letters, models, recognised, word_boxes
from explorer.readers.ocr.order import OcrLine, paragraphs
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading
from tests import network
from tests.readers.conftest import Write
from tests.readers.ocr import scans

Read = Callable[..., Reading]
ROOT = Path(__file__).parents[3]

PROSE = (
    "The harbour was quiet when the first boats came in,",
    "and nobody on the quay had expected them before noon.",
    "Nets were mended, barrels rolled, and a boy was sent",
    "to wake the keeper of the scales, who slept badly.",
    "By nine o'clock 1,240 kilograms of herring were sold.",
    "The price was 3.85 a kilogram, a little less than in May.",
)
LEFT = (
    "Rain fell on the eastern hills",
    "for eleven days without a break,",
    "and the river rose four metres",
    "above the mark of the year 1954.",
    "Two bridges had to be closed.",
)
RIGHT = (
    "The council met on Thursday to",
    "decide what was to be repaired",
    "first. Its engineers had asked",
    "for six weeks; they were given",
    "three, and half of the money.",
)


def page() -> list[tuple[int, int, str]]:
    return [(120, 200 + 60 * row, line) for row, line in enumerate(PROSE)]


@pytest.mark.data
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_scan_is_read_at_every_rotation(zoo: Path, read: Read, turn: int) -> None:
    reading = read(zoo / f"docling/ocr/ocr_test_rotated_{turn}.pdf")
    assert scans.likeness(reading.text, BUNDLES) >= 0.95
    assert reading.warnings == ("Text of this document was recognised by OCR.",)
    assert reading.text_pages[0].boxes


@pytest.mark.data
def test_pages_of_one_scan_may_be_turned_each_its_own_way(zoo: Path, read: Read) -> None:
    reading = read(zoo / "docling/ocr/nemotron_multipage.pdf")
    assert [scans.likeness(each.text, BUNDLES) >= 0.95 for each in reading.text_pages] == [True] * 4
    assert reading.warnings == ("Text of 4 of 4 pages was recognised by OCR.",)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("markitdown-ocr/pdf_scanned_invoice.pdf", INVOICE),
        ("docling/ocr/sample_with_rotation_mismatch.pdf", LETTER),
    ],
)
def test_scans_against_transcriptions_by_hand(zoo: Path, read: Read, name: str, expected: str) -> None:
    assert scans.likeness(read(zoo / name).text, expected) >= 0.95


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 3, -3])
def test_a_page_is_read_whichever_way_it_lies(degrees: int) -> None:
    found = engine.recognise(scans.pixels(scans.turned(scans.draw(page()), degrees)))
    assert scans.likeness(found.text, " ".join(PROSE)) >= 0.95
    assert found.turned == {90: 3, 180: 2, 270: 1}.get(degrees, 0)
    assert found.confidence > 0.95
    assert not found.is_doubtful


def test_letters_with_accents_are_read() -> None:
    lines = (
        "Alle Menschen sind frei und gleich an Würde und Rechten.",
        "Tous les êtres humains naissent libres et égaux, même ici.",
        "Wszyscy ludzie rodzą się wolni i równi pod względem praw.",
        "Todos los seres humanos nacen libres; ¿quién lo niega?",
    )
    found = engine.recognise(scans.pixels(scans.typed(lines)))
    assert scans.likeness(found.text, " ".join(lines)) >= 0.9


def test_one_column_is_read_before_the_next() -> None:
    title = (330, 120, "Floods in the eastern valleys of the province")
    foot = (120, 800, "This newsletter appears every month and is sent free of charge to all households.")
    lines = [
        *((120, 260 + 50 * n, line) for n, line in enumerate(LEFT)),
        *((660, 267 + 50 * n, line) for n, line in enumerate(RIGHT)),
    ]
    found = engine.recognise(scans.pixels(scans.draw([title, *lines, foot])))
    expected = " ".join([title[2], *LEFT, *RIGHT, foot[2]])
    assert scans.likeness(found.text, expected) >= 0.95


def test_a_number_stays_with_its_row() -> None:
    rows = [
        ("Revenue from contracts with customers", "12,480", "11,902"),
        ("Cost of goods sold and services", "(7,315)", "(7,044)"),
        ("Selling and administrative expenses", "(2,208)", "(2,190)"),
        ("Research and development expenses", "(1,120)", "(986)"),
        ("Operating profit of the continuing business", "1,837", "1,682"),
    ]
    places = (100, 800, 1000)
    lines = [
        (x, 300 + 60 * n, cell) for n, row in enumerate(rows) for x, cell in zip(places, row, strict=True)
    ]
    found = engine.recognise(scans.pixels(scans.draw(lines)))
    assert [line for line in found.text.split("\n") if line] == [" ".join(row) for row in rows]


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_box_lies_on_the_ink_of_its_word(degrees: int) -> None:
    image = scans.turned(
        scans.draw([(300, 500, "alpha"), (300, 700, "beta gamma"), (300, 900, "delta")]), degrees
    )
    found = engine.recognise(scans.pixels(image))
    placed = {
        found.text[each.start : each.start + each.length]: each.box for each in word_boxes.decode(found.boxes)
    }
    assert list(placed) == ["alpha", "beta", "gamma", "delta"]
    dark = np.asarray(image.convert("L")) < 128
    high, wide = dark.shape
    seen = np.zeros_like(dark)
    for box in placed.values():
        part = (
            slice(int(box.top * high), round(box.bottom * high)),
            slice(int(box.left * wide), round(box.right * wide)),
        )
        assert dark[part].sum() > 100
        seen[part] = True
    assert (dark & seen).sum() / dark.sum() > 0.95
    assert seen.mean() < 0.02


def test_a_passage_is_marked_line_by_line() -> None:
    found = engine.recognise(scans.pixels(scans.draw(page())))
    start = found.text.index("Nets were")
    marks = word_boxes.within(found.boxes, start, found.text.index("By nine"), 1754 / 1240)
    assert len(marks) == 2
    assert all(mark.right - mark.left > 0.4 for mark in marks)
    assert marks[0].bottom <= marks[1].top + 0.005


def test_boxes_survive_being_stored() -> None:
    words = [
        word_boxes.WordBox(0, 3, word_boxes.Box(0.1, 0.2, 0.3, 0.25)),
        word_boxes.WordBox(300, 200, word_boxes.Box(0.0, 0.5, 1.0, 0.75)),
    ]
    back = list(word_boxes.decode(word_boxes.encode(words)))
    assert [(each.start, each.length) for each in back] == [(0, 3), (300, 200)]
    assert back[0].box.left == pytest.approx(0.1, abs=1e-4)
    assert back[1].box == word_boxes.Box(
        0.0, pytest.approx(0.5, abs=1e-4), 1.0, pytest.approx(0.75, abs=1e-4)
    )
    with pytest.raises(ValueError, match="cut off"):
        list(word_boxes.decode(word_boxes.encode(words)[:-1]))
    with pytest.raises(ValueError, match="sorted"):
        word_boxes.encode(list(reversed(words)))


def test_short_lines_side_by_side_are_rows_and_long_ones_columns() -> None:
    def line(x: float, y: float, text: str, index: int) -> OcrLine:
        return OcrLine(x, y, x + 10 * len(text), y + 20, text, index)

    table = [line(x, 40 * n, "cell", 2 * n + c) for n in range(5) for c, x in enumerate((0, 400))]
    order = [each.index for part in paragraphs(table) for row in part for each in row]
    assert order == list(range(10))
    columns = [
        line(x, 30 * n, "a line of running text", 2 * n + c) for n in range(5) for c, x in enumerate((0, 300))
    ]
    order = [each.index for part in paragraphs(columns) for row in part for each in row]
    assert order == [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]


def test_blank_and_odd_pictures_have_no_text() -> None:
    for shape in ((1, 1), (3, 4000), (4000, 3), (500, 700)):
        found = engine.recognise(np.full((*shape, 3), 255, np.uint8))
        assert (found.text, found.boxes) == ("", b"")
    noise = np.random.default_rng(7).integers(0, 255, (300, 300, 3), np.uint8)
    assert len(engine.recognise(noise).text) < 20


def test_what_is_hard_to_read_says_so() -> None:
    doubtful = recognised.Recognised("ka h m", b"", 0.7, 0, 5, 1)
    said = recognised.warnings([doubtful, recognised.Recognised("clear", b"", 0.99, 0, 40, 0)], 12)
    assert said == (
        "Text of 2 of 12 pages was recognised by OCR.",
        "Text of 1 of 12 pages may be wrong: it is hard to read, or in letters unknown to OCR. "
        "OCR reads languages in the Latin alphabet, Chinese and Japanese.",
    )


def test_the_languages_named_are_those_of_the_model() -> None:
    """The letters that the model can write are what `recognised.LANGUAGES` says, and no others."""
    known = set(letters.reader(models.files("")).characters)
    for inside in (
        "ABCabcäöüßéèêçñåøæőűąęłżźćšžčřěůğışțŀđþ",
        "的一是不了人我在有他這來國",
        "あいうえおカキクケコ",
    ):
        assert set(inside) <= known, set(inside) - known
    for outside in ("Жшя", "ابت", "אבג", "한글", "กขค", "अआइ", "άέή", "ữệ"):
        assert not set(outside) & known


def test_letters_that_the_models_do_not_know_are_doubted() -> None:
    text = (
        "Все люди рождаются свободными и равными",
        "в своём достоинстве и правах. Они наделены",
        "разумом и совестью и должны поступать",
    )
    assert engine.recognise(scans.pixels(scans.typed(text))).is_doubtful


def test_nothing_is_fetched_and_a_missing_model_is_an_error(tmp_path: Path) -> None:
    """In a process of its own: what would fetch raises, and what is missing is not made good."""
    code = (
        "import requests, socket\n"
        "def refuse(*_, **__): raise SystemExit('something was fetched')\n"
        "requests.get = requests.Session.request = socket.create_connection = refuse\n"
        "import numpy as np\n"
        "from explorer.errors import ReadError\n"
        "from explorer.readers.ocr import engine, letters, models\n"
        "engine.recognise(np.full((200, 300, 3), 255, np.uint8))\n"
        "letters.reader(models.files(''))\n"
        "class Gone: origin = " + repr(str(tmp_path / "x.py")) + "\n"
        "models.find_spec = lambda _: Gone\n"
        "try: engine.recognise(np.full((200, 300, 3), 255, np.uint8))\n"
        "except ReadError as error: print(error)\n"
    )
    attempts = network.attempts_to_leave() if network.is_cut_off else 0
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout == "The models of OCR are missing: install the app again.\n", done.stderr
    if network.is_cut_off:
        assert network.attempts_to_leave() == attempts


def test_ocr_is_loaded_by_nobody_who_does_not_need_it() -> None:
    code = (
        "import sys; from explorer.readers import registry, __main__;"
        "from explorer.readers.pdf import reader; from explorer.readers.ocr import images;"
        "print({'rapidocr', 'cv2', 'onnxruntime'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout.strip() == "set()", done.stderr


@pytest.mark.data
def test_ocr_can_be_off(zoo: Path, read: Read) -> None:
    with pytest.raises(ReadError, match="its only page has none, and OCR is off"):
        read(zoo / "markitdown-ocr/pdf_scanned_invoice.pdf", ocr=False)


@pytest.mark.data
def test_pages_that_lack_text_are_counted(zoo: Path, read: Read, write: Write) -> None:
    mixed = pypdfium2.PdfDocument.new()
    for name in ("docling/pdf/normal_4pages.pdf", "markitdown-ocr/pdf_scanned_invoice.pdf"):
        mixed.import_pages(pypdfium2.PdfDocument(zoo / name))
    path = write("mixed.pdf", b"")
    mixed.save(path)
    off = read(path, ocr=False)
    assert "No text found on 1 of 5 pages; OCR is off." in off.warnings
    on = read(path)
    assert "Text of 1 of 5 pages was recognised by OCR." in on.warnings
    assert scans.likeness(on.text_pages[4].text, INVOICE) >= 0.95
    assert [bool(each.boxes) for each in on.text_pages] == [False] * 4 + [True]
    assert on.text_pages[0].text == off.text_pages[0].text


@pytest.mark.data
def test_in_the_child_within_its_memory_and_with_progress(zoo: Path, pool: ReaderPool) -> None:
    heard: list[tuple[int, int]] = []
    path = zoo / "docling/ocr/nemotron_multipage.pdf"
    reading = pool.read(path, path.name, on_page=lambda number, count: heard.append((number, count)))
    assert len(reading.text_pages) == 4
    assert heard and all(count == 4 for _, count in heard)


def test_what_takes_too_long_is_left_and_counted(monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    from explorer.readers.pdf import by_ocr
    from explorer.readers.reading import Source
    from tests.readers.pdf.pdfs import make_pdf

    def slow(*_: object) -> recognised.Recognised:
        time.sleep(0.05)
        return recognised.Recognised("text", b"", 1.0, 0, 1, 0)

    monkeypatch.setattr(engine, "recognise", slow)
    path = write("long.pdf", make_pdf([""] * 40))
    source = Source(path, path.name, limits=Limits(seconds=0.5))
    found = by_ocr.recognise(source, pypdfium2.PdfDocument(path), range(40))
    assert 1 <= len(found.pages) < 40
    left = 40 - len(found.pages)
    assert found.warnings[-1].startswith(f"{left} of 40 pages were not recognised: the 0.5 seconds")
