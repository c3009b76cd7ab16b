"""Options of every gate: how much dearer a request may become, and where the result is written."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from perfcompare.commands._types import percent


def add(parser: ArgumentParser) -> None:
    """`tolerance`, `junit` and `markdown`."""
    parser.add_argument(
        "--tolerance",
        type=percent,
        default=0.05,
        metavar="PERCENT",
        help="by how much the cost of a request may rise (default: 5); a larger noise floor overrides it",
    )
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the result as JUnit XML")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the result as Markdown")
