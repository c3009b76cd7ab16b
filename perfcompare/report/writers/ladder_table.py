"""A ladder as plain text: what each lever or practice gives, what is left to FastAPI and to the bare server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.core.statistics import Verdict
from perfcompare.report.data import formatting
from perfcompare.report.data.report import Ladder, Step

NAME: Final = 44
COST: Final = 9
RATIO: Final = 21
BESIDE: Final = {"lever": "x step above", "practice": "x without it"}
"""What a step is compared with."""


def lines(ladder: Ladder) -> Iterator[str]:
    """A title, a line for each step, and the two that it is compared with."""
    rungs = ladder.rungs
    yield f"{formatting.printable(ladder.stack)}, {formatting.printable(ladder.title)}: {rungs} by {rungs}"
    yield f"{'':<{NAME}} {'CPU µs':>{COST}} {BESIDE[rungs]:>{RATIO}} {'x FastAPI':>{RATIO}}  gives"
    for step in ladder.steps:
        yield from _step(step)
    if ladder.lacking:
        yield formatting.printable(f"No valid figures of {ladder.lacking}.")
    for cell in (ladder.reference, ladder.floor):
        if cell is not None:
            yield f"{formatting.printable(cell.name):<{NAME}} {formatting.number(cell.figures.server_cpu_us):>{COST}}"


def _step(step: Step) -> Iterator[str]:
    """One line; a name that is too long for its column has one of its own, for its end says what the gain is of."""
    cost = formatting.number(step.cell.figures.server_cpu_us)
    beside, left = formatting.ratio(step.gain), formatting.ratio(step.cell.cpu_ratio)
    name = formatting.printable(step.label)
    if len(name) > NAME:
        yield name
        name = ""
    yield f"{name:<{NAME}} {cost:>{COST}} {beside:>{RATIO}} {left:>{RATIO}}  {_said(step)}".rstrip()


def _said(step: Step) -> str:
    if step.gain is None:
        return ""
    if step.gain.verdict is Verdict.NO_DIFFERENCE:
        return "no difference here"
    return f"{1 - step.gain.value:+.0%}" + ("" if step.gain.verdict else ", not certain")
