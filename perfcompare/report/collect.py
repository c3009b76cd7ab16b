"""From a stored run to what a report says: medians per cell, ratios paired per round, and every hole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Final

from perfcompare import registries
from perfcompare.core.measurement import Cell
from perfcompare.core.statistics import judge, median, ratio_interval
from perfcompare.models import Measurement, Run
from perfcompare.report import noise
from perfcompare.report.data import Block, CellSummary, Excluded, Figures, Ratio, Report
from perfcompare.report.noise import Floors

REFERENCE: Final = "fastapi"
"""The stack that every other one is compared with."""


def collect(run: Run) -> Report:
    """Everything that a report on `run` says, from what is stored at this moment."""
    rows = list(run.measurements.all())
    cells = list(dict.fromkeys([*run.planned_cells(), *(row.cell for row in rows)]))
    visits: dict[Cell, list[Measurement]] = defaultdict(list)
    for row in rows:
        visits[row.cell].append(row)
    floors = noise.floors(visits, run.seed)
    return Report(
        number=run.pk,
        label=run.label,
        note=run.note,
        preset=run.preset,
        state=run.state,
        started_at=run.started_at,
        ended_at=run.ended_at,
        seed=run.seed,
        rounds=run.rounds,
        command=run.command,
        facts=run.environment.facts,
        generators=tuple(sorted({row.generator for row in rows if row.generator})),
        floors=floors,
        reference=_reference_label(cells),
        blocks=_blocks(run, cells, visits, floors),
        excluded=tuple(_excluded(row) for row in rows if not row.valid),
        not_offered=_not_offered(cells),
        limits=_limits(cells),
        commands=_commands(rows),
    )


def stack_label(name: str) -> str:
    """What people call the stack; its name when it is not (or no longer) known."""
    stack = registries.stacks.get(name)
    return stack.label if stack else name


def server_label(name: str) -> str:
    """What people call the server; its name when it is not (or no longer) known."""
    server = registries.servers.get(name)
    return server.label if server else name


def judged_server(stack: str, cells: Iterable[Cell]) -> str | None:
    """The server that a stack is judged on: its own, else the first one in `cells`; None when it is not in them."""
    servers = list(dict.fromkeys(cell.server for cell in cells if cell.stack == stack))
    known = registries.stacks.get(stack)
    return known.server if known and known.server in servers else next(iter(servers), None)


def _reference_label(cells: Iterable[Cell]) -> str | None:
    server = judged_server(REFERENCE, cells)
    return f"{stack_label(REFERENCE)} on {server_label(server)}" if server else None


def _blocks(run: Run, cells: Sequence[Cell], visits: noise.Visits, floors: Floors) -> tuple[Block, ...]:
    servers = {stack: judged_server(stack, cells) for stack in {REFERENCE, *(cell.stack for cell in cells)}}
    groups: dict[tuple[str, int], list[CellSummary]] = defaultdict(list)
    for cell in cells:
        reference = replace(cell, stack=REFERENCE, server=servers[REFERENCE] or "")
        judged = cell.server == servers[cell.stack]
        pair = (visits.get(cell, ()), visits.get(reference, ()))
        summary = _summary(run, cell, pair, floors, judged=judged, reference=cell == reference)
        groups[cell.scenario, cell.concurrency].append(summary)
    several = len({cell.concurrency for cell in cells}) > 1
    return tuple(_block(scenario, concurrency, group, several) for (scenario, concurrency), group in groups.items())


def _block(scenario: str, concurrency: int, cells: Iterable[CellSummary], several: bool) -> Block:
    known = registries.scenarios.get(scenario)
    return Block(
        title=f"{scenario}, {concurrency} connections" if several else scenario,
        scenario=scenario,
        summary=known.summary if known else "",
        exercises=known.exercises if known else "",
        concurrency=concurrency,
        cells=tuple(sorted(cells, key=_cost)),
    )


def _cost(cell: CellSummary) -> tuple[bool, float, Cell]:
    cost = cell.figures.server_cpu_us
    return (cost is None, cost or 0.0, cell.cell)


def _summary(
    run: Run,
    cell: Cell,
    pair: tuple[Sequence[Measurement], Sequence[Measurement]],
    floors: Floors,
    *,
    judged: bool,
    reference: bool,
) -> CellSummary:
    visits, references = pair
    valid = [row for row in visits if row.valid]
    pairs = _paired(valid, [row for row in references if row.valid])
    return CellSummary(
        cell=cell,
        stack=stack_label(cell.stack),
        server=server_label(cell.server),
        judged=judged,
        reference=reference,
        valid=len(valid),
        visited=len(visits),
        rounds=run.rounds,
        figures=_medians(valid),
        cpu_ratio=ratio(
            [(one.server_cpu_us, other.server_cpu_us) for one, other in pairs], run.seed, floor=floors.cpu, dear=True
        ),
        goodput_ratio=ratio(
            [(one.goodput, other.goodput) for one, other in pairs], run.seed, floor=floors.goodput, dear=False
        ),
    )


def _paired(rows: Iterable[Measurement], references: Iterable[Measurement]) -> list[tuple[Measurement, Measurement]]:
    by_round = {row.round: row for row in references}
    return [(row, by_round[row.round]) for row in rows if row.round in by_round]


def _medians(rows: Sequence[Measurement]) -> Figures:
    columns = {field.name: [getattr(row, field.name) for row in rows] for field in fields(Figures)}
    present = {name: [value for value in values if value is not None] for name, values in columns.items()}
    return Figures(**{name: median(values) for name, values in present.items() if values})


def ratio(
    pairs: Iterable[tuple[float | None, float | None]], seed: int, *, floor: float | None, dear: bool
) -> Ratio | None:
    """The ratio of the pairs that hold both figures, with its verdict (see statistics.judge); None without a pair."""
    usable = [(one, other) for one, other in pairs if one is not None and other]
    if not usable:
        return None
    value = median([one / other for one, other in usable])
    interval = ratio_interval(usable, seed=seed)
    verdict = judge(interval, floor=floor, dear=dear)
    return Ratio(value=value, rounds=len(usable), interval=interval, verdict=verdict)


def _excluded(row: Measurement) -> Excluded:
    return Excluded(cell=row.cell, round=row.round, reasons=row.reasons, failed=bool(row.error))


def _not_offered(cells: Iterable[Cell]) -> dict[str, tuple[str, ...]]:
    scenarios = dict.fromkeys(cell.scenario for cell in cells)
    stacks = {name: registries.stacks.get(name) for name in dict.fromkeys(cell.stack for cell in cells)}
    missing = {
        stack.label: tuple(name for name in scenarios if name not in stack.scenarios)
        for stack in stacks.values()
        if stack
    }
    return {label: names for label, names in missing.items() if names}


def _limits(cells: Iterable[Cell]) -> dict[str, tuple[str, ...]]:
    servers = [registries.servers.get(name) for name in dict.fromkeys(cell.server for cell in cells)]
    return {server.label: server.limits for server in servers if server and server.limits}


def _commands(rows: Iterable[Measurement]) -> dict[str, str]:
    return {
        f"{stack_label(row.stack)} on {server_label(row.server)}": " ".join(row.command) for row in rows if row.command
    }
