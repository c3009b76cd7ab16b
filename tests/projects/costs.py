"""What each request costs the process, as the project is and with changes, and whether the answers are the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import Final

from perfcompare.core.statistics import Interval, ratio_interval
from perfcompare.project.answers import Answer, differences, of_reply, unstable
from perfcompare.project.audit.child import Child
from perfcompare.project.audit.measuring import block, timed
from tests.projects.processes import Processes

ROUNDS: Final = 7
_MODULE: Final = "project_inside.measuring"
_SEED: Final = 16


@dataclass(frozen=True, kw_only=True)
class Costs:
    """All requests in all variants, of which the first is the project as it comes."""

    variants: tuple[str, ...]
    answers: Mapping[str, Mapping[str, Sequence[Answer]]]
    """For each path and variant, those of all rounds."""
    ms: Mapping[str, Mapping[str, Sequence[float]]]
    """CPU milliseconds of the process for one request: for each path and variant, one figure for each round. Paths with
    an answer that is not 200 are missing."""
    sizes: Mapping[str, int]
    """Bytes of the first variant's answers."""
    levers: Mapping[str, tuple[int, int]]
    """For each replaced attribute, calls that the lever answered and calls that it left to stock."""

    def middle(self, path: str, variant: str) -> float:
        """The median of the rounds."""
        return median(self.ms[path][variant])

    def sums(self, variant: str) -> Sequence[float]:
        """What all requests cost, once each, for each round."""
        return [sum(one) for one in zip(*(ms[variant] for ms in self.ms.values()), strict=True)]

    def gain(self, before: str, after: str) -> Interval | None:
        """The share of the sum that is saved, over the rounds: each has both variants, so they are paired."""
        return _saved(self.sums(before), self.sums(after))

    def best(self, before: str, after: str) -> tuple[str, Interval] | None:
        """The path of which the largest share is certainly saved: by the lower end of its interval."""
        found = ((path, _saved(ms[before], ms[after])) for path, ms in self.ms.items())
        known = [(path, gain) for path, gain in found if gain]
        return max(known, key=lambda one: one[1].low, default=None)

    def problems(self) -> Iterator[str]:
        """Sentences on answers that are not 200, or not those of the first variant.

        Where its own answers differ from each other, of two requests or of two processes, nothing is compared.
        """
        for path, answers in self.answers.items():
            first, *more = answers[self.variants[0]]
            own = frozenset[str]().union(*(unstable(first, one) for one in more))
            for variant in self.variants:
                last = answers[variant][-1]
                if last.status != 200:
                    yield f"{path}, {variant}: status {last.status}: {str(last.body)[:300]}"
                else:
                    yield from (f"{path}, {variant}: {one}" for one in differences(first, last, ignoring=own))


def _saved(before: Sequence[float], after: Sequence[float]) -> Interval | None:
    found = ratio_interval(list(zip(after, before, strict=True)), seed=_SEED)
    return found and Interval(low=1 - found.high, middle=1 - found.middle, high=1 - found.low)


@dataclass(kw_only=True)
class _Measured:
    """What has been seen so far."""

    answers: dict[str, dict[str, list[Answer]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    ms: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    sizes: dict[str, int] = field(default_factory=dict)
    levers: dict[str, tuple[int, int]] = field(default_factory=dict)


def costs(
    processes: Processes,
    headers: Mapping[str, str],
    paths: Sequence[str],
    variants: Mapping[str, Sequence[str]],
    rounds: int = ROUNDS,
    *,
    in_order: bool = False,
) -> Costs:
    """Measure variants, which are changes by name. Each round has new processes, which start in another order
    unless they are to start in theirs: what starts first is dearer as long as it lives. In a round, variants take
    turns."""
    seen = _Measured()
    for number in range(rounds):
        with ExitStack() as stack:
            started = {
                name: stack.enter_context(processes.worker(headers, paths, variants[name], _MODULE))
                for name in (variants if in_order else Random(number).sample([*variants], len(variants)))
            }
            children = {name: started[name] for name in variants}
            for place, path in enumerate(paths):
                _measure(seen, children, place, path, turn=number + place)
            for one in children.values():
                seen.levers.update({target: (fast, stock) for target, (fast, stock) in one.ask("levers").items()})
    return Costs(variants=tuple(variants), answers=seen.answers, ms=seen.ms, sizes=seen.sizes, levers=seen.levers)


def _measure(seen: _Measured, children: Mapping[str, Child], place: int, path: str, *, turn: int) -> None:
    for name, child in children.items():
        replies = [child.reply(place) for _ in range(2)]
        seen.answers[path][name] += map(of_reply, replies)
        seen.sizes.setdefault(path, len(replies[0].body))
    if any(one.status != 200 for several in seen.answers[path].values() for one in several):
        seen.ms.pop(path, None)
        return
    names = [*children]
    names = names[turn % len(names) :] + names[: turn % len(names)]
    repetitions = {name: block(children[name], place) for name in names}
    figures: dict[str, list[float]] = defaultdict(list)
    # There and back, so that what changes slowly weighs on all alike.
    for name in (*names, *reversed(names)):
        figures[name].append(timed(children[name], place, repetitions[name])["cpu_us"] / 1000)
    for name, both in figures.items():
        seen.ms[path][name].append(sum(both) / len(both))


def answers(
    processes: Processes, headers: Mapping[str, str], paths: Sequence[str], changes: Sequence[str]
) -> Mapping[str, Answer]:
    """The answer to each path after some requests; not measured."""
    with processes.worker(headers, paths, changes, _MODULE) as child:
        for place in range(len(paths)):
            child.ask("measure", call=place, number=5)
        return {path: of_reply(child.reply(place)) for place, path in enumerate(paths)}
