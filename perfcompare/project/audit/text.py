"""The audit on a terminal: one line and one picture for each request, then what to do."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from perfcompare.core.characters import without_controls
from perfcompare.project.audit.categories import CATEGORIES
from perfcompare.project.audit.facts import Failure, Part, RequestFacts
from perfcompare.project.audit.instruments.database import OPENED
from perfcompare.project.audit.instruments.thread_hops import HOP
from perfcompare.project.audit.report import Advice, Audit
from perfcompare.project.audit.verifying import Judged, named
from perfcompare.report.data.words import both, fitted, many

WIDTH: Final = 60
_LEAST: Final = 0.02
_SHOWN: Final = 12
_LABEL: Final = 44


def lines(audit: Audit) -> Iterator[str]:
    """The whole report."""
    yield "The picture of a request: " + ", ".join(f"{look.letter} {name}" for name, look in CATEGORIES.items())
    for one in audit.results:
        yield ""
        yield from _failed(one) if isinstance(one, Failure) else _request(one)
    if audit.skipped:
        yield f"\nNot sent, because they may change something (--unsafe sends them): {', '.join(audit.skipped)}"
    yield from _advice(audit)


def _failed(one: Failure) -> Iterator[str]:
    yield f"{_title(one.name, one.interface)}: FAILED. {without_controls(one.said)}"


def _request(facts: RequestFacts) -> Iterator[str]:
    yield f"{_title(facts.name, facts.interface)}: {summary(facts)}"
    yield f"  CPU [{picture([(name, facts.of(name).cpu_us) for name in CATEGORIES], facts.cpu_us)}]"
    shown = sorted(facts.parts, key=lambda part: -part.cpu_us)
    large = [part for part in shown if part.cpu_us >= _LEAST * facts.cpu_us][:_SHOWN]
    for part in large:
        yield _part(part, facts)
    rest = facts.cpu_us - sum(part.cpu_us for part in large)
    yield f"    {'smaller parts':<{_LABEL}} {'':>7} {microseconds(rest):>11} {rest / facts.cpu_us:5.0%}"
    yield (
        f"  {facts.repetitions} repetitions. Timing the parts cost {facts.timing:+.0%} (timers around nothing: "
        f"{facts.calibrated:+.0%}), which is taken off them."
    )


def summary(facts: RequestFacts) -> str:
    """Its figures in one line."""
    return (
        f"{microseconds(facts.cpu_us)} of CPU, {microseconds(facts.wall_us)} in all; "
        f"{many(facts.number_of_statements, 'statement')}, {many(sum(facts.instances.values()), 'instance')}, "
        f"connections opened: {facts.how_often(OPENED)}"
        + (f", thread hops: {facts.how_often(HOP)}" if facts.how_often(HOP) else "")
        + f"; {facts.response['bytes']:,} bytes"
    )


def _part(part: Part, facts: RequestFacts) -> str:
    name = part.label if part.label.startswith(part.category) else f"{part.category}: {part.label}"
    waits = f", {microseconds(part.wall_us)} in all" if part.wall_us > 1.5 * part.cpu_us else ""
    shares = f"{microseconds(part.cpu_us):>11} {part.cpu_us / facts.cpu_us:5.0%}"
    *above, last = fitted(name, _LABEL)
    return "\n".join([*(f"    {line}" for line in above), f"    {last} {_times(part.count):>7} {shares}{waits}"])


def picture(parts: list[tuple[str, float]], whole: float) -> str:
    """A bar of letters, each category as long as its share. What is lost by rounding goes to the largest."""
    lengths = {name: round(WIDTH * max(value, 0.0) / whole) for name, value in parts}
    lengths[max(lengths, key=lambda name: lengths[name])] += WIDTH - sum(lengths.values())
    return "".join(CATEGORIES[name].letter * length for name, length in lengths.items())


def _advice(audit: Audit) -> Iterator[str]:
    advice = audit.advice
    useful = [one for one in advice if one.useful]
    yield ""
    yield "What to do, in the order of what it is worth here:" if useful else "There is nothing to do."
    for place, one in enumerate(useful, 1):
        yield from _useful(place, one)
    yield from (f"\n{sentence}" for sentence in tried(advice))
    for title, said in holes(advice):
        yield f"\nA hole: {title}: {said}"


def tried(advice: Sequence[Advice]) -> Iterator[str]:
    """What was applied and is nothing to do."""
    useless = dict.fromkeys(_named(one) for one in advice if one.useless)
    if useless:
        yield f"Tried, without a gain beyond doubt: {', '.join(useless)}."
    yield from (f"{_named(one)}: {without_controls(one.requests[0].said)}" for one in advice if one.refused)


def holes(advice: Sequence[Advice]) -> Iterator[tuple[str, str]]:
    """What could not be applied, at which requests, and why: nothing is known of it."""
    for one in advice:
        reasons = defaultdict(list)
        for hole in one.holes:
            reasons[hole.said].append(hole.facts.name)
        for said, names in reasons.items():
            yield f"{_named(one)} at {without_controls(both(names))}", without_controls(said)


def _named(advice: Advice) -> str:
    first = advice.requests[0]
    of = f" of {first.finding.subject}" if first.finding.rewrite else ""
    return f"{named(first)}{of} ({advice.interface.upper()})"


def _useful(place: int, advice: Advice) -> Iterator[str]:
    finding = advice.requests[0].finding
    means = finding.change or finding.server
    yield f"\n{place:2}. {advice.kind.replace('_', '-')}{', ' if means else ''}{means} ({advice.interface.upper()})"
    for what, several in advice.said.items():
        title = several[0].facts.name if len(several) == 1 else f"{len(several)} requests"
        yield f"    {title}: {without_controls(what)}"
        for one in several:
            yield f"      {f'{one.facts.name}: ' if len(several) > 1 else ''}{worth(one)}"
    if advice.where:
        yield f"    where: {', '.join(map(short, advice.where))}"
    for line in advice.write:
        yield f"    write: {short(line)}"
    yield f"    see:   {finding.source}"


def worth(one: Judged) -> str:
    """What a finding is worth for its request, in words."""
    now = f"costs {microseconds(one.finding.cpu_us)} of CPU and {microseconds(one.finding.wall_us)} in all now"
    if one.gain is None:
        return f"{now}; {one.said}" if one.finding.wall_us else one.said
    saved, in_all = one.gain.share, one.gain.wall_us / one.gain.before_wall_us
    if saved.middle < 0:
        cpu = f"{-saved.middle:.0%} more CPU [{-saved.high:.0%}, {-saved.low:.0%}]"
    else:
        cpu = f"{saved.middle:.0%} less CPU [{saved.low:.0%}, {saved.high:.0%}]"
    return f"{now}; applied: {cpu}, {abs(in_all):.0%} {'more' if in_all < 0 else 'less'} in all"


def short(text: str) -> str:
    """Paths from here, or from where Python finds the project's modules."""
    for folder in sorted({str(Path.cwd()), *sys.path} - {"", "/"}, key=len, reverse=True):
        text = text.replace(f"{folder}/", "")
    return text


def _title(name: str, interface: str) -> str:
    return f"{without_controls(name)} ({interface.upper()})"


def microseconds(value: float) -> str:
    """`834 µs`, `12.3 ms`."""
    return f"{value / 1000:.1f} ms" if value >= 10_000 else f"{value:,.0f} µs"


def _times(count: float) -> str:
    return f"{count:.0f}x" if count >= 0.995 else f"{count:.2f}x"
