"""The answer in plain sentences: what each stack costs beside the reference."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from perfcompare.core.stack import original
from perfcompare.core.statistics import Verdict, median
from perfcompare.core.target import REFERENCE
from perfcompare.report.data import formatting
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.noise import is_twin
from perfcompare.report.data.ratios import Ratio
from perfcompare.report.data.report import Block, CellSummary, Ladder, Report, Step

NAMED: Final = 3
"""How many steps of a ladder are named in a sentence."""
Cost = tuple[Block, Ratio]
Mark = Callable[[str], str]


def sentences(report: Report, mark: Mark = str) -> tuple[str, ...]:
    """A sentence or two for each stack on the server it is judged on, dearest first; or why there is none.

    `mark` makes names inert for the place where the sentences appear.
    """
    costs = _costs(report)
    if not costs or report.reference is None:
        return (*_climbs(report, mark), *_practised(report, mark), _nothing(report, mark))
    ordered = sorted(costs, key=lambda name: _middle(costs[name]), reverse=True)
    holes, reference = _holes(report), mark(report.reference)
    return (
        *_climbs(report, mark),
        *_practised(report, mark),
        *(_sentence(mark(name), costs[name], reference, mark) + _unknown(holes[name], mark) for name in ordered),
        *(f"{mark(name)} has no valid figures beside {reference}: not known." for name in holes if name not in costs),
    )


def _climbs(report: Report, mark: Mark) -> Iterator[str]:
    """For each ladder where it begins and ends, and the steps that gain most."""
    for ladder in report.ladders:
        first, last = ladder.steps[0], ladder.steps[-1]
        yield (
            f"{mark(ladder.stack)} on {mark(ladder.title)}: {_distance(first, last)}, "
            f"steps {first.number} to {last.number}.{_gains(ladder, mark)}"
        )


def _practised(report: Report, mark: Mark) -> Iterator[str]:
    """What a stack costs with each thing that teams add, beside itself without, the cheapest first."""
    for ladder in report.practices:
        first, *added = ladder.steps
        gains = [(step.label, step.gain) for step in added if step.gain and step.below is first.cell]
        said = [
            f"{formatting.ratio(gain)} {_added(label, mark)}{_said([gain])}"
            for label, gain in sorted(gains, key=lambda one: one[1].value)
        ]
        if said:
            yield f"{mark(ladder.stack)} on {mark(ladder.title)}, beside the same without: {'; '.join(said)}."


def _added(label: str, mark: Mark) -> str:
    """`+ django-cachalot` is said as "with django-cachalot"; "behind nginx" stands for itself."""
    name = label.removeprefix("+ ")
    return mark(name) if name == label else f"with {mark(name)}"


def _distance(first: Step, last: Step) -> str:
    """What a request costs at two steps, beside the reference where that is known for both."""
    costs = [formatting.ratio(step.cell.cpu_ratio) for step in (first, last) if step.cell.cpu_ratio]
    if len(costs) == 2:
        return f"from {' to '.join(costs)} FastAPI's CPU per request"
    costs = [formatting.number(step.cell.figures.server_cpu_us) for step in (first, last)]
    return f"from {' to '.join(costs)} µs of CPU per request"


def _gains(ladder: Ladder, mark: Mark) -> str:
    known = [(step, step.gain) for step in ladder.steps if step.gain]
    found = [(step, gain) for step, gain in known if gain.verdict in (None, Verdict.FASTER) and gain.value < 1]
    found.sort(key=lambda one: one[1].value)
    named = [
        f"{mark(step.label.removeprefix('+ '))} ({1 - gain.value:.0%}{'' if gain.verdict else ', not certain'})"
        for step, gain in found[:NAMED]
    ]
    same = sum(gain.verdict is Verdict.NO_DIFFERENCE for _step, gain in known)
    return "".join(
        (
            f" Of what the step before costs, most is saved by {formatting.both(named)}." if named else "",
            f" {same} of {len(known)} steps make no difference there." if same else "",
        )
    )


def _costs(report: Report) -> dict[str, list[Cost]]:
    costs: dict[str, list[Cost]] = defaultdict(list)
    for block in report.blocks:
        for cell in block.cells:
            if cell.contender and cell.cpu_ratio and not cell.reference:
                costs[_called(cell)].append((block, cell.cpu_ratio))
    return costs


def _called(cell: CellSummary) -> str:
    return f"The limit ({cell.name})" if cell.kind is Kind.FLOOR else cell.name


def _holes(report: Report) -> dict[str, list[str]]:
    """The titles of the blocks in which a stack was planned and has nothing to compare."""
    holes: dict[str, list[str]] = defaultdict(list)
    for block in report.blocks:
        for cell in block.cells:
            if cell.contender and not cell.cpu_ratio and not cell.reference:
                holes[_called(cell)].append(block.title)
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
    counts = Counter(formatting.verdict(ratio) for ratio in ratios if ratio.verdict is not None)
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
        return "A ladder compares the steps of one stack, and no other stacks."
    return f"This run has no valid figures beside {mark(report.reference)}, so nothing is compared."
