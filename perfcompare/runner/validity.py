"""What makes a figure unusable: each detector looks at one visit and says in a sentence what is wrong, or nothing.

Each stands for a trap that published results of other suites fell into; the thresholds say where they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from perfcompare.core.generator import LoadResult

MAX_ERROR_SHARE: Final = 0.001
"""Of all answers. A few broken connections do not move a figure; more, and it says how fast errors are."""
MAX_LITTLE_DEVIATION: Final = 0.10
"""Of the number of connections. Edges of the window and the generator's own time between two requests stay below."""
MAX_GENERATOR_SHARE: Final = 0.90
"""Of one processor, by one process: where Locust itself warns. Beyond it the generator is what is measured."""
MIN_ANSWERS: Final = 100
"""The 99th percentile needs them to be another value than the maximum; the mean cost of so many is steady."""
MIN_WINDOW_S: Final = 1.0
"""CPU clocks are read every 10 ms, so that the two edges of a second are uncertain by at most 1 %."""
MAX_STOLEN_SHARE: Final = 0.01
"""Of the machine's time. Time that a hypervisor takes away is counted in no process but stands in every latency."""
MAX_OTHER_SHARE: Final = 0.20
"""Of one processor, by a process that is not of this run."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of one visit when its load has ended. Shares are of one processor unless said otherwise."""

    load: LoadResult
    concurrency: int
    busiest_generator: float
    """Share of the busiest process of the generator."""
    stolen: float
    """Share of the machine's time that the hypervisor gave to others."""
    others: Mapping[str, float]
    """Processes that are not of this run, and their shares."""
    uncounted_s: float
    """Processor time of server processes that ended without being waited for: perhaps not all of it was seen."""
    ended: tuple[str, ...]
    """Roles in which a process ended during the window, though all should have lived through it."""
    difference: str | None
    """What the check after the load found wrong."""

    @property
    def seconds(self) -> float:
        """Length of the window."""
        return self.load.ended_s - self.load.started_s


def judge(evidence: Evidence) -> tuple[str, ...]:
    """Why the figures must not be used: `code: sentence` for each detector that fires."""
    found = ((code, detector(evidence)) for code, detector in DETECTORS.items())
    return tuple(f"{code}: {sentence}" for code, sentence in found if sentence is not None)


def _errors(evidence: Evidence) -> str | None:
    load = evidence.load
    everything = load.answers + load.errors
    if load.errors <= MAX_ERROR_SHARE * everything:
        return None
    most = max(load.failures, key=lambda words: load.failures[words], default="no reason given")
    return f"{load.errors} of {everything} answers were wrong or missing (most often: {most})."


def _few_answers(evidence: Evidence) -> str | None:
    if evidence.load.answers >= MIN_ANSWERS:
        return None
    return f"{evidence.load.answers} right answers are fewer than {MIN_ANSWERS}; measure for longer."


def _short_window(evidence: Evidence) -> str | None:
    if evidence.seconds >= MIN_WINDOW_S:
        return None
    return f"{evidence.seconds:.2f} s are less than {MIN_WINDOW_S:g} s; measure for longer."


def _little(evidence: Evidence) -> str | None:
    """Little's law: connections in use = rate x mean latency (https://doi.org/10.1287/opre.9.3.383)."""
    load = evidence.load
    if load.latency is None or evidence.seconds <= 0:
        return None
    busy = load.answers / evidence.seconds * load.latency.mean_ms / 1000
    if abs(1 - busy / evidence.concurrency) <= MAX_LITTLE_DEVIATION:
        return None
    return f"rate times mean latency makes {busy:.1f} connections in use, but there were {evidence.concurrency}."


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
        return f"the load generator used {evidence.busiest_generator:.0%} of a processor and may be what was measured."
    return " ".join(evidence.load.warnings) or None


def _steal(evidence: Evidence) -> str | None:
    if evidence.stolen <= MAX_STOLEN_SHARE:
        return None
    return f"the hypervisor gave {evidence.stolen:.1%} of this machine's time to others."


def _other_load(evidence: Evidence) -> str | None:
    loud = {name: share for name, share in evidence.others.items() if share > MAX_OTHER_SHARE}
    if not loud:
        return None
    named = ", ".join(f"{name} {share:.0%}" for name, share in loud.items())
    return f"other processes were busy, each in shares of one processor: {named}."


def _accounting(evidence: Evidence) -> str | None:
    if evidence.uncounted_s == 0:
        return None
    return f"server processes ended unwatched; of their CPU time only {evidence.uncounted_s:.2f} s is known."


def _ended(evidence: Evidence) -> str | None:
    if not evidence.ended:
        return None
    return f"processes ended in the middle of the window: {', '.join(evidence.ended)}."


def _answers(evidence: Evidence) -> str | None:
    return None if evidence.difference is None else f"after the load: {evidence.difference}"


Detector = Callable[[Evidence], str | None]

DETECTORS: Final[Mapping[str, Detector]] = {
    "errors": _errors,
    "wrong answer": _answers,
    "ended": _ended,
    "few answers": _few_answers,
    "short window": _short_window,
    "little's law": _little,
    "percentiles": _percentiles,
    "generator": _generator,
    "steal": _steal,
    "other load": _other_load,
    "accounting": _accounting,
}
"""Code to detector; the code is what reports group by."""
