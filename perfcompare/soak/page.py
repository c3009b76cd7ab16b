"""A soak as Markdown, and whether it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from perfcompare.soak.minutes import Minute

MOST_GROWTH: Final = 0.10
"""Of the memory, from the middle third of the minutes to the last: caches and pools are full by then."""
FEWEST: Final = 9
"""Minutes, to judge growth."""
_SHOWN: Final = 10
_MIB: Final = 1024


@dataclass(frozen=True, kw_only=True)
class Soaked:
    """All minutes of one stack."""

    stack: str
    server: str
    minutes: Sequence[Minute]

    @property
    def wrong(self) -> Counter[str]:
        """Wrong answers, by what is wrong."""
        return sum((one.seen.wrong for one in self.minutes), Counter[str]())

    @property
    def lost(self) -> int:
        """Users that were said to be created and are gone."""
        return sum(one.lost for one in self.minutes)

    @property
    def growth(self) -> float | None:
        """Of the memory, from the middle third to the last; None with fewer than FEWEST minutes."""
        third = len(self.minutes) // 3
        if len(self.minutes) < FEWEST:
            return None
        middle, last = self.minutes[third : 2 * third], self.minutes[-third:]
        before = median(one.holding.pss_kib for one in middle)
        return median(one.holding.pss_kib for one in last) / before - 1

    @property
    def holds(self) -> bool:
        """No wrong answer, nothing lost, and no growth."""
        return not self.wrong and not self.lost and (self.growth is None or self.growth <= MOST_GROWTH)


def lines(soaked: Soaked) -> Iterator[str]:
    """The verdict and a table with a row for each minute."""
    seen = [one.seen for one in soaked.minutes]
    yield f"## {soaked.stack} on {soaked.server}"
    yield ""
    yield (
        f"{len(soaked.minutes)} minutes: {sum(one.right for one in seen):,} right answers, "
        f"{sum(soaked.wrong.values()):,} wrong ones, {soaked.lost} of {sum(len(one.created) for one in seen):,} "
        f"created users lost. {_growth(soaked)} {'It holds.' if soaked.holds else 'It does not hold.'}"
    )
    yield ""
    yield "| fault | traffic | right | 502, 503, 504 | no answer | wrong | MiB | threads | files | connections |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    yield from map(_row, soaked.minutes)
    if soaked.wrong:
        yield ""
        yield from (f"- {number} x {what}" for what, number in soaked.wrong.most_common(_SHOWN))


def _growth(soaked: Soaked) -> str:
    if soaked.growth is None:
        return f"Growth is not judged in fewer than {FEWEST} minutes."
    return f"Its memory changed by {soaked.growth:+.1%} from the middle third to the last."


def _row(one: Minute) -> str:
    seen, held = one.seen, one.holding
    return (
        f"| {one.fault} | {'writing' if one.writing else 'reading'} | {seen.right:,} | {seen.refused:,} | "
        f"{seen.unanswered:,} | {sum(seen.wrong.values()):,} | {held.pss_kib / _MIB:.0f} | {held.threads} | "
        f"{held.files} | {one.database_connections} |"
    )
