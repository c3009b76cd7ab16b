"""The answer at the top of a report: how far is Django, what closes the gap, and what stays open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from perfcompare import registries
from perfcompare.core.statistics import Verdict, median
from perfcompare.report import charts, words
from perfcompare.report.charts import Bar
from perfcompare.report.data import Block, CellSummary, Ratio, Report
from perfcompare.report.kinds import Kind
from perfcompare.report.sections import Link, nowhere

PLAIN = "drf"
"""The Django that teams come from, wherever a run holds it."""
NEAR = 1.1
"""Up to this many times the reference's cost counts as closed where a comparison has no verdict."""
NAMED = 4
"""How many levers, and how many scenarios, are named in a sentence."""
Mark = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One scenario: Django as it comes and Django with levers, both with valid figures beside the reference's."""

    block: Block
    plain: CellSummary
    tuned: CellSummary | None

    @property
    def left(self) -> Ratio | None:
        """What Django costs after everything that this run tried."""
        return (self.tuned or self.plain).cpu_ratio


def gaps(report: Report) -> tuple[Gap, ...]:
    """The scenarios in which plain Django can be compared."""
    blocks = report.main_blocks
    plain = _chosen(blocks, Kind.PLAIN, lambda stack: stack == PLAIN)
    tuned = _chosen(blocks, Kind.TUNED, lambda stack: framework(stack) == framework(plain or PLAIN))
    found = ((block, _cell(block, plain), _cell(block, tuned)) for block in blocks)
    return tuple(Gap(block=block, plain=one, tuned=other) for block, one, other in found if one)


def sentences(report: Report, mark: Mark = str) -> tuple[str, ...]:
    """The answer in two or three sentences; none when there is nothing to compare."""
    found = gaps(report)
    if not found:
        return ()
    return (*_sentences(report, found, mark), *_cheapest(report, found, mark))


def drawing(report: Report, link: Link = nowhere) -> SafeString | None:
    """Each scenario as one bar: the reference's cost, what is left, and what the levers take away.

    Its name leads to what `link` says of Django as it comes.
    """
    rows = [_bar(gap, link) for gap in gaps(report)]
    return charts.bars("CPU per request as a multiple of FastAPI's, by scenario", rows) if rows else None


def levers(stack: str) -> tuple[str, ...]:
    """What people call the levers of a stack, in their order."""
    known = registries.stacks.get(stack)
    return tuple(one.label for one in registries.levers.choose(known.levers).values()) if known else ()


def near(ratio: Ratio) -> bool:
    """Whether the cost is the reference's or less, as far as this run can tell."""
    return ratio.value <= NEAR if ratio.verdict is None else ratio.verdict is not Verdict.SLOWER


def framework(stack: str) -> str:
    """The distribution that the stack's views are written with; the stack's name when it is not known."""
    known = registries.stacks.get(stack)
    return known.packages[0] if known and known.packages else stack


def _chosen(blocks: Iterable[Block], kind: Kind, wanted: Callable[[str], bool]) -> str | None:
    """The stack of that kind that stands for it: the cheapest over all scenarios, of those wanted if there are any."""
    ratios: dict[str, list[float]] = {}
    for block in blocks:
        for cell in block.cells:
            if cell.kind is kind and cell.contender and cell.cpu_ratio:
                ratios.setdefault(cell.cell.stack, []).append(cell.cpu_ratio.value)
    preferred = [name for name in ratios if wanted(name)] or list(ratios)
    return min(preferred, key=lambda name: median(ratios[name]), default=None)


def _cell(block: Block, stack: str | None) -> CellSummary | None:
    cells = (cell for cell in block.cells if cell.contender and cell.cell.stack == stack)
    return next((cell for cell in cells if cell.cpu_ratio), None)


def _sentences(report: Report, found: tuple[Gap, ...], mark: Mark) -> Iterator[str]:
    yield _cost(found[0].plain.stack, "as it comes costs", [(gap.block, gap.plain.cpu_ratio) for gap in found], mark)
    tuned = [(gap.block, gap.tuned.cpu_ratio) for gap in found if gap.tuned]
    stack = next((gap.tuned for gap in found if gap.tuned), None)
    if stack is None:
        measured = any(cell.kind is Kind.TUNED for cell in report.cells)
        why = f"has valid figures where {mark(found[0].plain.stack)} has some" if measured else "was measured"
        yield f"No stack with levers {why}, so this run does not tell what closes the gap."
        return
    names = levers(stack.cell.stack)
    changes = f"With {len(names)} change{'s' if len(names) != 1 else ''} ({_listed(tuple(map(mark, names)))}) "
    yield changes + _cost(stack.stack, "costs", tuned, mark)
    yield _open(tuned, mark)


