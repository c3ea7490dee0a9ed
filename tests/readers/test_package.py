"""A zip of XML: what it names, what it refers to, and what is refused: `explorer.readers.package`."""

from __future__ import annotations

import re

import pytest

from explorer.errors import ReadError
from explorer.readers.limits import Limits
from explorer.readers.package import Package, check_package
from explorer.readers.reading import Source
from tests.readers.conftest import Write
from tests.readers.office.office_files import zipped

RELATIONS = (
    '<r><x Id="a" Type="urn:x/image" Target="../media/one.png"/>'
    '<x Id="b" Type="urn:x/chart" Target="/c/two.xml"/>'
    '<x Id="c" Type="urn:x/link" Target="http://example.org" TargetMode="External"/></r>'
)


def source(write: Write, members: dict[str, str | bytes], **limits: int) -> Source:
    return Source(write("a.docx", zipped(members)), "a.docx", limits=Limits(**limits))  # type: ignore[arg-type]


def test_relations_are_names_of_members_and_never_outside(write: Write) -> None:
    with Package(source(write, {"word/_rels/document.xml.rels": RELATIONS})) as package:
        assert package.relations("word/document.xml") == {
            "a": ("image", "media/one.png"),
            "b": ("chart", "c/two.xml"),
        }
        assert package.relations("other.xml") == {}


def test_a_pattern_is_found_where_blocks_meet(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.readers.package.BLOCK", 7)
    with Package(source(write, {"a.xml": "<a>" + '<m ref="A1"/>' * 3 + "</a>"})) as package:
        assert list(package.search("a.xml", re.compile(rb'ref="(\w+)"'))) == [b"A1"] * 3
        assert list(package.elements("a.xml", ["m"])) and not list(package.elements("none.xml", ["m"]))


def test_damaged_facts_are_left_out(write: Write) -> None:
    facts = "<p xmlns:dc='urn:dc'><dc:title> A  title </dc:title><dc:creator/></p>"
    with Package(source(write, {"docProps/core.xml": facts})) as package:
        assert package.core_properties() == {"title": "A title"}
    with Package(source(write, {"docProps/core.xml": facts[:20]})) as package:
        assert package.core_properties() == {}
        with pytest.raises(ReadError, match="the file is damaged"):
            package.tree("docProps/core.xml")


def test_what_another_program_would_unpack_is_looked_at_before(write: Write) -> None:
    whole = source(write, {"content.xml": "<a/>", "b.xml": "<b/>", "picture.png": b"\0" * 100})
    assert check_package(whole, len) == 3
    with pytest.raises(ReadError, match="declares a document type"):
        check_package(source(write, {"a.xml": "<!DOCTYPE a><a/>"}), len)
    with pytest.raises(ReadError, match="unpacks to more than 1 MB"):
        check_package(source(write, {"a.xml": f"<a>{' ' * 2**21}</a>"}, inflated_mb=1), len)
    with pytest.raises(ReadError, match="repeats a cell 99,999 times"):
        repeated = '<a number-columns-repeated="99999"/>'
        check_package(source(write, {"content.xml": repeated}, cells=1_000), len)
