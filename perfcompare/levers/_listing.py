"""What `manage.py perfcompare levers` writes."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from perfcompare import levers
from perfcompare.levers._status import LeverStatus, PartStatus, State

HELP: Final = "show which levers are active in this project, and why one is not"
_WIDTH: Final = 22
_STATE: Final = 15


def arguments(parser: ArgumentParser) -> None:
    """How much to show."""
    parser.add_argument("--all", action="store_true", help="show levers that this project does not use, too")
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")


def text(options: Namespace) -> str:
    """One line for each lever, and one for each of its parts that is inactive or patched."""
    chosen = [one for one in levers.status().values() if options.all or one.state is not State.UNUSED]
    if options.json:
        return json.dumps([asdict(one) for one in chosen], indent=1)
    return "\n".join(line for one in chosen for line in _lines(one)) or "This project uses no lever. See: --all"


def _lines(lever: LeverStatus) -> Iterator[str]:
    yield f"{lever.name:<{_WIDTH}}{lever.state:<{_STATE}}{', '.join(lever.tested)}"
    if lever.state is not State.UNUSED:
        for sentence in lever.reasons:
            yield f"  {sentence}"
        for part in lever.parts:
            yield from _part_lines(part)


def _part_lines(part: PartStatus) -> Iterator[str]:
    for reason in part.reasons:
        yield f"  {part.name}: {part.state}. {reason}"
    for one in part.replacements:
        if one.patched_by:
            yield f"  {part.name}: {one.patched_by} has been put over {one.target} since."
