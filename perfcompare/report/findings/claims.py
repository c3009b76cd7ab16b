"""The published claims of September 2025, and what this run measured of each.

FastAPI against Django REST Framework on an Intel i7-8700K (6 cores, 32 GB), Python 3.11, wrk, 1000 concurrent users.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from perfcompare.core.measurement import Anchor
from perfcompare.report.data import formatting
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.memory import CONNECTIONS, WORKERS, Memory, Pair
from perfcompare.report.data.ratios import Ratio
from perfcompare.report.data.report import Block, CellSummary, Report

CLAIMED: Final = "drf"
"""The stack that the claims are about."""
SERIALIZE: Final = "manage.py perfcompare serialize"
MEMORY_EACH: Final = "manage.py perfcompare connections --levels 1000 --workers 4"
HELD_AT_ONCE: Final = "manage.py perfcompare connections --levels 1000,10000 --workers 4"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One row of the publication."""

    aspect: str
    fastapi: str
    drf: str
    ratio: float
    """How many times worse DRF is said to be."""
    of: str
    """What is measured, where it differs slightly from the claim."""
    command: str
    """What measures it."""
    scenario: str = ""
    """Where a run holds it; empty for what a command of its own measures."""
    figure: Callable[[CellSummary], float | None] = lambda _cell: None
    unit: str = ""
    measured: Callable[[CellSummary], Ratio | None] = lambda _cell: None
    """DRF's ratio to the reference."""
    memory: Callable[[Memory], Pair | None] = attrgetter("peak")
    """Where it stands in another run's memory, for what MEMORY measures."""
    connections: int = 1
    """The concurrency that it needs at least."""
    equal_load: bool = False
    """Whether it is measured at one rate for all stacks."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A claim beside the measurement."""

    claim: Claim
    fastapi: str
    drf: str
    ratio: str
    """With its interval; empty when this run does not hold the cells."""
    rounds: str
    source: str = ""
    """Where the figures are from, when that is another run."""
    judgement: str
    """`as claimed`, `less than claimed`, `more than claimed`, or `not measured`."""


def _run(scenario: str, more: str = "") -> str:
    return f"manage.py perfcompare run --stacks fastapi,drf --scenarios {scenario}{more}"


def _mean(cell: CellSummary) -> float | None:
    return cell.figures.mean_ms


def _cpu_ms(cell: CellSummary) -> float | None:
    return None if cell.figures.server_cpu_us is None else cell.figures.server_cpu_us / 1000


def _idle(cell: CellSummary) -> float | None:
    return None if cell.figures.pss_idle_kib is None else cell.figures.pss_idle_kib / formatting.KIB_PER_MIB


def _peak(cell: CellSummary) -> float | None:
    return None if cell.figures.pss_peak_kib is None else cell.figures.pss_peak_kib / formatting.KIB_PER_MIB


MEMORY: Final = _run("simple", f" --sequential --concurrency {CONNECTIONS} --workers {WORKERS}")
_PER_CORE: Final = "right answers per second and processor core: the inverse of CPU time per answer"
CLAIMS: Final = (
    Claim(
        aspect="Simple JSON, requests per second",
        scenario="simple",
        fastapi="47,832/s, p99 45 ms",
        drf="12,456/s, p99 180 ms",
        ratio=3.8,
        figure=formatting.per_core,
        unit="/s",
        measured=lambda cell: cell.cpu_ratio,
        of=_PER_CORE,
        command=_run("simple"),
    ),
    Claim(
        aspect="Simple JSON, latency",
        scenario="simple",
        fastapi="20.9 ms",
        drf="80.3 ms",
        ratio=3.8,
        figure=_mean,
        unit="ms",
        measured=lambda cell: cell.mean_ratio,
        of="mean latency at one rate for both, 60 % of what the slowest stack of the run can do",
        command=_run("simple"),
        equal_load=True,
    ),
    Claim(
        aspect="Database read of one user",
        scenario="user_detail",
        fastapi="28,450/s, 35.2 ms, 20 connections",
        drf="8,230/s, 121.5 ms, 100 connections",
        ratio=3.5,
        figure=formatting.per_core,
        unit="/s",
        measured=lambda cell: cell.cpu_ratio,
        of=f"{_PER_CORE}; both with as many database connections as their defaults open",
        command=_run("user_detail"),
    ),
    Claim(
        aspect="Nested serialisation, 1000 objects",
        scenario="user_list",
        fastapi="12 ms",
        drf="95 ms",
        ratio=8.0,
        figure=_cpu_ms,
        unit="ms",
        measured=lambda cell: cell.cpu_ratio,
        of="CPU time per answer, database read included",
        command=_run("user_list"),
    ),
    Claim(
        aspect="Flat serialisation, 10,000 objects in process",
        fastapi="15 ms (Pydantic and orjson)",
        drf="120 ms (Serializer and json)",
        ratio=8.0,
        of="time in one process, each way of serialising beside the others",
        command=SERIALIZE,
    ),
    Claim(
        aspect="Memory, idle with 4 workers",
        scenario="simple",
        fastapi="45 MB",
        drf="180 MB",
        ratio=4.0,
        figure=_idle,
        unit="MiB",
        measured=lambda cell: cell.idle_ratio,
        memory=attrgetter("idle"),
        of="PSS of the server's processes before the load",
        command=MEMORY,
        connections=CONNECTIONS,
    ),
    Claim(
        aspect="Memory, peak at 1000 connections and 4 workers",
        scenario="simple",
        fastapi="120 MB",
        drf="450 MB",
        ratio=3.7,
        figure=_peak,
        unit="MiB",
        measured=lambda cell: cell.memory_ratio,
        of="largest PSS of the server's processes",
        command=MEMORY,
        connections=CONNECTIONS,
    ),
    Claim(
        aspect="Memory per connection",
        fastapi="0.075 MB",
        drf="0.45 MB",
        ratio=6.0,
        of="memory that held connections add, for each of them",
        command=MEMORY_EACH,
    ),
    Claim(
        aspect="Connections held at once",
        fastapi="10,000 and more",
        drf="1000",
        ratio=10.0,
        of="how many are open at once and answered",
        command=HELD_AT_ONCE,
    ),
)


