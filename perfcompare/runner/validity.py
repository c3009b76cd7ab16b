"""When a figure must not be used. Each detector looks at one trial and returns a sentence, or None.

A detector rejects some kinds of figures and leaves the others. Each stands for a mistake in published results of other
suites. The thresholds say where they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from perfcompare.core.generator import LoadResult
from perfcompare.core.objection import EVERY, TIMES, Figure, Objection

MAX_ERROR_SHARE: Final = 0.001
"""Of all answers. A few broken connections do not move a figure. With more, it measures how fast errors are."""
MAX_LITTLE_DEVIATION: Final = 0.10
"""Of the number of connections. Edges of the window and the generator's own time between two requests stay below."""
MAX_GENERATOR_SHARE: Final = 0.90
"""Of one processor, used or waited for by one process. Locust warns there too: beyond it, the figure describes the
generator."""
MIN_ANSWERS: Final = 100
"""With fewer, the 99th percentile is the maximum. The mean cost of so many is steady."""
MIN_ANSWERS_IN_TURNS: Final = 8
"""Turns begin and end with nothing under way, so few answers have an exact cost too."""
MIN_WINDOW_S: Final = 1.0
"""CPU clocks are read every 10 ms, so the two edges of a second are uncertain by at most 1 %."""
MAX_STOLEN_SHARE: Final = 0.01
"""Of the machine's time. No process counts time that a hypervisor takes away, but every latency includes it."""
MAX_OTHER_SHARE: Final = 0.20
"""Of one processor, by a process outside this run."""
MAX_TREND: Final = 0.25
"""By how much the traffic of the last third of the window may differ from the first: a growing queue, or a neighbour
that comes or goes."""
MAX_COST_TREND: Final = 0.15
"""The same for the server's time per request: a cold start, a filling cache, growing data."""
MIN_STANDARD_ERRORS: Final = 3.0
"""Of a trend. Below that, so few requests differ as much by chance, in all but 3 of 1000 windows."""
MAX_RECONNECTS: Final = 0.05
"""Per answer, for a server that keeps connections. A server that does not keep them has 1."""
MAX_WAITING_SHARE: Final = 0.5
"""Of the ports for outgoing connections. Beyond it, connecting begins to fail (EADDRNOTAVAIL)."""
DELAYED_ACK_MS: Final = (37.0, 43.0)
"""TCP_DELACK_MIN of the Linux kernel is 40 ms. A latency near it comes from the timer, not from the server."""
MAX_IDLE_SHARE: Final = 0.20
"""Of its processors. A server that uses less and answers after 40 ms was waiting for that timer."""
MIN_REACHED: Final = 0.99
"""Of the answers that were due at a fixed rate. With fewer, the server cannot keep up the rate."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known about one trial after its load. Shares are of one processor, unless the text says otherwise."""

    load: LoadResult
    concurrency: int
    busiest_generator: float
    """Share of a processor that the busiest process of the generator used or waited for."""
    stolen: float
    """Share of the machine's time that the hypervisor gave to others."""
    others: Mapping[str, float]
    """Processes outside this run, and their shares."""
    uncounted_s: float
    """Processor time of server processes that ended without being waited for. Some of it may be missing."""
    ended: tuple[str, ...]
    """Roles in which a process ended during the window."""
    difference: str | None
    """What the check after the load found wrong."""
    ailing: str | None = None
    """Which service of the server did not answer after the load."""
    change: str | None = None
    """How a request before or after the load made the services do other work than when it was counted."""
    server_share: float = 1.0
    """Share of its processors that the server used."""
    trend: float = 0.0
    """Change of the traffic's rate from the first third of the window to the last."""
    cost_trend: float = 0.0
    """The same for the server's time per request."""
    chance: float = 0.0
    """Standard error of these two, from the number of requests in the thirds."""
    reconnects: int = 0
    """Connections to the server that ended in the window."""
    keeps_alive: bool = True
    """Whether the server answers several requests on one connection."""
    waiting: float = 0.0
    """Share of the ports for outgoing connections that connections in TIME_WAIT held."""
    strangers: tuple[str, ...] = ()
    """Other servers of this project that were alive."""
    objections: tuple[str, ...] = ()
    """What the running server has that a timed one must not have."""
    statements: float | None = None
    """SQL statements per request; None when they were not counted."""
    declared: int | None = 0
    """SQL statements per request that the contract, or a stated difference from it, declares; None without either."""
    throttled_s: float = 0.0
    """How long the kernel held back processes of this control group because of their quota."""
    in_turns: bool = False
    """Whether the server was loaded in turns with others. Nothing is under way at the edges then, and changes of the
    machine affect all servers alike."""

    @property
    def seconds(self) -> float:
        """Length of the window."""
        return self.load.ended_s - self.load.started_s


