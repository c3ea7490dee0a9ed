"""Trees of XML and HTML: nothing expands, nothing is fetched, damage is mended only where it should be."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from explorer.readers import xml_parsing
from explorer.readers.xml_parsing import DocumentTypeError, MalformedError

BOMB = '<!DOCTYPE a [<!ENTITY b "boom"><!ENTITY c "&b;&b;&b;">]><a>&c; word</a>'


def words(element: object) -> str:
    return "".join(element.itertext())  # type: ignore[attr-defined]


def test_parts_of_a_package_declare_no_document_type() -> None:
    with pytest.raises(DocumentTypeError):
        xml_parsing.root(BOMB.encode())
    with pytest.raises(DocumentTypeError):
        list(xml_parsing.elements([BOMB.encode()], ["a"]))
    with pytest.raises(DocumentTypeError):  # the declaration is found in UTF-16, too
        list(xml_parsing.elements([BOMB.encode("utf-16")], ["a"]))


def test_a_document_type_in_quoted_text_is_text() -> None:
    quoted = b"<a><![CDATA[<!DOCTYPE html>]]></a>"
    assert not xml_parsing.declares_type(quoted)
    assert words(xml_parsing.root(quoted)) == "<!DOCTYPE html>"


def test_no_entity_expands() -> None:
    element, is_cut = xml_parsing.mended(BOMB)
    assert element is not None and not is_cut
    assert "boom" not in words(element)


def test_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    named = f'<!DOCTYPE a [<!ENTITY b SYSTEM "{secret.as_uri()}">]><a>&b; word</a>'
    element, _ = xml_parsing.mended(named)
    assert element is None or "secret" not in words(element)
    page, _ = xml_parsing.html(f'<!DOCTYPE html SYSTEM "{secret.as_uri()}"><p>&b; word')
    assert "secret" not in words(page)


def test_damage_is_an_error_in_a_package_and_mended_elsewhere() -> None:
    broken = "<a><b>one</b><c>two</a>"
    with pytest.raises(MalformedError):
        xml_parsing.root(broken.encode())
    with pytest.raises(MalformedError):
        list(xml_parsing.elements([broken.encode()], ["c"]))
    element, is_cut = xml_parsing.mended(broken)
    assert element is not None and words(element) == "onetwo" and not is_cut


def test_elements_come_one_by_one_and_are_emptied_behind() -> None:
    blocks = [b"<a><row>1</row><r", b"ow>2</row><other/>", b"<row>3</row></a>"]
    found = []
    before = None
    for element in xml_parsing.elements(blocks, ["row"]):
        found.append(element.text)
        assert before is None or before.text is None
        before = element
    assert found == ["1", "2", "3"]


def test_what_is_nested_too_deeply_is_told() -> None:
    assert xml_parsing.html("<div>" * 5_000 + "word")[1]
    assert not xml_parsing.html("<div>" * 50 + "word")[1]
    with pytest.raises(MalformedError):
        xml_parsing.root(b"<a>" * 5_000 + b"</a>" * 5_000)


def test_html_without_anything_is_no_tree() -> None:
    with pytest.raises(MalformedError):
        xml_parsing.html("")


@pytest.mark.parametrize(
    "attribute", ['a{}="1"', "a{}='<b>'", "a{}", "a{}=1", 'a{}=">"', "a<{}", "/a{}", 'a{}\n=\n"1"', '"{}']
)
def test_a_tag_of_html_with_too_many_attributes_loses_them(attribute: str) -> None:
    for many in (xml_parsing.MOST_ATTRIBUTES - 10, 100_000):
        tag = "<p " + " ".join(attribute.format(n) for n in range(many)) + ">"
        element, is_cut = xml_parsing.html(f"<h1 class=b>Title</h1>{tag}word <b c=d>bold</b></p>")
        assert words(element) == "Titleword bold" and not is_cut
        assert (len(element.find(".//p").attrib) == 0) == (many == 100_000)
        assert element.find(".//h1").get("class") == "b" and element.find(".//b").get("c") == "d"


@pytest.mark.parametrize("markup", ['<a x="', "<a <a ", "<a x='\"<", "<a =", '<a "', "<a x=" + " " * 50])
def test_tags_that_do_not_end_take_no_longer(markup: str) -> None:
    begun = time.monotonic()
    xml_parsing.html(f"<p>word</p>{markup * (3_000_000 // len(markup))}")
    assert time.monotonic() - begun < 15


def test_xml_with_too_many_attributes_is_known_in_any_encoding() -> None:
    def element(many: int) -> str:
        attributes = " ".join(f'a{n}="1"' for n in range(many))
        return f"<a><t:b {attributes}/>{'text ' * 5_000}</a>"

    for encoding in ("utf-8", "utf-16"):
        assert xml_parsing.is_crowded(element(xml_parsing.MOST_ATTRIBUTES + 1).encode(encoding))
        assert not xml_parsing.is_crowded(element(xml_parsing.MOST_ATTRIBUTES).encode(encoding))
    assert not xml_parsing.is_crowded(b"<a>" + b'b="1" ' * 100_000 + b"</a>")