def rows(report: Report) -> tuple[Row, ...]:
    """Every claim, in the order of the publication."""
    return tuple(_ELSEWHERE.get(claim.command, _row)(report, claim) for claim in CLAIMS)


def _serializers(report: Report, claim: Claim) -> Row:
    found = report.serializers
    if found is None:
        return _unmeasured(claim)
    fastapi, drf = (f"{formatting.number(one)} ms" for one in (found.fastapi_ms, found.drf_ms))
    return _elsewhere(claim, f"run {found.run}, {found.users:,} users", fastapi, drf, found.ratio)


def _memory(report: Report, claim: Claim) -> Row:
    """That of the report, else of another run on its machine."""
    here, known = _row(report, claim), report.memory
    found = known and claim.memory(known)
    if here.ratio or not known or not found:
        return here
    fastapi, drf = (f"{formatting.mebibytes(one)} MiB" for one in (found.fastapi_kib, found.drf_kib))
    return _elsewhere(claim, f"run {known.run}", fastapi, drf, found.ratio)


def _memory_each(report: Report, claim: Claim) -> Row:
    found = report.connections
    if found is None or not found.fastapi_kib or not found.drf_kib:
        return _unmeasured(claim)
    return _of_connections(claim, found.run, found.fastapi_kib, found.drf_kib, " KiB")


def _held_at_once(report: Report, claim: Claim) -> Row:
    """The ratio says how many times more FastAPI held."""
    found = report.connections
    if found is None or not found.fastapi_held or not found.drf_held:
        return _unmeasured(claim)
    return _of_connections(claim, found.run, found.fastapi_held, found.drf_held, turned=True)


def _of_connections(claim: Claim, run: int, fastapi: float, drf: float, unit: str = "", *, turned: bool = False) -> Row:
    ratio = Ratio(value=fastapi / drf if turned else drf / fastapi, rounds=1, interval=None)
    fastapi_said, drf_said = (f"{formatting.number(one)}{unit}" for one in (fastapi, drf))
    return _elsewhere(claim, f"run {run}", fastapi_said, drf_said, ratio)


def _elsewhere(claim: Claim, source: str, fastapi: str, drf: str, ratio: Ratio) -> Row:
    """What a command of its own, or another run, has measured."""
    return Row(
        claim=claim,
        fastapi=fastapi,
        drf=drf,
        ratio=formatting.ratio(ratio),
        rounds=f"{ratio.rounds}/{ratio.rounds}",
        source=source,
        judgement=_judgement(ratio, claim.ratio),
    )


def _unmeasured(claim: Claim) -> Row:
    return Row(claim=claim, fastapi="", drf="", ratio="", rounds="", judgement="not measured")


def _row(report: Report, claim: Claim) -> Row:
    at_equal_load = [block for block in report.equal_load if block.anchor == Anchor.SLOWEST]
    for block in _fitting(at_equal_load if claim.equal_load else report.blocks, claim):
        drf, fastapi = (_one(block, claim, kind) for kind in (CLAIMED, Kind.REFERENCE))
        ratio = drf and claim.measured(drf)
        if drf and fastapi and ratio:
            return Row(
                claim=claim,
                fastapi=f"{formatting.number(claim.figure(fastapi))} {claim.unit}",
                drf=f"{formatting.number(claim.figure(drf))} {claim.unit}",
                ratio=formatting.ratio(ratio),
                rounds=formatting.validity(drf),
                judgement=_judgement(ratio, claim.ratio),
            )
    return _unmeasured(claim)


def _fitting(blocks: Sequence[Block], claim: Claim) -> list[Block]:
    """The blocks of its scenario, the highest concurrency first: the claims are about many users."""
    fitting = [one for one in blocks if one.scenario == claim.scenario and one.concurrency >= claim.connections]
    return sorted(fitting, key=lambda block: block.concurrency, reverse=True)


def _one(block: Block, claim: Claim, which: str) -> CellSummary | None:
    cells = (cell for cell in block.cells if cell.judged and which in (cell.cell.stack, cell.kind))
    return next((cell for cell in cells if claim.figure(cell) is not None), None)


def _judgement(ratio: Ratio, claimed: float) -> str:
    """Beside the interval; a published ratio has one decimal, so half of it to both sides is the same claim."""
    low, high = (ratio.interval.low, ratio.interval.high) if ratio.interval else (ratio.value, ratio.value)
    if high < claimed - 0.05:
        return "less than claimed"
    return "more than claimed" if low > claimed + 0.05 else "as claimed"


_ELSEWHERE: Final[Mapping[str, Callable[[Report, Claim], Row]]] = {
    SERIALIZE: _serializers,
    MEMORY: _memory,
    MEMORY_EACH: _memory_each,
    HELD_AT_ONCE: _held_at_once,
}
"""What commands of their own measure, by the command."""
