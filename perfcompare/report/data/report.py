"""The content of a report as plain values: every cell compared with the reference, and every gap in the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from perfcompare.core.http import NOTHING
from perfcompare.core.measurement import Anchor, Cell
from perfcompare.core.objection import EVERY, Figure, Objection
from perfcompare.core.statistics import Interval
from perfcompare.core.target import FLOOR, Catalog
from perfcompare.models.side_results import Anatomy
from perfcompare.report.data.agreements import Agreement
from perfcompare.report.data.by_level import Levels
from perfcompare.report.data.connections import Connections
from perfcompare.report.data.kinds import STUDIED, Kind
from perfcompare.report.data.memory import Memory
from perfcompare.report.data.noise import Floors
from perfcompare.report.data.ratios import Ratio
from perfcompare.report.data.serializers import Serializers
from perfcompare.report.data.timelines import Timeline
from perfcompare.report.data.words import both, listed, many
from perfcompare.runner.rooms import Level as SocketLevel
from perfcompare.runner.streams import Level as StreamLevel

NOTABLE_SHARE: Final = 0.05
"""Of a server's CPU time."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Medians over the valid rounds of a cell; None where no valid round has the figure. Units are in the names."""

    goodput: float | None = None
    """Right answers per second."""
    in_use: float | None = None
    """Connections that had a request under way, in the mean."""
    server_cpu_us: float | None = None
    """CPU microseconds per right answer; so are the next four."""
    collections_cpu_us: float | None = None
    """The part of server_cpu_us that full collections of garbage make up."""
    database_cpu_us: float | None = None
    generator_cpu_us: float | None = None
    cache_cpu_us: float | None = None
    mean_ms: float | None = None
    min_ms: float | None = None
    p50_ms: float | None = None
    p90_ms: float | None = None
    p99_ms: float | None = None
    p999_ms: float | None = None
    max_ms: float | None = None
    pss_idle_kib: float | None = None
    pss_peak_kib: float | None = None
    threads_peak: float | None = None
    processes: float | None = None
    rate: float | None = None
    """Requests per second that were due, at a fixed rate."""
    late_p99_ms: float | None = None
    """By how much the generator sent later than due."""
    start_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class CellSummary:
    """One cell over all its rounds."""

    cell: Cell
    stack: str
    """Label of the stack; the cell holds the name."""
    server: str
    judged: bool
    """Whether it is on the server that its stack is judged on: the stack's own, else the first it was measured on."""
    reference: bool
    """Whether it is what the others are compared with."""
    valid: int
    """Rounds that the figures it was visited for come from: costs; at fixed rates latencies."""
    against: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    """The codes of the objections to its trials, and how many trials each rejects."""
    visited: int
    """Rounds that were measured or failed."""
    rounds: int
    """Rounds that were planned."""
    figures: Figures
    cpu_ratio: Ratio | None
    """CPU per request: 3.1 means 3.1 times the reference's cost."""
    goodput_ratio: Ratio | None
    """Requests per second: 0.3 means 0.3 times the reference's rate."""
    kind: Kind = Kind.OTHER
    mean_ratio: Ratio | None = None
    """Mean latency; the next one is its 99th percentile."""
    p99_ratio: Ratio | None = None
    limit_ratio: Ratio | None = None
    """CPU per request beside the bare limit's: 9.0 means nine times the least that the answer can cost."""
    memory_ratio: Ratio | None = None
    """Largest PSS; the next one is that before the load."""
    idle_ratio: Ratio | None = None
    intervals: Mapping[str, Interval | None] = field(default_factory=lambda: NOTHING)
    """For some of the figures, by name: the interval of the median over the valid rounds."""

    @property
    def contender(self) -> bool:
        """Whether it stands for its stack in the comparison with the others."""
        return self.judged and self.kind not in STUDIED

    @property
    def name(self) -> str:
        """Stack and server, for people."""
        return f"{self.stack} on {self.server}"

    @property
    def missing(self) -> int:
        """Planned rounds of which nothing is stored."""
        return max(self.rounds - self.visited, 0)


