"""For each reason why figures must not be used: what causes it, and the way out, each in a sentence or two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

QUIET: Final = "End or wait for other work on this machine and repeat the command."
LONGER: Final = "Give it more time under load and a longer warm-up: --seconds 5 --warmup 10."
ROUNDS: Final = "Repeat it with more rounds, so that enough of them stay valid: --rounds 9."
TURNS: Final = (
    "On a machine that stays noisy leave out --sequential: the stacks are then loaded in turns, whose ratios of costs "
    "such a machine moves much less (docs/methodology.md)."
)
WEAKER: Final = (
    "The load generator is the limit, not the servers: leave out --sequential, so that costs come from turns, or use a "
    "machine with more processors."
)
STACK: Final = "Mend what the trial's reason names (pytest tests/contract checks every stack), then repeat the run."
REPORT: Final = "Repeat the run; if it comes back, the generator's or the server's log (export --format raw) says more."


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why a detector objects, and what to do."""

    cause: str
    ways_out: tuple[str, ...]
    """Each a sentence or two, in the order in which to try them."""

    @property
    def way_out(self) -> str:
        """All of them, as one text."""
        return " ".join(self.ways_out)


def _of(cause: str, *ways_out: str) -> Cause:
    return Cause(cause=cause, ways_out=ways_out)


OTHER: Final = _of(
    "A reason that this version of the project does not know.",
    "Read the reasons of the trials, and mend what they name.",
)
CAUSES: Final[Mapping[str, Cause]] = {
    "failed": _of(
        "There are no figures: the server did not start, answered wrongly, or the load did not run.",
        "Read the reasons of the trials, and mend what they name.",
    ),
    "withdrawn": _of(
        "A person took the figures out; the reason stands beside the trial.",
        "Repeat the run, or bring the figures back in the admin (action on measurements).",
    ),
    "errors": _of(
        "Answers were wrong or missing under load, so their speed is that of errors.",
        "Look for the first error in the server's log (export --format raw); fewer connections may help.",
    ),
    "wrong answer": _of("After the load the stack answered otherwise than the contract says.", STACK),
    "ended": _of(
        "A process of the server or of the load ended in the middle of the window.",
        "Look into the server's log (export --format raw): memory, open files, a crash.",
    ),
    "interrupted": _of("The load was ended before its planned end.", "Repeat it and let it end by itself."),
    "few answers": _of("Too few answers came in the window for a 99th percentile and a steady mean.", LONGER),
    "short window": _of("The window is so short that the CPU clocks' ticks of 10 ms stand in the result.", LONGER),
    "little's law": _of(
        "Rate, latency and connections do not fit each other, so one of them was measured wrongly.", LONGER
    ),
    "percentiles": _of("The latencies are not in order, so the generator reported them wrongly.", REPORT),
    "generator": _of("The load generator had no processor time left, so that it is what was measured.", WEAKER),
    "ceiling": _of("The rate is near what server and generator reach without any framework.", WEAKER),
    "steal": _of(
        "Other guests of the host took processor time from this virtual machine.",
        "Other guests share this machine's processors: use a machine of your own, or rerun when manage.py perfcompare "
        "doctor shows little stolen time; --rounds 9 leaves more valid rounds.",
    ),
    "throttled": _of(
        "A CPU quota held the processes of this control group back, as containers with a limit do.",
        "Raise or remove the quota (Docker: --cpus; Kubernetes: limits.cpu; systemd: CPUQuota), then repeat the run. "
        "Costs in turns are not affected.",
    ),
    "other load": _of("Other programs on this machine used the processors during the window.", QUIET),
    "accounting": _of(
        "Server processes ended unwatched, so their CPU time is not known whole.",
        "Keep workers alive during a window: no --max-requests, no reload; then repeat it.",
    ),
    "unsteady": _of(
        "The cost or the rate changed within the window: a cold start, filling caches, growing data, or a neighbour.",
        LONGER,
        TURNS,
    ),
    "drift": _of(
        "FastAPI itself cost more or less in this round than in others: the machine changed.", QUIET, ROUNDS, TURNS
    ),
    "connections": _of(
        "The server closed connections that it should keep, so that connecting was measured too.",
        "Look for a keep-alive limit of the server; a server that has none is not to be compared with others.",
    ),
    "ports": _of(
        "Closed connections held most of the ports for outgoing ones.",
        "Wait a minute and repeat it, or take a server that keeps connections alive.",
    ),
    "delayed ack": _of(
        "Latency sticks to the 40 ms timer of TCP's delayed acknowledgements, not to the server's work.",
        "The server should send head and body in one write or set TCP_NODELAY; CPU per request is not affected.",
    ),
    "other server": _of(
        "Another server of this project ran beside the measured one.",
        "End it (manage.py perfcompare doctor names it) and repeat the command.",
    ),
    "configuration": _of(
        "The living server has what a timed one must not have, such as debug mode or a profiler.", STACK
    ),
    "unequal work": _of(
        "A request sends another number of SQL statements than is declared, so the work is not the same.", STACK
    ),
    "unequal bytes": _of("Answers have another size than FastAPI's, so the work is not the same.", STACK),
    "unequal configuration": _of(
        "The same server ran with other settings than elsewhere in this run.",
        "Repeat the whole run with one command, and change no packages or limits while it runs.",
    ),
    "saturated": _of(
        "The fixed rate is beyond what the server can keep up, so there is no latency at that rate.",
        "At one rate for all stacks that is the answer: this stack cannot keep it up. At a share of its own peak, ask "
        "for a lower one: --rates 50.",
    ),
}
"""By the code of the detector; `failed`, `withdrawn` and `interrupted` are no detectors."""
