"""`manage.py perfcompare openapi`: the contract as an OpenAPI document."""

from __future__ import annotations

from pathlib import Path

from perfcompare.targets.demonstration import document
from tests.perfcompare.commands.conftest import Call


def test_it_goes_to_standard_output_or_to_a_file(call: Call, tmp_path: Path) -> None:
    assert call("openapi").out == document.text()

    assert call("openapi", "--output", str(tmp_path / "made.json")).out == f"{tmp_path / 'made.json'}\n"
    assert (tmp_path / "made.json").read_text(encoding="utf-8") == document.text()
