"""For each reason why figures must not be used: the cause and the way out, each in a sentence or two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

QUIET: Final = "End or wait for other work on this machine and repeat the command."
LONGER: Final = "Give it more time under load and a longer warm-up: --seconds 5 --warmup 10."
ROUNDS: Final = "Repeat it with more rounds, so that enough of them stay valid: --rounds 9."
TURNS: Final = (
    "If the machine stays noisy, leave out --sequential. The stacks are then loaded in turns, and noise moves the "
    "ratios of their costs much less (docs/methodology.md)."
)
WEAKER: Final = (
    "The load generator was the limit, not the servers. Costs from turns do not depend on it. For rates and latencies, "
    "end other work on this machine, or use one with more processors."
)
STACK: Final = "Fix what the trial's reason names (pytest tests/contract checks every stack), then repeat the run."
REPORT: Final = "Repeat the run. If it happens again, read the logs of generator and server (export --format raw)."


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why a detector objects, and what to do about it."""

    cause: str
    ways_out: tuple[str, ...]
    """Each a sentence or two, in the order to try them."""

    @property
    def way_out(self) -> str:
        """All of them, as one text."""
        return " ".join(self.ways_out)


def _of(cause: str, *ways_out: str) -> Cause:
    return Cause(cause=cause, ways_out=ways_out)


OTHER: Final = _of(
    "This version of the project does not know the reason.",
    "Read the reasons of the trials, and fix what they name.",
)
CAUSES: Final[Mapping[str, Cause]] = {
    "failed": _of(
        "There are no figures: the server did not start, answered wrongly, or the load did not run.",
        "Read the reasons of the trials, and fix what they name.",
    ),
    "withdrawn": _of(
        "A person withdrew the figures. The reason is beside the trial.",
        "Repeat the run, or restore the figures in the admin (action on measurements).",
    ),
    "errors": _of(
        "Answers were wrong or missing under load, so the figures describe errors.",
        "Find the first error in the server's log (export --format raw). Fewer connections may help.",
    ),
    "wrong answer": _of("After the load, the stack's answers differed from the contract.", STACK),
    "services": _of(
        "A service of the servers did not answer after the load, so they may have done other work.",
        "Start the service again, and look into its log for what ended it. Then repeat the run.",
    ),
    "changed work": _of(
        "The services did other work for a request than when its work was counted: a cache was away, full or emptied.",
        "Look for other programs that use this Redis, and into its log and its memory limit. Then repeat the run.",
    ),
    "ended": _of(
        "A process of the server or of the load ended during the window.",
        "Read the server's log (export --format raw). Look for memory, open files, a crash.",
    ),
    "interrupted": _of("The load ended before its planned end.", "Repeat it and let it finish."),
    "few answers": _of("Too few answers came in the window for a 99th percentile and a steady mean.", LONGER),
    "short window": _of("The window is so short that the CPU clocks' ticks of 10 ms affect the result.", LONGER),
    "little's law": _of("Rate, latency and connections contradict each other, so one of them is wrong.", LONGER),
    "percentiles": _of("The latencies are not in order, so the generator reported them wrongly.", REPORT),
    "generator": _of("The load generator had no processor time left, so the figures describe the generator.", WEAKER),
    "ceiling": _of("The rate is near what server and generator reach without any framework.", WEAKER),
    "steal": _of(
        "Other guests of the host took processor time from this virtual machine.",
        "Use a machine of your own, or repeat the run when manage.py perfcompare doctor shows little stolen time. "
        "With --rounds 9 more rounds stay valid.",
    ),
    "throttled": _of(
        "A CPU quota held back the processes of this control group, as limits of containers do.",
        "Raise or remove the quota (Docker: --cpus; Kubernetes: limits.cpu; systemd: CPUQuota), then repeat the run. "
        "Costs in turns are not affected.",
    ),
    "other load": _of("Other programs on this machine used the processors during the window.", QUIET),
    "accounting": _of(
        "Server processes ended unwatched, so part of their CPU time is not known.",
        "Keep workers alive during a window (no --max-requests, no reload), then repeat it.",
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
        "The server closed connections that it should keep, so the figures include connecting.",
        "Look for a keep-alive limit of the server. Do not compare a server that cannot keep connections with others.",
    ),
    "ports": _of(
        "Closed connections held most of the ports for outgoing ones.",
        "Wait a minute and repeat it, or use a server that keeps connections alive.",
    ),
    "delayed ack": _of(
        "Latency comes from the 40 ms timer of TCP's delayed acknowledgements, not from the server's work.",
        "Let the server send head and body in one write, or set TCP_NODELAY. CPU per request is not affected.",
    ),
    "other server": _of(
        "Another server of this project ran beside the measured one.",
        "End it (manage.py perfcompare doctor names it) and repeat the command.",
    ),
    "configuration": _of(
        "The running server has something that a timed one must not have, such as debug mode or a profiler.", STACK
    ),
    "unequal work": _of(
        "A request does not send the declared number of SQL statements, so the work is not the same.", STACK
    ),
    "unequal bytes": _of("Answers differ in size from FastAPI's, so the work is not the same.", STACK),
    "unequal configuration": _of(
        "The same server ran with other settings than elsewhere in this run.",
        "Repeat the whole run with one command, and change no packages or limits meanwhile.",
    ),
    "saturated": _of(
        "The server cannot keep up the fixed rate, so there is no latency at that rate.",
        "At one rate for all stacks, that is the result: this stack cannot keep up. At a share of its own peak, choose "
        "a lower share: --rates 50.",
    ),
}
"""By the code of the detector; `failed`, `withdrawn` and `interrupted` are not detectors."""
