"""Names of files that leave the library."""

from __future__ import annotations

import pytest

from explorer.transfer.names import UniqueNames, safe


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Report 2019.pdf", "Report 2019.pdf"),
        ("税务公告.txt", "税务公告.txt"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x\\y.txt", "C__x_y.txt"),
        ("a\0b\x1b[31m\u202etxt.exe", "ab[31mtxt.exe"),
        ("NUL", "_NUL"),
        ("aux.tar.gz", "_aux.tar.gz"),
        (". . ", "unnamed"),
        ("", "unnamed"),
        (".hidden", "hidden"),
    ],
)
def test_a_safe_name_leads_nowhere(name: str, expected: str) -> None:
    assert safe(name) == expected


def test_long_names_are_cut_and_keep_their_ending() -> None:
    for letter in ("x", "税", "é"):
        found = safe(letter * 500 + ".pdf")
        assert len(found.encode()) <= 120
        assert found.endswith(f"{letter}.pdf")


def test_each_name_is_given_once_whatever_stands_beside_it() -> None:
    names = UniqueNames(("", ".txt", ".json"))
    given = [names.new(name) for name in ("a.pdf", "A.pdf", "a.pdf.txt", "a (2).pdf", "a.pdf")]
    assert given[0] == "a.pdf"
    assert given[1] == "A (2).pdf"
    files = [f"{name}{ending}".casefold() for name in given for ending in ("", ".txt", ".json")]
    assert len(set(files)) == 15


def test_thousands_of_one_name_take_no_time_that_grows_with_them() -> None:
    names = UniqueNames(("", ".txt", ".json"))
    given = [names.new("image001.png") for _ in range(20_000)]
    assert given[-1] == "image001 (20000).png"
    assert len(set(given)) == 20_000
