"""Lists in older encodings: `explorer.readers.encodings`, its `code_pages`, `east_asian` and `letters`."""

from __future__ import annotations

import pytest

from explorer.readers.decoding import decode
from explorer.readers.encodings import code_pages, east_asian
from explorer.readers.encodings.letters import COSTS

LISTS = {
    "cp1250 iso8859-2 cp852": (
        "Miasto;Ulica\nGdańsk;Długa\nŁódź;Świętokrzyska\nPoznań;Święty Marcin\n",
        "Město;Ulice\nPlzeň;Náměstí Míru\nBrno;Žižkova\nOpava;Křížová\n",
        "Név;Város\nKőműves Tünde;Győr\nÖtvös Béla;Székesfehérvár\nSzűcs Ágnes;Hódmezővásárhely\n",
        "Ime;Mjesto\nŽeljko Čavić;Šibenik\nĐurđa Šarić;Čakovec\n",
        "Nume;Oraş\nŞtefan Ţurcanu;Timişoara\nIoana Bălan;Piteşti\n",
    ),
    "cp1252 iso8859-15 cp850 mac-roman": (
        "Name;Straße\nMüller;Königsallee\nJäger;Große Gasse\n",
        "Nom;Ville\nHélène;Orléans\nFrançois;Besançon\nZoé;Nîmes\n",
        "Nombre;Ciudad\nPeña;A Coruña\nRamírez;Cádiz\n",
        "Nome;Cidade\nJoão Gonçalves;São Luís\nConceição;Évora\n",
        "Namn;Ort\nÅsa Björk;Örebro\nPär Sjögren;Växjö\n",
    ),
    "cp1251 koi8-r cp866 iso8859-5 mac-cyrillic": (
        "Город;Улица\nМосква;Тверская\nПермь;Ленина\n",
        "ИВАНОВ;ПЁТР\nСИДОРОВ;АЛЕКСЕЙ\n",
        "Град;Улица\nПловдив;Шипка\nВарна;Черно море\n",
    ),
    "cp1254 cp857": ("Şehir;Sokak\nİzmir;Güneş Sokağı\nIğdır;Işık Sokağı\n",),
    "cp1253 iso8859-7 cp737": ("Πόλη;Οδός\nΑθήνα;Πατησίων\nΠάτρα;Κορίνθου\n",),
    "cp1257 iso8859-13 cp775": (
        "Miestas;Gatvė\nŠiauliai;Vilniaus\nPanevėžys;Žvaigždžių\n",
        "Rīga;Ķengarags\nĢirts;Bērziņš\n",
    ),
    "cp1255 cp862": ("שם;עיר\nדוד כהן;חיפה\nשרה לוי;ירושלים\n",),
    "cp1256": ("الاسم;المدينة\nمحمد;القاهرة\nفاطمة;الرباط\n",),
    "cp874": ("ชื่อ;เมือง\nสมชาย;เชียงใหม่\n",),
    "gb18030 gbk": ("姓名;城市\n王小明;北京市\n李娜;上海市浦东新区\n",),
    "cp950": ("姓名;城市\n王小明;臺北市\n陳美麗;高雄市\n",),
    "cp932 euc_jp": ("名前;住所\n山田太郎;東京都新宿区\nスズキ商店;大阪市北区\n", "ﾔﾏﾀﾞ;ﾀﾛｳ\nｽｽﾞｷ;ﾊﾅｺ\n"),
    "cp949": ("이름;도시\n김철수;서울특별시\n박영희;부산광역시\n",),
}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(text, name) for names, texts in LISTS.items() for text in texts for name in names.split()],
)
def test_lists_come_back_letter_by_letter(text: str, encoding: str) -> None:
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip(f"{encoding} has not all of these letters")
    assert decode(data)[0] == text
    assert decode(data * 50)[0] == text * 50  # the same lines again tell nothing new


def test_a_list_with_a_frame_of_dos() -> None:
    text = "╔════════════╗\n║ Größe      ║\n║ Änderungen ║\n╚════════════╝\n"
    assert decode(text.encode("cp850"))[0] == text
    text = "┌────────────┐\n│ Отчёт      │\n│ Договоры   │\n└────────────┘\n"
    assert decode(text.encode("cp866"))[0] == text


def test_one_letter_alone_is_taken_for_the_most_common_encoding() -> None:
    assert code_pages.guess("Café;1\n".encode("cp1252")) == "cp1252"
    assert code_pages.guess("Résumé – “draft”".encode("cp1252")) == "cp1252"


@pytest.mark.parametrize(
    "text",
    (
        *(
            "Price;£5\nTotal;£ 10\n",
            "20 °C;±5\n",
            "Windows® is a mark\n",
            "© 2020 Müller\n",
            "1º;2ª\n",
            "5 €\n",
        ),
        *(
            "½ × 3 m²\n",
            "¿Cómo?;¡Sí!\n",
            "à la carte\n",
            "È vero, è così\n",
            "Å i Lofoten\n",
            "“it’s” – so…\n",
        ),
    ),
)
def test_signs_of_the_most_common_encoding(text: str) -> None:
    assert decode(text.encode("cp1252"))[0] == text


def test_names_that_programs_of_dos_wrote() -> None:
    data = "Übersicht.txt".encode("cp850")
    assert data.decode(code_pages.guess(data, of_dos=True)) == "Übersicht.txt"


def test_only_lines_beyond_ascii_are_looked_at_and_each_once() -> None:
    assert code_pages.sample(b"plain\n\xfcber\nplain\n\xfcber\n") == b"\xfcber"
    assert len(code_pages.sample(b"\xfc" * 10_000)) == code_pages.SAMPLE_BYTES


def test_a_character_that_is_cut_off_costs_nothing() -> None:
    whole = "東京都".encode("cp932")
    costs = dict(east_asian.costs(whole, is_cut=False))
    assert dict(east_asian.costs(whole + b"\x93", is_cut=True))["cp932"] == costs["cp932"] < costs["cp949"]
    assert dict(east_asian.costs(whole + b"\x93", is_cut=False))["cp932"] > costs["cp932"]


def test_shares_of_letters_add_up() -> None:
    """What letters of a script cost is minus the logarithm of a share: the shares of all are about 1."""
    for language in ("ru", "el", "he", "ar", "th"):
        assert 0.7 < sum(2.718281828**-cost for cost in COSTS[language].values()) < 1.4


def test_japanese_mails_shift_between_alphabets() -> None:
    text = "会議の記録。\nPlain line.\n"
    assert decode(text.encode("iso2022_jp")) == (text, "iso2022_jp", 0)
    assert decode(b"cost \x1b$B?")[1] == "utf-8"
