"""Characters that steer what shows them are replaced; text in any language stays."""

from __future__ import annotations

import pytest

from perfcompare.core.characters import without_controls


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066"])
def test_a_character_that_steers_is_replaced(character: str) -> None:
    assert without_controls(f"a{character}[31mb") == "a\N{REPLACEMENT CHARACTER}[31mb"


def test_text_with_tabs_and_ends_of_lines_stays() -> None:
    text = "Grüße,\t世界\r\n مرحبا\n😀"

    assert without_controls(text) == text
