"""Files broken in every way that chance finds: each ends in time as a reading or with one clear message."""

from __future__ import annotations

import pytest

from benchmarks import fuzz
from explorer.readers.limits import Limits
from explorer.readers.reading import Reading
from tests.readers.test_zoo import check

SEED = 4
CASES = 200


def check_document(reading: Reading) -> None:
    """An archive has no text of its own, only files that it handed on."""
    if reading.text_pages:
        check(reading)


@pytest.mark.data
@pytest.mark.usefixtures("shared_data")
@pytest.mark.parametrize("part", range(4))
def test_broken_files_end_as_text_or_with_a_message(part: int) -> None:
    """`python benchmarks/fuzz.py --seed 4 --case N --keep FILE` makes case N again."""
    numbers = range(part, CASES, 4)
    limits = Limits(seconds=30, ocr=False)  # recognising is slow, and is fuzzed by the script
    outcomes = list(fuzz.run(SEED, numbers, processes=2, limits=limits, check=check_document))
    assert len(outcomes) == len(numbers)
    wrong = [each for each in outcomes if each.kind not in ("read", "refused")]
    assert not wrong, "\n".join(
        f"seed {SEED}, case {each.case.number}, {each.case.what}: {each.kind}, {each.said}" for each in wrong
    )
    assert {each.kind for each in outcomes} == {"read", "refused"}
