"""The result of a study, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfcompare.core.statistics import Interval, median
from perfcompare.study import outcomes
from perfcompare.study.journal import Journal
from perfcompare.study.outcomes import ORIGINAL, SAME, SLOWED, TWIN, Outcome, Round


@dataclass(frozen=True, kw_only=True)
class Studied:
    """A study with its result."""

    title: str
    command: str
    """The command line."""
    when: str
    """The day it ended."""
    facts: Mapping[str, object]
    """Of the environment."""
    commits: Sequence[str]
    """The code that measured. There are several where a study was continued after a commit."""
    loops: int
    """The injected work, in rounds of targets.demonstration.slowed.burn."""
    size: int
    """Rounds of a comparison."""
    rounds: Sequence[Round]
    invalid: Mapping[str, int]
    """Number of invalid trials, by the code of the objection."""
    failed: int
    """Trials that gave no figures and were repeated."""
    found: Sequence[Outcome]
    minutes: float
    journal: Journal
    """The stored trials, which are deleted when the result is written."""


def lines(studied: Studied) -> Iterator[str]:
    """The page."""
    yield f"# Study: {studied.title}"
    yield ""
    yield f"    {studied.command}"
    yield ""
    yield from _conditions(studied)
    yield ""
    yield from _result(studied)
    yield ""
    yield "| compared | ratio | 95 % interval | noise floor | verdict |"
    yield "|---|---:|---|---:|---|"
    for one in studied.found:
        floor = "-" if one.floor is None else f"{one.floor:.1%}"
        yield f"| {one.role} | {_interval(one.interval)} | {floor} | {one.verdict or 'too few rounds'} |"


def _conditions(studied: Studied) -> Iterator[str]:
    facts = studied.facts
    yield (
        f"{studied.when}. {facts['cores']} processors ({facts['cpu_model']}), kernel {facts['kernel']}, "
        f"{facts['python']}, commit {', then '.join(studied.commits)}. {facts['pinning']}"
    )
    against = ", ".join(f"{code} {times}" for code, times in studied.invalid.items()) or "none"
    yield (
        f"{len(studied.rounds)} whole rounds of four trials in {studied.minutes:.0f} minutes, {studied.size} rounds "
        f"for each comparison. Invalid trials, which are included: {against}. Trials that gave no figures and were "
        f"repeated: {studied.failed}."
    )


def _result(studied: Studied) -> Iterator[str]:
    counted = outcomes.result(studied.found)
    if studied.rounds:
        yield (
            f"Injected: {studied.loops} loops, which made a request {_effect(studied.rounds, SLOWED):+.1%} dearer "
            f"over all rounds (median); the same once more differed by {_effect(studied.rounds, SAME):+.1%}, and in "
            f"half of the rounds by more than {_scatter(studied.rounds):.1%}."
        )
        yield ""
    yield f"- {counted.false} of {counted.comparisons} comparisons of the stack with itself found a difference."
    yield f"- {counted.found} of {counted.comparisons} comparisons with the slowed stack found it slower."
    yield (
        f"- At most {outcomes.MAX_FALSE} and at least {outcomes.MIN_FOUND} of {outcomes.COMPARISONS} are required: "
        f"the measuring {'holds' if counted.holds else 'does not hold'}."
    )


def _effect(rounds: Sequence[Round], role: str) -> float:
    return median([one[role] / one[ORIGINAL] for one in rounds]) - 1


def _scatter(rounds: Sequence[Round]) -> float:
    """The typical difference between two starts of the same thing in one round."""
    return median([abs(one[role] / one[ORIGINAL] - 1) for one in rounds for role in (TWIN, SAME)])


def _interval(interval: Interval | None) -> str:
    return "- | -" if interval is None else f"{interval.middle:.3f} | {interval.low:.3f} to {interval.high:.3f}"
