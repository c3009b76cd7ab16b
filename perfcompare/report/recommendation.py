"""Stay, stay and change something, move some endpoints, or migrate: what the valid figures of a run say for a traffic.

A pure function of the report. The border between "worth it" and "not worth it" is the reader's: a number of cores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from perfcompare.core.statistics import Verdict
from perfcompare.report import words
from perfcompare.report.costs import Cores, Cost, Costs, Wishes, costs, total
from perfcompare.report.data import Ratio, Report
from perfcompare.report.kinds import Kind
from perfcompare.report.rungs import FIRST as PLAIN
from perfcompare.report.rungs import levers
from perfcompare.report.rungs import views as framework

MOST: Final = 0.8
"""Moving some endpoints is advised when it saves this share of what moving all of them would."""
LEAST_COVER: Final = 0.5
"""Of the traffic: with fewer valid figures nothing is recommended."""


class Decision(StrEnum):
    """What to do."""

    STAY = "stay"
    TUNE = "stay and apply these changes"
    MOVE = "move these endpoints"
    MIGRATE = "migrate"
    UNKNOWN = "no recommendation"


@dataclass(frozen=True, kw_only=True)
class Saving:
    """What one lever gives over the scenarios in which the run has a ladder with it."""

    lever: str
    scenarios: tuple[str, ...]
    cores: Cores
    proven: int
    """In how many of them its gain lies beyond the noise."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """The recommendation and everything that it rests on."""

    decision: Decision
    headline: str
    reasons: tuple[str, ...]
    changes: tuple[str, ...] = ()
    """The levers to apply."""
    moves: tuple[str, ...] = ()
    """The scenarios to move."""
    would_change: tuple[str, ...] = ()
    costs: Costs
    savings: tuple[Saving, ...] = ()


def recommend(report: Report, wishes: Wishes) -> Advice:
    """What to do with this traffic; UNKNOWN when the run has too few valid figures for it."""
    current = _current(report)
    found = costs(report, wishes, current)
    now = next((cost for cost in found.stacks if cost.stack == current), None)
    reference = next(iter(found.of(Kind.REFERENCE)), None)
    cover = sum(found.compared.values())
    if now is None or reference is None or cover < LEAST_COVER:
        return Advice(
            decision=Decision.UNKNOWN,
            headline="This run does not hold enough valid figures of Django and FastAPI for a recommendation.",
            reasons=(f"Valid figures of both cover {cover:.0%} of the traffic; {LEAST_COVER:.0%} is the least.",),
            would_change=("A run of both over these scenarios: manage.py perfcompare run --preset full",),
            costs=found,
        )
    return _decided(report, wishes, found, now, reference)


def _current(report: Report) -> str:
    plain = [cell.cell.stack for cell in report.cells if cell.kind is Kind.PLAIN and cell.valid]
    return PLAIN if PLAIN in plain or not plain else plain[0]


def _decided(report: Report, wishes: Wishes, found: Costs, now: Cost, reference: Cost) -> Advice:
    best = _best(found, now, wishes.worth_cores)
    moves = _moves(best, reference, wishes.worth_cores)
    late = [name for name in best.slow if name not in moves]
    decision = Decision.UNKNOWN if late else _decision(best is not now, moves, found)
    return Advice(
        decision=decision,
        headline=_too_slow(wishes, late) if late else _headline(decision, best, moves),
        reasons=(*_reasons(wishes, now, best, reference), *_latencies(wishes, now, best, reference)),
        changes=levers(best.stack) if best is not now and not late else (),
        moves=() if late else tuple(moves),
        would_change=tuple(_would_change(wishes, found, now, best, reference)),
        costs=found,
        savings=tuple(_savings(report, wishes, found.compared)),
    )


def _best(found: Costs, now: Cost, worth: float) -> Cost:
    """The Django to aim at: another one where it saves enough, another framework where it saves that once more.

    Only those are considered that miss the latency target in the fewest scenarios; when the present one is not among
    them, whatever is cheapest of those is worth it.
    """
    candidates = found.of(Kind.PLAIN, Kind.TUNED)
    fewest = min((len(cost.slow) for cost in candidates), default=0)
    late = len(now.slow) > fewest
    candidates = tuple(cost for cost in candidates if len(cost.slow) == fewest and (late or _saves(now, cost) >= worth))
    same = [cost for cost in candidates if framework(cost.stack) == framework(now.stack)]
    if not candidates:
        return now
    return same[0] if same and _saves(same[0], candidates[0]) < worth else candidates[0]


def _saves(dear: Cost, cheap: Cost) -> float:
    return dear.cores.middle - cheap.cores.middle


def _decision(changed: bool, moves: Sequence[str], found: Costs) -> Decision:
    if len(moves) * 2 > len(found.compared):
        return Decision.MIGRATE
    if moves:
        return Decision.MOVE
    return Decision.TUNE if changed else Decision.STAY


def _moves(best: Cost, reference: Cost, worth: float) -> Sequence[str]:
    """The fewest scenarios whose move gives most of what moving all would; none when that is little.

    A scenario in which only the reference keeps the latency target moves in any case, one in which it does not, never.
    """
    gains = {
        name: best.by_scenario[name].middle - reference.by_scenario[name].middle
        for name in best.by_scenario
        if name not in reference.slow
    }
    chosen = [name for name in gains if name in best.slow]
    whole = sum(gain for gain in gains.values() if gain > 0)
    if sum(gains.values()) < worth:
        return chosen
    for name in sorted(gains, key=lambda name: gains[name], reverse=True):
        if sum(gains[one] for one in chosen) >= MOST * whole:
            break
        if name not in chosen:
            chosen.append(name)
    return chosen


def _headline(decision: Decision, best: Cost, moves: Sequence[str]) -> str:
    listed = ", ".join(moves)
    return {
        Decision.STAY: "Stay: no change that was measured saves enough for this traffic.",
        Decision.TUNE: f"Stay on Django and change it: {best.label}.",
        Decision.MOVE: f"Keep {best.label} for the rest and move these endpoints to FastAPI: {listed}.",
        Decision.MIGRATE: f"Migrate to FastAPI: {_better(best, moves)} than {best.label} on most of this traffic.",
    }[decision]


def _better(best: Cost, moves: Sequence[str]) -> str:
    """Why these endpoints move."""
    late = [name for name in moves if name in best.slow]
    return "cheaper" if not late else "faster to answer" if len(late) == len(moves) else "cheaper, or faster to answer,"


def _reasons(wishes: Wishes, now: Cost, best: Cost, reference: Cost) -> Iterator[str]:
    yield f"{wishes.rate:,.0f} requests/s of this mix take {cores(now.cores)} on {now.label}."
    if best is not now:
        yield f"{best.label} takes {cores(best.cores)}, {_less(now, best)} less."
    yield f"{reference.label} takes {cores(reference.cores)}: {_less(best, reference)} less than {best.label}."
    yield f"A change counts as worth its work from {_cores(wishes.worth_cores)} saved."


def _too_slow(wishes: Wishes, late: Sequence[str]) -> str:
    return (
        f"Nothing that was measured keeps 99 of 100 answers within {wishes.p99_ms:g} ms on {', '.join(late)}, "
        "so nothing is recommended."
    )


def _latencies(wishes: Wishes, *shown: Cost) -> Iterator[str]:
    """Which of these are over the target, each once."""
    if wishes.p99_ms is None:
        return
    for one in {cost.stack: cost for cost in shown if cost.slow}.values():
        over = ", ".join(f"{name} ({words.number(one.p99_ms[name])} ms)" for name in one.slow)
        yield f"{one.label} is over {wishes.p99_ms:g} ms at the 99th percentile on {over}: not recommended there."
    yield (
        "Latency is that of this run, each server loaded as far as it goes; with fewer requests than it can answer it "
        "is shorter."
    )


def _less(dear: Cost, cheap: Cost) -> str:
    return f"{words.number(_saves(dear, cheap))} [{words.number(dear.cores.low - cheap.cores.high)}, " + (
        f"{words.number(dear.cores.high - cheap.cores.low)}] cores"
    )


def _cores(number: float) -> str:
    return f"{number:g} core{'s' if number != 1 else ''}"


def cores(value: Cores) -> str:
    """`3.10 cores [2.90, 3.30]`."""
    return f"{words.number(value.middle)} cores [{words.number(value.low)}, {words.number(value.high)}]"


def _would_change(wishes: Wishes, found: Costs, now: Cost, best: Cost, reference: Cost) -> Iterator[str]:
    cheapest = next(iter(found.of(Kind.PLAIN, Kind.TUNED)), now)
    yield from _border("changing Django", now, cheapest, wishes)
    yield from _border("moving to FastAPI", best, reference, wishes)
    if found.left_out:
        left = ", ".join(f"{name} ({share:.0%} of the traffic)" for name, share in found.left_out.items())
        yield f"Left out, because this run has no valid figures of both for it: {left}."
    if not all(cost.sure for cost in (now, best, reference)):
        yield "There are too few rounds for intervals: another run may decide otherwise."


def _border(what: str, dear: Cost, cheap: Cost, wishes: Wishes) -> Iterator[str]:
    """From which rate on the saving is worth it, and whether its interval reaches over that border."""
    saved = _saves(dear, cheap)
    if saved <= 0:
        if dear is not cheap:
            yield f"No rate makes {what} pay: {cheap.label} costs as much as {dear.label}, or more."
        return
    rate = wishes.rate * wishes.worth_cores / saved
    yield f"The border for {what} is {rate:,.0f} requests/s: below it, less than {_cores(wishes.worth_cores)} is saved."
    if dear.cores.low - cheap.cores.high < wishes.worth_cores <= dear.cores.high - cheap.cores.low:
        yield f"The interval of that saving reaches over the border, so {what} is a close call: measure more rounds."


def _savings(report: Report, wishes: Wishes, mix: Mapping[str, float]) -> Iterator[Saving]:
    found: dict[str, list[tuple[str, Ratio, Cores]]] = {}
    for ladder in report.ladders:
        scenario = ladder.steps[0].cell.cell.scenario
        rate = mix.get(scenario, 0.0) * wishes.rate
        for before, step in pairwise(ladder.steps):
            cost = before.cell.figures.server_cpu_us
            if rate and cost and step.gain:
                saved = (scenario, step.gain, _saved(step.gain, cost * rate / 1e6))
                found.setdefault(f"{ladder.stack}: {step.label}", []).append(saved)
    for lever, parts in found.items():
        yield Saving(
            lever=lever,
            scenarios=tuple(scenario for scenario, _gain, _cores in parts),
            cores=total([saved for _scenario, _gain, saved in parts]),
            proven=sum(gain.verdict is Verdict.FASTER for _scenario, gain, _cores in parts),
        )


def _saved(gain: Ratio, before: float) -> Cores:
    """What a lever saves of the cores that the step before it took."""
    low, high = (gain.interval.low, gain.interval.high) if gain.interval else (gain.value, gain.value)
    return Cores(low=before * (1 - high), middle=before * (1 - gain.value), high=before * (1 - low))
