"""From a stored run to what a report says: medians per cell, ratios paired per round, and every hole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Final

from perfcompare import registries
from perfcompare.core.measurement import Cell
from perfcompare.core.statistics import Interval, bootstrap, median
from perfcompare.models import Measurement, Run, findings
from perfcompare.report import connections, instruments, ladders, loops, noise, seconds, serialisers
from perfcompare.report.data import Block, CellSummary, Excluded, Figures, Report
from perfcompare.report.kinds import REFERENCE, kind
from perfcompare.report.noise import Floors
from perfcompare.report.ratios import beside, paired

__all__ = ["REFERENCE", "collect", "judged_server", "server_label", "stack_label"]

SPREADS: Final = ("server_cpu_us", "goodput", "p99_ms", "pss_peak_kib")
"""The figures that are drawn, and therefore have an interval of their own."""


def collect(run: Run) -> Report:
    """Everything that a report on `run` says, from what is stored at this moment."""
    rows = run.judged()
    cells = list(dict.fromkeys([*run.planned_cells(), *(row.cell for row in rows)]))
    visits: dict[Cell, list[Measurement]] = defaultdict(list)
    for row in rows:
        visits[row.cell].append(row)
    floors = noise.floors(visits)
    closed = [cell for cell in cells if cell == cell.plain]
    blocks = _blocks(run, closed, visits, floors)
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
        generators=tuple(sorted({row.generator for row in rows if row.generator and row.cell == row.cell.plain})),
        floors=floors,
        reference=_reference_label(cells),
        blocks=blocks,
        paced=_blocks(run, [cell for cell in cells if cell.share], visits, floors),
        agreements=instruments.of(visits, run.options.get("generator", ""), run.seed),
        ladders=ladders.of(blocks, visits, floors, run.seed),
        excluded=tuple(_excluded(row) for row in rows if not row.valid),
        not_offered=_not_offered(cells),
        limits=_limits(cells),
        commands=_commands(rows),
        loop=loops.of(run, rows),
        anatomies=findings.anatomies(run.options),
        serialisers=serialisers.of(run),
        connections=connections.of(run),
        interleaved=bool(run.options.get("interleaved")),
        courses=seconds.of(rows),
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
    groups: dict[tuple[str, int, int], list[CellSummary]] = defaultdict(list)
    for cell in cells:
        reference = replace(cell, stack=REFERENCE, server=servers[REFERENCE] or "")
        judged = cell.server == servers[cell.stack]
        # each stack has a rate of its own, so at fixed rates there is nothing to be beside
        pair = (visits.get(cell, ()), () if cell.share else visits.get(reference, ()))
        is_reference = cell == reference and not cell.share
        summary = _summary(run, cell, pair, floors, judged=judged, reference=is_reference)
        groups[cell.scenario, cell.concurrency, cell.share].append(summary)
    several = len({cell.concurrency for cell in cells}) > 1
    return tuple(
        _block(scenario, concurrency, group, several) for (scenario, concurrency, _share), group in groups.items()
    )


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
    pairs = paired(valid, references)
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
        kind=kind(cell.stack),
        intervals={name: _interval(valid, name, run.seed) for name in SPREADS},
        cpu_ratio=beside(pairs, "server_cpu_us", run.seed, floor=floors.cpu),
        goodput_ratio=beside(pairs, "goodput", run.seed, floor=floors.goodput, dear=False),
        mean_ratio=beside(pairs, "mean_ms", run.seed),
        p99_ratio=beside(pairs, "p99_ms", run.seed),
        memory_ratio=beside(pairs, "pss_peak_kib", run.seed),
    )


def _interval(rows: Iterable[Measurement], name: str, seed: int) -> Interval | None:
    """The interval of the median of one figure; None with too few rounds."""
    values = [value for row in rows if (value := getattr(row, name)) is not None]
    return bootstrap(values, seed=seed)


def _medians(rows: Sequence[Measurement]) -> Figures:
    columns = {field.name: [getattr(row, field.name) for row in rows] for field in fields(Figures)}
    present = {name: [value for value in values if value is not None] for name, values in columns.items()}
    return Figures(**{name: median(values) for name, values in present.items() if values})


def _excluded(row: Measurement) -> Excluded:
    return Excluded(cell=row.cell, round=row.round, reasons=row.reasons, failed=bool(row.error))


def _not_offered(cells: Iterable[Cell]) -> dict[str, tuple[str, ...]]:
    scenarios = [name for name in dict.fromkeys(cell.scenario for cell in cells) if name in registries.scenarios]
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
