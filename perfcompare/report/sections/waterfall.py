"""A ladder drawn as a waterfall: what each step takes away, what is left to the reference, and the floor below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString

from perfcompare.core.statistics import Verdict
from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Bar
from perfcompare.report.data import formatting
from perfcompare.report.data.report import CellSummary, Ladder, Report, Step
from perfcompare.report.sections.cells import Link, no_link, svg_attributes


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """One ladder: the drawing and the table behind it."""

    ladder: Ladder
    drawing: SafeString
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """For each step the way to its profile, and: what it adds, CPU per request, interval, beside the valid step below,
    beside FastAPI, verdict, valid rounds."""
    left: tuple[str, ...]
    """What is left at the last step, in sentences."""
    scenario: str


def build(report: Report, link: Link = no_link) -> tuple[Waterfall, ...]:
    """Every ladder of the run, of levers and of practices."""
    return tuple(
        Waterfall(
            ladder=ladder,
            drawing=plots.bars(
                f"CPU per request, {ladder.rungs} by {ladder.rungs}; {ladder.stack}, {ladder.title}",
                list(_bars(ladder, link)),
            ),
            rows=tuple((link(step.cell.cell), _row(step)) for step in ladder.steps),
            left=tuple(_left(ladder)),
            scenario=formatting.printable(ladder.steps[0].cell.cell.scenario),
        )
        for ladder in (*report.ladders, *report.practices)
    )


def _cost(cell: CellSummary) -> float:
    return cell.figures.server_cpu_us or 0.0


def _bars(ladder: Ladder, link: Link) -> Iterator[Bar]:
    yield _whole(ladder.steps[0].cell, formatting.printable(f"{ladder.stack}, {ladder.steps[0].label}"), link)
    for step in ladder.steps[1:]:
        if step.gain is None or step.below is None:  # no round has both: two costs, and no difference between them
            yield _whole(step.cell, formatting.printable(f"step {step.number}"), link)
        else:
            yield _difference(step, _cost(step.below), _cost(step.cell), link)
    if ladder.reference:
        if ladder.rungs == "lever":
            yield _rest(ladder.steps[-1].cell, ladder.reference, link)
        yield _whole(ladder.reference, formatting.printable(ladder.reference.name), link)
    if ladder.floor:
        yield _whole(ladder.floor, formatting.printable(ladder.floor.name), link)


def _whole(cell: CellSummary, name: str, link: Link) -> Bar:
    return Bar(
        name=name,
        figure=f"{formatting.number(_cost(cell))} µs",
        value=_cost(cell),
        interval=cell.intervals.get("server_cpu_us"),
        kind=cell.kind.value,
        link=link(cell.cell),
        data=_data(cell),
    )


def _difference(step: Step, before: float, after: float, link: Link) -> Bar:
    return Bar(
        name=formatting.printable(step.short),
        figure=f"{after - before:+,.0f} µs",
        ratio=f"{formatting.ratio(step.gain)}{_said(step)}",
        start=min(before, after),
        value=max(before, after),
        interval=step.cell.intervals.get("server_cpu_us"),
        kind="gain" if after <= before else "loss",
        link=link(step.cell.cell),
        data=_data(step.cell),
    )


def _rest(last: CellSummary, reference: CellSummary, link: Link) -> Bar:
    more = _cost(last) - _cost(reference)
    return Bar(
        name="left to FastAPI" if more > 0 else "ahead of FastAPI by",
        figure=f"{abs(more):,.0f} µs",
        ratio=formatting.ratio(last.cpu_ratio),
        start=min(_cost(last), _cost(reference)),
        value=max(_cost(last), _cost(reference)),
        kind="left" if more > 0 else "gain",
        link=link(last.cell),
        data=_data(last),
    )


def _data(cell: CellSummary) -> dict[str, str]:
    """Steps are filtered with their scenario and server only: they are one study."""
    return {name: value for name, value in svg_attributes(cell.cell).items() if name != "stack"}


def _said(step: Step) -> str:
    verdict = step.gain.verdict if step.gain else None
    return ", no difference" if verdict is Verdict.NO_DIFFERENCE else ""


def _row(step: Step) -> tuple[str, ...]:
    cell = step.cell
    return (
        step.label,
        f"{formatting.number(_cost(cell))} µs",
        formatting.interval(cell.intervals.get("server_cpu_us")),
        formatting.ratio(step.gain),
        formatting.ratio(cell.cpu_ratio),
        (step.gain.verdict or "") if step.gain else "",
        formatting.validity(cell),
    )


def _left(ladder: Ladder) -> Iterator[str]:
    if ladder.rungs == "practice":
        if ladder.lacking:
            yield f"No valid figures of {ladder.lacking}."
        return
    last = ladder.steps[-1].cell
    if ladder.lacking:
        yield (f"No valid figures of {ladder.lacking}: what stands there is of several levers together, or not known.")
    if ladder.reference:
        times = formatting.ratio(last.cpu_ratio)
        yield f"At step {ladder.steps[-1].number} it costs {times} FastAPI's CPU per request."
    if ladder.floor:
        floor = _cost(ladder.floor)
        times = formatting.number(_cost(last) / floor if floor else None)
        yield f"The bare server without a framework costs {formatting.number(floor)} µs: this costs {times}x that."
