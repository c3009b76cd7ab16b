"""Options that several subcommands have."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from perfcompare.core.errors import EnvironmentProblem


def add_run(parser: ArgumentParser) -> None:
    """Which run; without it the newest."""
    parser.add_argument("run", nargs="?", default="latest", metavar="RUN", help="its number, or latest (the default)")


def save(path: Path, text: str) -> None:
    """Write the file, with the folders above it; EnvironmentProblem when the system does not let us."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise EnvironmentProblem(f"Cannot write {path}: {error.strerror}. Choose another place.") from error
