"""The ranges that levers declare are those that docs/levers.md shows."""

from __future__ import annotations

from pathlib import Path

from perfcompare.registries import levers

ROOT = Path(__file__).parents[3]


def test_the_table_has_every_range_and_no_other() -> None:
    text = (ROOT / "docs" / "levers.md").read_text().partition("## Tested versions")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in text.splitlines() if line.startswith("| ")]
    ranges = {one for lever in levers.values() for one in lever.tested}

    assert sorted(rows[1:]) == sorted([one.distribution, one.span] for one in ranges)