def _listed(said: Sequence[str]) -> str:
    """All of it, or of much only the first, since all of it stands further down."""
    more = len(said) - NAMED
    return f"{', '.join(said[:NAMED])} and {more} more" if more > 1 else ", ".join(said)


def _cheapest(report: Report, found: Iterable[Gap], mark: Mark) -> Iterator[str]:
    """The cheapest Django of all, where it is another one than the sentences are about."""
    told = {cell.cell.stack for gap in found for cell in (gap.plain, gap.tuned) if cell}
    blocks = report.main_blocks
    names = [name for kind in (Kind.PLAIN, Kind.TUNED) if (name := _chosen(blocks, kind, lambda _name: True))]
    costs = {name: _known(blocks, name) for name in names if name not in told}
    middle = {name: median([ratio.value for ratio in ratios]) for name, ratios in costs.items() if ratios}
    limit = median([gap.left.value for gap in found if gap.left])
    name = min(middle, key=lambda one: middle[one], default=None)
    if name is not None and middle[name] < limit:
        label = next(cell.stack for cell in report.cells if cell.cell.stack == name)
        yield f"The cheapest Django measured is {mark(label)}: {words.number(middle[name])}x in the median."


def _known(blocks: Iterable[Block], stack: str) -> list[Ratio]:
    return [cell.cpu_ratio for block in blocks if (cell := _cell(block, stack)) and cell.cpu_ratio]


def _cost(name: str, verb: str, costs: Iterable[tuple[Block, Ratio | None]], mark: Mark) -> str:
    known = [(block, ratio) for block, ratio in costs if ratio]
    start = f"{mark(name)} {verb}"
    if len(known) == 1:
        return f"{start} {words.ratio(known[0][1])} FastAPI's CPU per request on {mark(known[0][0].scenario)}."
    (least, low), (most, high) = (pick(known, key=lambda one: one[1].value) for pick in (min, max))
    middle = words.number(median([ratio.value for _block, ratio in known]))
    return (
        f"{start} {middle}x FastAPI's CPU per request (median of {len(known)} scenarios; from {words.ratio(low)} on "
        f"{mark(least.scenario)} to {words.ratio(high)} on {mark(most.scenario)})."
    )


def _open(tuned: Iterable[tuple[Block, Ratio | None]], mark: Mark) -> str:
    known = [(block, ratio) for block, ratio in tuned if ratio]
    behind = [(block, ratio) for block, ratio in known if not near(ratio)]
    closed = len(known) - len(behind)
    if not behind:
        where = "the one compared scenario" if len(known) == 1 else f"all of the {len(known)} compared scenarios"
        return f"That closes the gap{_threshold(known)} in {where}."
    worst = [f"{mark(block.scenario)} {words.ratio(ratio)}" for block, ratio in _worst(behind)]
    return (
        f"That closes the gap{_threshold(known)} in {closed} of {len(known)} scenarios. "
        f"Still dearer than FastAPI: {_listed(worst)}."
    )


def _threshold(known: Iterable[tuple[Block, Ratio]]) -> str:
    """What counts as closed: see `near`."""
    limits = {f"{NEAR - 1:.0%}" if ratio.verdict is None else "this run's noise" for _block, ratio in known}
    return f" to within {' or '.join(sorted(limits))}"


def _worst(behind: Iterable[tuple[Block, Ratio]]) -> list[tuple[Block, Ratio]]:
    return sorted(behind, key=lambda one: one[1].value, reverse=True)


def _bar(gap: Gap, link: Link) -> Bar:
    plain, tuned = gap.plain.cpu_ratio, gap.tuned and gap.tuned.cpu_ratio
    assert plain is not None
    after = min(tuned.value, plain.value) if tuned else plain.value
    own = min(1.0, after)
    ending = f" → {words.ratio(tuned)}" if tuned else ""
    return Bar(
        name=words.printable(gap.block.scenario),
        figure=f"{words.ratio(plain)}{ending}",
        value=plain.value,
        parts=(own, after - own, plain.value - after),
        interval=plain.interval,
        link=link(gap.plain.cell),
        data={"scenario": words.printable(gap.block.scenario)},
    )
