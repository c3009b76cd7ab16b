"""Every acceptance test of docs/reliability.md has a test with its id in its name."""

from __future__ import annotations

import re
from typing import Final

import pytest

from perfcompare.core import env
from tests.docs.pages import rows, spans

PAGE: Final = "docs/reliability.md"
IDS: Final = (*(f"R{n}" for n in range(1, 17)), *(f"A{n}" for n in range(1, 11)), *(f"S{n}" for n in range(1, 9)))
FILES: Final = {row[0]: spans(row[2]) for row in rows(PAGE, "id", "what holds")}


def test_all_34_are_listed() -> None:
    assert tuple(FILES) == IDS


@pytest.mark.parametrize("name", IDS)
def test_each_file_holds_a_test_of_that_id(name: str) -> None:
    assert FILES[name]
    for file in FILES[name]:
        assert re.search(rf"def test_(?:[ras]\d+_)*{name.lower()}_", (env.ROOT / file).read_text()), file
