"""Collects the report of a stored run: medians per cell, ratios paired per round, and every gap in the data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from perfcompare import plugins
from perfcompare.core.interface import Interface
from perfcompare.core.latency import from_samples
from perfcompare.core.measurement import Anchor, Cell
from perfcompare.core.objection import Figure
from perfcompare.core.scenario import Scenario
from perfcompare.core.statistics import bootstrap, median
from perfcompare.core.target import FLOOR, REFERENCE, Catalog
from perfcompare.models import Measurement, Run, side_results
from perfcompare.models.columns import shown
from perfcompare.models.sockets import SOCKETS
from perfcompare.models.streams import STREAMS
from perfcompare.report.data import (
    agreements,
    by_level,
    connections,
    ladders,
    load_model,
    memory,
    noise,
    practices,
    serializers,
    timelines,
)
from perfcompare.report.data.kinds import Kind, judged_server, kind
from perfcompare.report.data.labels import pair_label, server_label, stack_label
from perfcompare.report.data.noise import Floors
from perfcompare.report.data.ratios import Ratio, Trials, beside, paired, trials
from perfcompare.report.data.report import Block, CellSummary, Excluded, Figures, Report
from perfcompare.runner.plan import rounds_of
from perfcompare.targets._registry import catalog_of

SPREADS: Final = ("server_cpu_us", "goodput", "p99_ms", "pss_peak_kib")
"""The figures that are drawn, and therefore have an interval of their own."""
FIGURES: Final[Mapping[str, Figure]] = {
    **dict.fromkeys(
        ("server_cpu_us", "collections_cpu_us", "database_cpu_us", "generator_cpu_us", "cache_cpu_us"), Figure.COST
    ),
    **dict.fromkeys(("goodput", "in_use", "late_p99_ms"), Figure.RATE),
    **dict.fromkeys(("mean_ms", "min_ms", "p50_ms", "p90_ms", "p99_ms", "p999_ms", "max_ms"), Figure.LATENCY),
    **dict.fromkeys(("pss_idle_kib", "pss_peak_kib", "threads_peak", "processes", "start_s"), Figure.MEMORY),
}
"""The kind of each column. A column that is missing here is a setting, which no objection invalidates."""


def collect(run: Run) -> Report:
    """Everything that a report on `run` says, from what is stored at this moment."""
    rows = run.judged()
    cells = list(dict.fromkeys([*run.planned_cells(), *(row.cell for row in rows)]))
    by_cell = trials(rows)
    floors = noise.floors(by_cell)
    closed = [cell for cell in cells if cell == cell.plain]
    catalog = catalog_of(run.target)

    def blocks_of(cells: Sequence[Cell]) -> tuple[Block, ...]:
        return _blocks(catalog, run, cells, by_cell, floors)

    blocks = blocks_of(closed)
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
        catalog=catalog,
        reference=_reference_label(catalog, cells),
        blocks=blocks,
        fixed_rates=blocks_of([cell for cell in cells if cell.share and not cell.anchor]),
        equal_load=blocks_of([cell for cell in cells if cell.anchor]),
        agreements=agreements.collect(by_cell, run.options.get("generator", ""), run.seed),
        ladders=ladders.collect(catalog, blocks, by_cell, floors, run.seed),
        practices=practices.collect(catalog, blocks, by_cell, floors, run.seed),
        excluded=tuple(_excluded(row) for row in rows if not row.valid),
        not_offered=_not_offered(catalog, cells),
        limits=_limits(cells),
        commands=_commands(catalog, rows),
        load_model=load_model.collect(run, rows),
        anatomies=side_results.anatomies(run.options),
        serializers=serializers.collect(run),
        connections=connections.collect(run),
        streams=by_level.collect(STREAMS, run),
        sockets=by_level.collect(SOCKETS, run),
        memory=memory.collect(run),
        in_turns=bool(run.options.get("interleaved")),
        timelines=timelines.collect(rows),
    )


def _reference_label(catalog: Catalog, cells: Iterable[Cell]) -> str | None:
    server = judged_server(catalog, REFERENCE, cells)
    return pair_label(catalog, REFERENCE, server) if server else None


def _blocks(catalog: Catalog, run: Run, cells: Sequence[Cell], by_cell: Trials, floors: Floors) -> tuple[Block, ...]:
    servers = {stack: judged_server(catalog, stack, cells) for stack in {REFERENCE, *(cell.stack for cell in cells)}}
    limits = {
        scenario: judged_server(catalog, FLOOR, [cell for cell in cells if cell.scenario == scenario])
        for scenario in {cell.scenario for cell in cells}
    }
    groups: dict[tuple[str, int, int, Anchor], list[CellSummary]] = defaultdict(list)
    for cell in cells:
        reference = replace(cell, stack=REFERENCE, server=servers[REFERENCE] or "")
        limit = replace(cell, stack=FLOOR, server=limits[cell.scenario] or "")
        judged = cell.server == (limits[cell.scenario] if cell.stack == FLOOR else servers[cell.stack])
        own_rate = cell.share > 0 and not cell.anchor  # then there is nothing to be beside
        pair = (by_cell.get(cell, ()), () if own_rate else by_cell.get(reference, ()))
        is_reference = cell == reference and not own_rate
        summary = _summary(catalog, run, cell, pair, floors, judged=judged, reference=is_reference)
        least = paired(pair[0], () if own_rate else by_cell.get(limit, ()))
        summary = replace(summary, limit_ratio=beside(least, "server_cpu_us", run.seed))
        groups[cell.scenario, cell.concurrency, cell.share, cell.anchor].append(summary)
    levels = Counter(scenario for scenario, _level in {(cell.scenario, cell.concurrency) for cell in cells})
    return tuple(
        _block(catalog.scenarios.get(scenario), scenario, concurrency, anchor, group, levels[scenario] > 1)
        for (scenario, concurrency, _share, anchor), group in groups.items()
    )


def _block(
    known: Scenario | None,
    scenario: str,
    concurrency: int,
    anchor: Anchor,
    cells: Iterable[CellSummary],
    several: bool,
) -> Block:
    return Block(
        title=f"{scenario}, {concurrency} connections" if several else scenario,
        anchor=anchor,
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
    catalog: Catalog,
    run: Run,
    cell: Cell,
    pair: tuple[Sequence[Measurement], Sequence[Measurement]],
    floors: Floors,
    *,
    judged: bool,
    reference: bool,
) -> CellSummary:
    trials, references = pair
    figure = _principal(cell, trials)

    def ratio(name: str, **judged: Any) -> Ratio | None:
        return beside(paired(trials, references, FIGURES[name]), name, run.seed, **judged)

    return CellSummary(
        cell=cell,
        stack=stack_label(catalog, cell.stack),
        server=server_label(cell.server),
        judged=judged,
        reference=reference,
        valid=sum(row.usable(figure) for row in trials),
        visited=len(trials),
        rounds=rounds_of(cell, run.rounds),
        against=Counter(code for row in trials for code in {one.code for one in row.against}),
        figures=_medians(trials),
        kind=kind(catalog, cell.stack),
        intervals={name: bootstrap(_usable(trials, name), seed=run.seed) for name in SPREADS},
        cpu_ratio=ratio("server_cpu_us", floor=floors.of(cell.scenario).cpu),
        goodput_ratio=ratio("goodput", floor=floors.of(cell.scenario).goodput, dear=False),
        mean_ratio=ratio("mean_ms"),
        p99_ratio=ratio("p99_ms") or _of_figures(trials, references, "p99_ms"),
        memory_ratio=ratio("pss_peak_kib"),
        idle_ratio=ratio("pss_idle_kib"),
    )


def _of_figures(trials: Sequence[Measurement], references: Sequence[Measurement], name: str) -> Ratio | None:
    """The ratio of what all rounds come to together, where single rounds have too few answers; without an interval."""
    one, other = (getattr(_medians(rows), name) for rows in (trials, references))
    return Ratio(value=one / other, rounds=len(trials), interval=None) if one and other else None


def _principal(cell: Cell, rows: Iterable[Measurement]) -> Figure:
    """The kind of figure that the cell was visited for."""
    if cell.share:
        return Figure.LATENCY
    return Figure.COST if any(row.server_cpu_us is not None for row in rows) else Figure.RATE


def _usable(rows: Iterable[Measurement], name: str) -> list[float]:
    """One figure of all rows that have it and may use it."""
    kind_of = FIGURES.get(name)
    return [
        value for row in rows if (value := getattr(row, name)) is not None and (kind_of is None or row.usable(kind_of))
    ]


def _medians(rows: Sequence[Measurement]) -> Figures:
    found = {field.name: _usable(rows, field.name) for field in fields(Figures)}
    medians = Figures(**{name: median(values) for name, values in found.items() if values})
    return replace(medians, **_together(rows))


def _together(rows: Iterable[Measurement]) -> Mapping[str, float]:
    """Percentiles of all windows at equal load, of which one alone is too short for the high ones."""
    kept = [one for row in rows if row.usable(Figure.LATENCY) for one in row.latencies]
    latency = from_samples(kept)
    return shown(latency, len(kept)) if latency else {}


def _excluded(row: Measurement) -> Excluded:
    return Excluded(cell=row.cell, round=row.round, objections=row.against, error=row.error)


def _not_offered(catalog: Catalog, cells: Sequence[Cell]) -> dict[str, tuple[str, ...]]:
    scenarios = [name for name in dict.fromkeys(cell.scenario for cell in cells) if name in catalog.scenarios]
    stacks = {name: catalog.stacks.get(name) for name in dict.fromkeys(cell.stack for cell in cells)}
    over: dict[str, set[Interface]] = defaultdict(set)
    for cell in cells:
        server = plugins.servers.get(cell.server)
        over[cell.stack] |= {server.interface} if server else set()
    missing = {
        stack.label: tuple(
            name for name in scenarios if not any(stack.offers(name, interface) for interface in over[key])
        )
        for key, stack in stacks.items()
        if stack and kind(catalog, key) is not Kind.PRACTICE  # which is planned only where it changes something
    }
    return {label: names for label, names in missing.items() if names}


def _limits(cells: Iterable[Cell]) -> dict[str, tuple[str, ...]]:
    servers = [plugins.servers.get(name) for name in dict.fromkeys(cell.server for cell in cells)]
    return {server.label: server.limits for server in servers if server and server.limits}


def _commands(catalog: Catalog, rows: Iterable[Measurement]) -> dict[str, str]:
    return {pair_label(catalog, row.stack, row.server): " ".join(row.command) for row in rows if row.command}
