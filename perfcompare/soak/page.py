"""A soak as Markdown, and whether it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from perfcompare.runner.holding import Holding
from perfcompare.soak.minutes import Minute, Pace
from perfcompare.soak.traffic import HOSTILE_SHARE

MOST_GROWTH: Final = 0.10
"""From the middle third of the minutes to the last: caches and pools are full by then."""
HELD: Final[Mapping[str, tuple[Callable[[Holding], int], int]]] = {
    "memory": (lambda held: held.pss_kib, 0),
    "threads": (lambda held: held.threads, 8),
    "files": (lambda held: held.files, 16),
}
"""What must not grow, and by how much it may all the same: a connection that is being opened is a file."""
FEWEST: Final = 9
"""Minutes, to judge growth."""
_SHOWN: Final = 10
_MIB: Final = 1024


@dataclass(frozen=True, kw_only=True)
class Soaked:
    """The minutes of one stack that are over."""

    stack: str
    server: str
    minutes: list[Minute] = field(default_factory=list)

    @property
    def wrong(self) -> Counter[str]:
        """Wrong answers, by what is wrong."""
        return sum((one.seen.wrong for one in self.minutes), Counter[str]())

    @property
    def lost(self) -> int:
        """Users that were said to be created and are gone."""
        return sum(one.lost for one in self.minutes)

    @property
    def growth(self) -> Mapping[str, tuple[float, float]]:
        """What is HELD, in the middle third and in the last; nothing with fewer than FEWEST minutes."""
        third = len(self.minutes) // 3
        if len(self.minutes) < FEWEST:
            return {}
        middle, last = self.minutes[third : 2 * third], self.minutes[-third:]
        return {
            name: (median(read(one.holding) for one in middle), median(read(one.holding) for one in last))
            for name, (read, _spare) in HELD.items()
        }

    @property
    def grows(self) -> bool:
        """Whether there is more of something in the last third than there may be."""
        return any(
            last - before > max(HELD[name][1], MOST_GROWTH * before) for name, (before, last) in self.growth.items()
        )

    @property
    def holds(self) -> bool:
        """No wrong answer, nothing lost, and no growth."""
        return not self.wrong and not self.lost and not self.grows


@dataclass(frozen=True, kw_only=True)
class Soak:
    """All stacks, and how they are soaked."""

    command: str
    """The command line."""
    when: str
    """The day it began."""
    facts: Mapping[str, object]
    """Of the environment."""
    minutes: int
    """Of each stack."""
    at_once: int
    """How many stacks are soaked at the same time."""
    pace: Pace
    stacks: Sequence[Soaked]


def progress(soak: Soak, batch: Sequence[Soaked]) -> str:
    """A line for the minute that has just ended for the stacks of the batch."""
    over = len(batch[0].minutes)
    waiting = sum(not one.minutes for one in soak.stacks)
    left = soak.minutes - over + soak.minutes * -(-waiting // soak.at_once)
    found = ", ".join(
        f"{one.stack} {one.minutes[-1].seen.right:,} right and {sum(one.minutes[-1].seen.wrong.values()):,} wrong"
        for one in batch
    )
    return f"Minute {over} of {soak.minutes} ({batch[0].minutes[-1].fault}): {found}; {left} min left"


def lines(soak: Soak) -> Iterator[str]:
    """The page."""
    facts, pace = soak.facts, soak.pace
    commit = f"{facts['commit']}{' with changes' if facts['dirty'] else ''}"
    yield "# Soak"
    yield ""
    yield f"    {soak.command}"
    yield ""
    yield f"{soak.when}. {facts['cores']} processors ({facts['cpu_model']}), kernel {facts['kernel']},"
    yield f"{facts['python']}, commit {commit}."
    yield ""
    yield f"{pace.clients} clients of each stack ask without a pause. {HOSTILE_SHARE:.0%} of the requests are hostile."
    yield f"Each minute has a fault of {pace.fault_s:g} s. During it, and for {pace.recovery_s:g} s after it,"
    yield "502, 503, 504 and no answer are allowed. At all other times, each answer must be right. Stacks that were"
    yield f"soaked at the same time, each on a database of its own: {min(soak.at_once, len(soak.stacks))}."
    for one in soak.stacks:
        yield ""
        yield from _section(one, soak.minutes)


def _section(soaked: Soaked, wanted: int) -> Iterator[str]:
    """The verdict and a table with a row for each minute."""
    seen = [one.seen for one in soaked.minutes]
    over = len(soaked.minutes)
    yield f"## {soaked.stack} on {soaked.server}"
    yield ""
    yield f"{over} of {wanted} minutes: {sum(one.right for one in seen):,} right answers,"
    created = sum(len(one.created) for one in seen)
    yield f"{sum(soaked.wrong.values()):,} wrong ones, {soaked.lost} of {created:,} created users lost."
    yield f"{_growth(soaked)} {_verdict(soaked, wanted)}"
    yield ""
    yield "| fault | traffic | right | 502, 503, 504 | no answer | wrong | MiB | threads | files | connections |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    yield from map(_row, soaked.minutes)
    if soaked.wrong:
        yield ""
        yield from (f"- {number} x {what}" for what, number in soaked.wrong.most_common(_SHOWN))


def _verdict(soaked: Soaked, wanted: int) -> str:
    if not soaked.holds:
        return "It does not hold."
    return "It holds." if len(soaked.minutes) == wanted else "It is not over."


def _growth(soaked: Soaked) -> str:
    if not soaked.growth:
        return f"Growth is not judged in fewer than {FEWEST} minutes."
    changes = (f"{name} {last / before - 1:+.1%}" for name, (before, last) in soaked.growth.items())
    return f"From the middle third to the last: {', '.join(changes)}."


def _row(one: Minute) -> str:
    seen, held = one.seen, one.holding
    return (
        f"| {one.fault} | {'writing' if one.writing else 'reading'} | {seen.right:,} | {seen.refused:,} | "
        f"{seen.unanswered:,} | {sum(seen.wrong.values()):,} | {held.pss_kib / _MIB:.0f} | {held.threads} | "
        f"{held.files} | {one.database_connections} |"
    )