def judge(evidence: Evidence, of: frozenset[Figure] = EVERY) -> tuple[Objection, ...]:
    """An objection for each detector that fires: why some figures `of` a trial must not be used."""
    return tuple(_objections(evidence, of))


def _objections(evidence: Evidence, of: frozenset[Figure]) -> Iterator[Objection]:
    for code, detector in DETECTORS.items():
        figures = of & (detector.in_turns if evidence.in_turns else detector.figures)
        sentence = detector.look(evidence) if figures else None
        if sentence is not None:
            yield Objection(code=code, figures=figures, sentence=sentence)


def _errors(evidence: Evidence) -> str | None:
    load = evidence.load
    everything = load.answers + load.errors
    if load.errors <= MAX_ERROR_SHARE * everything:
        return None
    most = max(load.failures, key=lambda words: load.failures[words], default="no reason given")
    return f"{load.errors} of {everything} answers were wrong or missing (most often: {most})."


def _few_answers(evidence: Evidence) -> str | None:
    fewest = MIN_ANSWERS_IN_TURNS if evidence.in_turns else MIN_ANSWERS
    if evidence.load.answers >= fewest:
        return None
    return f"{evidence.load.answers} right answers are fewer than {fewest}. Measure for longer."


def _short_window(evidence: Evidence) -> str | None:
    if round(evidence.seconds, 2) >= MIN_WINDOW_S:  # a window of a second ends a moment early
        return None
    return f"{evidence.seconds:.2f} s are less than {MIN_WINDOW_S:g} s. Measure for longer."


def _little(evidence: Evidence) -> str | None:
    """Little's law: connections in use = rate x mean latency (https://doi.org/10.1287/opre.9.3.383)."""
    load = evidence.load
    if load.latency is None or evidence.seconds <= 0:
        return None
    busy = load.answers / evidence.seconds * load.latency.mean_ms / 1000
    if load.due is not None or abs(1 - busy / evidence.concurrency) <= MAX_LITTLE_DEVIATION:
        return None  # at a fixed rate, latency counts from the due time, and no request need be under way
    return f"rate times mean latency gives {busy:.1f} connections in use, but there were {evidence.concurrency}."


def _percentiles(evidence: Evidence) -> str | None:
    latency = evidence.load.latency
    if latency is None:
        return None
    order = [latency.min_ms, latency.p50_ms, latency.p90_ms, latency.p99_ms, latency.p999_ms, latency.max_ms]
    rising = all(one <= other for one, other in pairwise(order))
    if rising and 0 < latency.min_ms <= latency.mean_ms <= latency.max_ms:
        return None
    return f"these cannot be latencies: mean {latency.mean_ms:g} ms, from minimum to maximum {order} ms."


def _generator(evidence: Evidence) -> str | None:
    if evidence.busiest_generator >= MAX_GENERATOR_SHARE:
        share = f"{evidence.busiest_generator:.0%}"
        return f"the load generator ran, or waited for a processor, {share} of the time and may be the limit."
    return " ".join(evidence.load.warnings) or None


def _steal(evidence: Evidence) -> str | None:
    if evidence.stolen <= MAX_STOLEN_SHARE:
        return None
    return f"the hypervisor gave {evidence.stolen:.1%} of this machine's time to others."


def _throttled(evidence: Evidence) -> str | None:
    if evidence.throttled_s <= MAX_STOLEN_SHARE * evidence.seconds:
        return None
    return (
        f"the control group's CPU quota held its processes back for {evidence.throttled_s:.2f} s. "
        "Raise or remove the quota (cpu.max)."
    )


def _other_load(evidence: Evidence) -> str | None:
    loud = {name: share for name, share in evidence.others.items() if share > MAX_OTHER_SHARE}
    if not loud:
        return None
    named = ", ".join(f"{name} {share:.0%}" for name, share in loud.items())
    return f"other processes were busy (share of one processor): {named}."


def _accounting(evidence: Evidence) -> str | None:
    if evidence.uncounted_s == 0:
        return None
    return f"server processes ended unwatched. Only {evidence.uncounted_s:.2f} s of their CPU time is known."


def _ended(evidence: Evidence) -> str | None:
    if not evidence.ended:
        return None
    return f"processes ended during the window: {', '.join(evidence.ended)}."


def _unsteady(evidence: Evidence) -> str | None:
    chance = MIN_STANDARD_ERRORS * evidence.chance
    if abs(evidence.cost_trend) > max(MAX_COST_TREND, chance):
        return (
            f"the server's cost changed by {evidence.cost_trend:+.0%} from the first third of the window to the last."
        )
    if abs(evidence.trend) > max(MAX_TREND, chance):
        return f"the traffic changed by {evidence.trend:+.0%} from the first third of the window to the last."
    return None


