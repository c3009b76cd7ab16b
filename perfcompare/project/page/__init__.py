"""The page for the team's meeting, and the same in Markdown and on the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from perfcompare.core import files
from perfcompare.project.page import html, markdown
from perfcompare.project.page.findings import Findings
from perfcompare.project.page.traffic import Price
from perfcompare.project.trying.results import Results

PAGE: Final = "index.html"
SUMMARY: Final = "summary.md"


def write(results: Results, place: Path, price: Price) -> str:
    """Write page and Markdown into the folder `place`. Returns the summary for a terminal."""
    found = Findings(results, price)
    files.write(place / PAGE, html.page(found))
    files.write(place / SUMMARY, markdown.text(found))
    return f"{markdown.summary(found)}\n\nThe page: {place / PAGE}"