@dataclass(frozen=True, kw_only=True)
class Excluded:
    """A trial with an objection: some or all of its figures are left out of all comparisons."""

    cell: Cell
    round: int
    objections: tuple[Objection, ...]
    error: str
    """Why there are no figures at all; empty when there are some."""

    @property
    def failed(self) -> bool:
        """Whether there are no figures at all."""
        return bool(self.error)

    @property
    def spoiled(self) -> str:
        """What of it may not be used, in a few words."""
        if self.failed:
            return "failed"
        figures = frozenset[Figure]().union(*(objection.figures for objection in self.objections))
        return "all figures" if figures == EVERY else ", ".join(figure for figure in Figure if figure in figures)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in sentences."""
        return (self.error,) if self.failed else tuple(map(str, self.objections))


@dataclass(frozen=True, kw_only=True)
class Block:
    """The cells that may be compared with each other: one scenario at one concurrency, the cheapest first."""

    title: str
    """The scenario, with the concurrency where a run has several of it."""
    anchor: Anchor = Anchor.OWN
    """At a fixed rate: whose peak it is a share of."""
    scenario: str
    summary: str
    exercises: str
    concurrency: int
    cells: tuple[CellSummary, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One rung of a ladder: the stack with the first levers of its list, or with a practice."""

    number: int
    label: str
    """What it adds to the valid step below it: one lever, or every one that lies between, with their numbers."""
    short: str
    """The same where there is little room."""
    cell: CellSummary
    below: CellSummary | None
    """The valid step below it; None for the first."""
    gain: Ratio | None
    """CPU per request beside that step, so of all that the label names: 0.8 means a fifth less. None for the first, and
    where no round has both."""


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """The levers of a stack applied one after another, in one scenario; or its practices, each beside the stack."""

    rungs: str
    """What its steps add, one of it: lever or practice."""
    stack: str
    title: str
    steps: tuple[Step, ...]
    """Those with valid figures, from the bottom up."""
    missing: tuple[str, ...]
    """The planned steps without any: number, and what each adds."""
    reference: CellSummary | None
    """The reference; None without a valid figure of it."""
    floor: CellSummary | None
    """The limit; None without a valid figure of it."""

    @property
    def lacking(self) -> str:
        """The steps without valid figures, in a few words; empty where there are none."""
        if not self.missing:
            return ""
        return listed("step", self.missing) if self.rungs == "lever" else both(self.missing)