def _reconnecting(evidence: Evidence) -> str | None:
    per_answer = evidence.reconnects / max(evidence.load.answers, 1)
    if not evidence.keeps_alive or per_answer <= MAX_RECONNECTS:
        return None
    return f"{per_answer:.2f} connections ended for each answer, although this server keeps connections."


def _ports(evidence: Evidence) -> str | None:
    if evidence.waiting <= MAX_WAITING_SHARE:
        return None
    return f"connections in TIME_WAIT held {evidence.waiting:.0%} of the ports for outgoing connections."


def _delayed_ack(evidence: Evidence) -> str | None:
    latency = evidence.load.latency
    if latency is None or evidence.server_share >= MAX_IDLE_SHARE:
        return None
    low, high = DELAYED_ACK_MS
    if not low <= latency.p50_ms <= latency.p90_ms <= high:
        return None
    return (
        f"half of the answers took {latency.p50_ms:.1f} ms while the server used {evidence.server_share:.0%} of its "
        "processors: the signature of TCP's delayed acknowledgements."
    )


def _strangers(evidence: Evidence) -> str | None:
    if not evidence.strangers:
        return None
    return f"other servers of this project were alive: {', '.join(evidence.strangers)}."


def _configuration(evidence: Evidence) -> str | None:
    if not evidence.objections:
        return None
    return f"the running server must not be timed: {'; '.join(evidence.objections)}."


def _unequal_work(evidence: Evidence) -> str | None:
    if evidence.statements is None or evidence.declared in (None, evidence.statements):
        return None
    return (
        f"a request sends {evidence.statements:g} SQL statements, but {evidence.declared} are declared "
        "(scenarios, targets/demonstration/differences.py)."
    )


def _saturated(evidence: Evidence) -> str | None:
    load = evidence.load
    if load.due is None or load.answers >= MIN_REACHED * load.due:
        return None
    return f"{load.answers} of the {load.due} due answers came in the window: the server cannot keep up the rate."


def _answers(evidence: Evidence) -> str | None:
    return None if evidence.difference is None else f"after the load: {evidence.difference}"


def _services(evidence: Evidence) -> str | None:
    return None if evidence.ailing is None else f"after the load: {evidence.ailing}"


def _changed(evidence: Evidence) -> str | None:
    return evidence.change


@dataclass(frozen=True, kw_only=True)
class Detector:
    """A check of the evidence, and the kinds of figures that it rejects."""

    look: Callable[[Evidence], str | None]
    figures: frozenset[Figure]
    in_turns: frozenset[Figure]
    """The kinds that it rejects for a server that was loaded in turns with others."""


def _spoils(
    look: Callable[[Evidence], str | None],
    figures: frozenset[Figure] = EVERY,
    in_turns: frozenset[Figure] | None = None,
) -> Detector:
    return Detector(look=look, figures=figures, in_turns=figures if in_turns is None else in_turns)


_COST: Final = frozenset({Figure.COST})
_NOTHING: Final = frozenset[Figure]()
_WITHOUT_MEMORY: Final = TIMES | _COST

DETECTORS: Final[Mapping[str, Detector]] = {
    "errors": _spoils(_errors),
    "wrong answer": _spoils(_answers),
    "services": _spoils(_services),
    "changed work": _spoils(_changed),
    "ended": _spoils(_ended),
    "few answers": _spoils(_few_answers, _WITHOUT_MEMORY, _COST),
    "short window": _spoils(_short_window, _WITHOUT_MEMORY, _NOTHING),
    "little's law": _spoils(_little, TIMES),
    "percentiles": _spoils(_percentiles, frozenset({Figure.LATENCY})),
    "generator": _spoils(_generator, TIMES),
    "steal": _spoils(_steal, _WITHOUT_MEMORY, TIMES),
    "throttled": _spoils(_throttled, TIMES),
    "other load": _spoils(_other_load, _WITHOUT_MEMORY, TIMES),
    "accounting": _spoils(_accounting, _COST),
    "unsteady": _spoils(_unsteady, _WITHOUT_MEMORY, _NOTHING),
    "connections": _spoils(_reconnecting, _WITHOUT_MEMORY),
    "ports": _spoils(_ports, TIMES),
    "delayed ack": _spoils(_delayed_ack, TIMES),
    "other server": _spoils(_strangers),
    "configuration": _spoils(_configuration),
    "unequal work": _spoils(_unequal_work),
    "saturated": _spoils(_saturated, TIMES),
}
"""By code. Reports group by it."""
