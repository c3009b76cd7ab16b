"""The answer in plain sentences: what each stack costs beside the reference."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from perfcompare.core.stack import original
from perfcompare.core.statistics import median
from perfcompare.core.target import REFERENCE
from perfcompare.report.data import formatting
from perfcompare.report.data.noise import is_twin
from perfcompare.report.data.ratios import Ratio
from perfcompare.report.data.report import Block, Report

Cost = tuple[Block, Ratio]
Mark = Callable[[str], str]


def sentences(report: Report, mark: Mark = str) -> tuple[str, ...]:
    """A sentence or two for each stack on the server it is judged on, dearest first; or why there is none.

    `mark` makes names inert for the place where the sentences appear.
    """
    costs = _costs(report)
    if not costs or report.reference is None:
        return (_nothing(report, mark),)
    ordered = sorted(costs, key=lambda name: _middle(costs[name]), reverse=True)
    holes, reference = _holes(report), mark(report.reference)
    return (
        *(_sentence(mark(name), costs[name], reference, mark) + _unknown(holes[name], mark) for name in ordered),
        *(f"{mark(name)} has no valid figures beside {reference}: not known." for name in holes if name not in costs),
    )


def _costs(report: Report) -> dict[str, list[Cost]]:
    costs: dict[str, list[Cost]] = defaultdict(list)
    for block in report.blocks:
        for cell in block.cells:
            if cell.contender and cell.cpu_ratio and not cell.reference:
                costs[cell.name].append((block, cell.cpu_ratio))
    return costs


def _holes(report: Report) -> dict[str, list[str]]:
    """The titles of the blocks in which a stack was planned and has nothing to compare."""
    holes: dict[str, list[str]] = defaultdict(list)
    for block in report.blocks:
        for cell in block.cells:
            if cell.contender and not cell.cpu_ratio and not cell.reference:
                holes[cell.name].append(block.title)
    return holes


def _unknown(titles: Sequence[str], mark: Mark) -> str:
    return f" Not known on {', '.join(map(mark, titles))}." if titles else ""


def _middle(costs: Sequence[Cost]) -> float:
    return median([ratio.value for _block, ratio in costs])


def _sentence(name: str, costs: Sequence[Cost], reference: str, mark: Mark) -> str:
    if len(costs) == 1:
        block, ratio = costs[0]
        return (
            f"{name} costs {formatting.ratio(ratio)} the CPU per request of {reference} on {mark(block.title)}"
            f"{_said([ratio])}."
        )
    (least, low), (most, high) = (pick(costs, key=lambda cost: cost[1].value) for pick in (min, max))
    return (
        f"{name} costs {formatting.number(_middle(costs))}x the CPU per request of {reference} (median of "
        f"{len(costs)} comparisons): least on {mark(least.title)} ({formatting.ratio(low)}), most on "
        f"{mark(most.title)} ({formatting.ratio(high)}){_said([ratio for _block, ratio in costs])}."
    )


def _said(ratios: Sequence[Ratio]) -> str:
    """The verdicts of the comparisons, how often each; nothing when none has one."""
    counts = Counter(ratio.verdict for ratio in ratios if ratio.verdict is not None)
    if not counts:
        return ""
    if len(ratios) == 1:
        return f": {next(iter(counts))}"
    return ": " + ", ".join(f"{verdict} in {count}" for verdict, count in counts.most_common())


def _nothing(report: Report, mark: Mark) -> str:
    if report.reference is None:
        return "This run does not include the reference, FastAPI, so nothing is compared."
    if not any(cell.reference and cell.valid for cell in report.cells):
        return f"This run has no valid figures of {mark(report.reference)}, so nothing is compared."
    if all(original(cell.cell.stack) == REFERENCE for cell in report.cells):
        twins = any(is_twin(cell.cell) for cell in report.cells)
        said = " and its twin were" if twins else " was"
        return (
            f"Only {mark(report.reference)}{said} measured, so nothing is compared. Add a stack: manage.py perfcompare "
            f"run --stacks {REFERENCE},drf"
        )
    if report.ladders:
        return "A ladder does not compare stacks. It shows the gain of each lever below, step by step."
    return f"This run has no valid figures beside {mark(report.reference)}, so nothing is compared."