@dataclass(frozen=True, kw_only=True)
class Report:
    """A run, summed up."""

    number: int
    label: str
    note: str
    preset: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    seed: int
    rounds: int
    command: str
    facts: Mapping[str, Any]
    generators: tuple[str, ...]
    catalog: Catalog
    """What its target offers; empty for a target that is not (or no longer) known."""
    floors: Floors
    """What the same stack, measured twice, differs by."""
    reference: str | None
    """Stack and server that the others are compared with; None when the run does not hold it."""
    blocks: tuple[Block, ...]
    ladders: tuple[Ladder, ...]
    practices: tuple[Ladder, ...]
    excluded: tuple[Excluded, ...]
    not_offered: Mapping[str, tuple[str, ...]]
    """Label of a stack of this run to the scenarios of this run that it does not offer."""
    limits: Mapping[str, tuple[str, ...]]
    """Label of a server of this run to what it cannot do of what the others do."""
    commands: Mapping[str, str]
    """Stack and server to the command line that was started for it."""
    load_model: str
    """How the requests arrived, in a few words (see load_model.py)."""
    fixed_rates: tuple[Block, ...] = ()
    """Cells at fixed rates. Each runs at a share of its own peak, so they are not compared."""
    equal_load: tuple[Block, ...] = ()
    """Cells at one rate for all stacks of a scenario: their latencies compare."""
    agreements: tuple[Agreement, ...] = ()
    """What two generators saw of the same cell."""
    anatomies: tuple[Anatomy, ...] = ()
    """The cells that were taken apart."""
    serializers: Serializers | None = None
    """What is known of them on this machine, perhaps from another run."""
    connections: Connections | None = None
    """What is known of held connections on this machine, likewise."""
    streams: Levels[StreamLevel] | None = None
    """What is known of many streams at once on this machine, likewise."""
    sockets: Levels[SocketLevel] | None = None
    """What is known of WebSockets on this machine, likewise."""
    memory: Memory | None = None
    """What is known of many connections on this machine from another run."""
    in_turns: bool = False
    """Whether the stacks were loaded in turns: there are costs, but no latencies, no memory, and no rates of a whole
    window."""
    timelines: tuple[Timeline, ...] = ()
    """The cells of which each second is known."""

    @property
    def cells(self) -> tuple[CellSummary, ...]:
        """The cells of all blocks."""
        return tuple(cell for block in self.blocks for cell in block.cells)

    @property
    def aside(self) -> bool:
        """Whether the run holds a result beside trials, and no cell."""
        results = (self.serializers, self.connections, self.streams, self.sockets)
        own = any(one is not None and one.run == self.number for one in results)
        return own and not (self.blocks or self.fixed_rates or self.equal_load)

    @property
    def fixed_rate_cells(self) -> tuple[CellSummary, ...]:
        """The cells at shares of their own peaks."""
        return tuple(cell for block in self.fixed_rates for cell in block.cells)

    @property
    def equal_load_cells(self) -> tuple[CellSummary, ...]:
        """The cells at rates that are the same for all stacks of a scenario."""
        return tuple(cell for block in self.equal_load for cell in block.cells)

    @property
    def main_blocks(self) -> tuple[Block, ...]:
        """One block for each scenario, at the concurrency at which most scenarios were measured, else at its first."""
        counts = Counter(block.concurrency for block in self.blocks)
        level = max(counts, key=lambda one: counts[one], default=0)
        found: dict[str, Block] = {}
        for block in self.blocks:
            if block.scenario not in found or block.concurrency == level != found[block.scenario].concurrency:
                found[block.scenario] = block
        return tuple(found.values())

    @property
    def load(self) -> str:
        """What the servers were loaded with, in a few words."""
        if not self.blocks:
            return "none"
        levels: dict[int, list[str]] = {}
        for block in self.blocks:
            levels.setdefault(block.concurrency, []).append(block.scenario)
        most = max(levels, key=lambda level: len(levels[level]))
        others = [f"{level} on {', '.join(levels[level])}" for level in sorted(levels) if level != most]
        beside = f" ({'; '.join(others)})" if others else ""
        connections = f"{most} connections{beside}"
        if self.in_turns:
            return f"the servers in turns of 20 ms, {connections}; latencies apart, at one rate for all"
        return f"{' and '.join(self.generators) or 'no load yet'}, {connections} {self.load_model}"

    @property
    def holes(self) -> tuple[CellSummary, ...]:
        """Cells of which planned rounds are not stored."""
        return tuple(cell for cell in (*self.cells, *self.fixed_rate_cells, *self.equal_load_cells) if cell.missing)

    @property
    def limitless(self) -> str:
        """Where this run says nothing of the bare limit, and how to get it; empty where it has it everywhere."""
        known = {block.title for block in self.blocks if any(cell.limit_ratio for cell in block.cells)}
        lacking = [block.title for block in self.blocks if block.title not in known]
        if not lacking or FLOOR not in self.catalog.stacks:
            return ""
        where = f"in {both(lacking)}" if known else "in this run"
        return f"No limit was measured {where}. --preset full measures it everywhere, as does {FLOOR} in --stacks."

    @property
    def certainty(self) -> str:
        """How many rounds there are, and whether the ratios have intervals, in a sentence."""
        rounds = many(self.rounds, "round")
        ratios = [cell.cpu_ratio for cell in self.cells if cell.cpu_ratio and not cell.reference]
        if not ratios:
            return f"{rounds}; nothing to compare."
        if all(ratio.interval for ratio in ratios):
            return f"{rounds}; in brackets the bootstrap 95 % interval of the ratio, paired per round. {self.noise}"
        if any(ratio.interval for ratio in ratios):
            return f"{rounds}; in brackets the bootstrap 95 % interval where enough rounds were valid. {self.noise}"
        return f"{rounds}: too few for an interval, so a difference may be noise. Measure more rounds."

    @property
    def collections(self) -> str:
        """What full collections of garbage cost the reference, in a sentence; empty where that is little or unknown."""
        shares = {
            cell.cell.scenario: figures.collections_cpu_us / figures.server_cpu_us
            for cell in self.cells
            if cell.reference and (figures := cell.figures).collections_cpu_us and figures.server_cpu_us
        }
        dearest = max(shares, key=lambda name: shares[name], default="")
        if not dearest or shares[dearest] < NOTABLE_SHARE:
            return ""
        return (
            f"Full collections of garbage are {shares[dearest]:.0%} of {self.reference}'s CPU time on {dearest}. They "
            "are spread over all of its requests, as those of every stack are."
        )

    @property
    def noise(self) -> str:
        """The noise floor of the run and what it means, in a sentence."""
        if self.floors.cpu is None:
            return "No stack was measured beside its twin in enough rounds, so there is no noise floor and no verdict."
        return (
            f"The same stack, measured twice under two names, differs by {self.floors.cpu:.1%} in CPU per request in a "
            "comparison of so many rounds here (median of the scenarios). Less than that, or than it does in the "
            "scenario itself, is no difference."
        )
