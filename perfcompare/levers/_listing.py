"""What `manage.py perfcompare levers` writes."""

from __future__ import annotations

import json
import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from perfcompare.levers import _status
from perfcompare.levers._project import Project
from perfcompare.levers._status import LeverStatus, PartStatus, State

HELP: Final = "show which levers are active in this project, and why one is not"
_log: Final = logging.getLogger("perfcompare.levers")
_WIDTH: Final = 22
_STATE: Final = 15
_MOST: Final = 5
"""So many reasons of a part are shown, those of most classes."""


def arguments(parser: ArgumentParser) -> None:
    """How much to show."""
    more = "show levers that this project does not use, too, and the names of all classes that are left to stock"
    parser.add_argument("--all", action="store_true", help=more)
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")


def text(options: Namespace) -> str:
    """One line for each lever, and one for each thing that is inactive or patched, or was counted in this process."""
    project = Project()
    chosen = [one for one in _status.status(project).values() if options.all or one.state is not State.UNUSED]
    if options.json:
        for problem in project.problems:
            _log.warning(problem)
        return json.dumps([asdict(one) for one in chosen], indent=1)
    lines = [line for one in chosen for line in _lines(one, names=options.all)]
    return "\n".join([*(lines or ["This project uses no lever. See: --all"]), *project.problems])


def _lines(lever: LeverStatus, *, names: bool) -> Iterator[str]:
    yield f"{lever.name:<{_WIDTH}}{lever.state:<{_STATE}}{', '.join(lever.tested)}"
    if lever.state is not State.UNUSED:
        for sentence in lever.reasons:
            yield f"  {sentence}"
        yield from _counts(lever)
        for part in lever.parts:
            yield from _part_lines(part, names=names)


def _part_lines(part: PartStatus, *, names: bool) -> Iterator[str]:
    for reason in part.reasons:
        yield f"  {part.name}: {part.state}. {reason}"
    shown = part.classes if names else part.classes[:_MOST]
    for group in shown:
        yield f"  {part.name}: {group.said}."
        yield from (f"    {name}" for name in group.names if names)
    if len(shown) < len(part.classes):
        yield f"  {part.name}: {len(part.classes) - len(shown)} more reasons. See: --all"
    for one in part.replacements:
        if one.patched_by:
            yield f"  {part.name}: {one.patched_by} has been put over {one.target} since."


def _counts(of: LeverStatus) -> Iterator[str]:
    counted: list[tuple[str, LeverStatus | PartStatus]] = [("", of), *((f"{part.name}: ", part) for part in of.parts)]
    for name, one in counted:
        if one.fast or one.stock:
            yield f"  {name}calls in this process: {one.fast} fast, {one.stock} stock."
