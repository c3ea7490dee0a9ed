from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.readers.decoding import declared_encoding, decode, normal, text_encoding

ENGLISH = "The quick brown fox jumps over the lazy dog. It isn’t far – a “café” away.\n" * 3
GERMAN = "Über die Größe der Häuser läßt sich nichts sagen, außer daß sie schön und müde wirken.\n"
FRENCH = "Les élèves français étaient très fâchés: ça coûte 20 € à Noël, où l’hôtel était fermé.\n"
RUSSIAN = "В начале было слово, и слово было у человека. Быстрая лиса прыгает через ленивую собаку.\n" * 4
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\n" * 4


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, FRENCH, RUSSIAN, JAPANESE])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]
)
def test_unicode_with_and_without_a_mark(text: str, encoding: str) -> None:
    found, _, lost = decode(text.encode(encoding))
    assert (found, lost) == (text, 0)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "cp1252"),
        (GERMAN, "cp1252"),
        (GERMAN, "latin-1"),
        (FRENCH, "cp1252"),
        ("Résumé", "cp1252"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
    ],
)
def test_older_encodings(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02\x03" * 50, bytes(range(256)) * 8, b"\x7fELF\x02\x01\x01" + b"\0" * 90]
)
def test_binary_is_no_text(data: bytes) -> None:
    assert text_encoding(data) is None


def test_a_cut_character_at_the_end_of_the_sample_is_no_reason_to_doubt() -> None:
    head = ("é" * 100).encode()[:-1]
    assert text_encoding(head) == "utf-8"


def test_a_few_broken_bytes_are_counted() -> None:
    text, encoding, lost = decode(("ü" * 40_000).encode() + b"\xff\xfe" + "ü".encode())
    assert encoding == "utf-8"
    assert lost == text.count("\ufffd") == 2


def test_a_declared_encoding_comes_first_and_a_wrong_one_does_no_harm() -> None:
    assert decode("héé".encode("mac-roman"), "mac-roman")[0] == "héé"
    assert decode("héé".encode(), "no-such-encoding")[0] == "héé"


@settings(deadline=None)
@given(st.text())
def test_utf8_comes_back_as_it_was(text: str) -> None:
    data = text.encode("utf-8")
    if text_encoding(data) == "utf-8":
        assert decode(data)[0] == text.removeprefix("\ufeff")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_decode_to_something(data: bytes) -> None:
    text, _, lost = decode(data)
    assert isinstance(text, str)
    assert lost >= 0


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        (GERMAN, "utf-8", "iso-8859-1"),
        (GERMAN, "utf-8-sig", "koi8-r"),
        (GERMAN, "cp1252", "utf-8"),
        (GERMAN, "utf-16", "utf-8"),
        (GERMAN, "utf-8", "utf-16"),
        (ENGLISH, "utf-8", "punycode"),
        (RUSSIAN, "utf-8", "windows-1251"),
        (JAPANESE, "utf-8", "shift_jis"),
    ],
)
def test_a_declaration_that_lies(text: str, encoding: str, declared: str) -> None:
    found, _, lost = decode(text.encode(encoding), declared)
    assert (found, lost) == (text, 0)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "koi8-r"),
        ("Привет", "iso8859-5"),
        ("吾輩は猫", "iso2022_jp"),
        ("你好", "gb2312"),
        ("“é”", "cp1252"),
    ],
)
def test_a_declaration_that_is_true(text: str, encoding: str) -> None:
    label = "iso-8859-1" if encoding == "cp1252" else encoding
    assert decode(text.encode(encoding), label)[0] == text


@pytest.mark.parametrize(
    "label",
    ["hex", "rot13", "punycode", "idna", "unicode_escape", "utf-7", "utf-16", "undefined", "", "\x00", "é"],
)
def test_what_no_document_is_in(label: str) -> None:
    assert declared_encoding(label) is None


def test_normal_text() -> None:
    assert normal("e\u0301\r\na\rb\x85c\x00d\x9f\ud800\x0c\t") == "é\na\nb\ncd\ufffd\x0c\t"


@given(st.text())
def test_normal_text_stays_as_it_is(text: str) -> None:
    once = normal(text)
    assert normal(once) == once
    once.encode()


PLAIN = "a plain line; 12\n" * 5_000
GREEK = "Καλημέρα κόσμε, τι κάνετε σήμερα; Ο καιρός είναι καλός.\n"


@pytest.mark.parametrize(
    ("tail", "encoding"),
    [
        ("Müller;4711\n", "cp1252"),
        ("später Größe", "cp1252"),
        ("später é", "cp1252"),
        (FRENCH, "cp1252"),
        (GREEK * 2, "cp1253"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "shift_jis"),
        (RUSSIAN + PLAIN * 2, "cp1251"),
        (PLAIN.replace("\n", " ") + GERMAN, "cp1252"),
    ],
)
def test_letters_that_come_late(tail: str, encoding: str) -> None:
    text, _, lost = decode((PLAIN + tail).encode(encoding))
    assert (text[len(PLAIN) :], lost) == (tail, 0)


def test_a_late_byte_that_does_not_fit_spoils_nothing_else() -> None:
    quoted = "“Größe” – said he\n"
    text, _, lost = decode(quoted.encode("cp1252") + PLAIN.encode() + b"\x81 odd\n" + GERMAN.encode("cp1252"))
    assert (text, lost) == (f"{quoted}{PLAIN}\ufffd odd\n{GERMAN}", 1)


def test_late_utf8_with_a_broken_byte_stays_utf8() -> None:
    text, encoding, lost = decode(PLAIN.encode() + b"\xff\n" + (GERMAN * 2).encode() + "é".encode()[:1])
    assert (text, encoding, lost) == (f"{PLAIN}\ufffd\n{GERMAN * 2}\ufffd", "utf-8", 2)


@pytest.mark.parametrize("text", [FRENCH, RUSSIAN, JAPANESE, "Größe und Maße, schön"])
def test_one_broken_byte_leaves_utf8_what_it_is(text: str) -> None:
    assert decode(b"imm\xffer " + text.encode()) == (f"imm\ufffder {text}", "utf-8", 1)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a,b\n1,\x002\n3,4\n", "a,b\n1,2\n3,4\n"),
        (b"A short note with a\x00 zero byte in it.\n", "A short note with a zero byte in it.\n"),
        (b"\x00" * 40 + PLAIN.encode(), PLAIN),
        (PLAIN[:30_001].encode() + b"\x00" + PLAIN.encode(), PLAIN[:30_001] + PLAIN),
        (GERMAN.encode("cp1252") * 3 + b"\x00", GERMAN * 3),
        (RUSSIAN.encode("cp1251") + b"\x00" + RUSSIAN.encode("cp1251"), RUSSIAN * 2),
        (RUSSIAN.encode() + b"\x00\n", RUSSIAN + "\n"),
    ],
)
def test_stray_zero_bytes_do_not_make_text_wide(data: bytes, text: str) -> None:
    assert text_encoding(data) is not None
    assert normal(decode(data)[0]) == text


@pytest.mark.parametrize("text", ["ab", "a,b\n1,2\n", "数,量\n1,2\n", "Größe und “Maß”\n", "你好，世界 1\n"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_short_wide_text_without_a_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding, 0)
