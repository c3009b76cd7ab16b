"""Measures requests: first without instruments, then in parts, then what they cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from perfcompare.core.http import Reply, Request
from perfcompare.core.stack import Interface
from perfcompare.project.audit.child import Child, Orders, WorkerError, started
from perfcompare.project.audit.facts import Column, Failure, Part, RequestFacts, Statements, normal
from perfcompare.project.audit.spans import ROOT, SQL
from perfcompare.project.project import Project
from perfcompare.project.requests import ProjectRequest

ROUNDS: Final = 5
BLOCK_US: Final = 60_000.0
"""So long a request is repeated before the clocks are read again."""
MOST: Final = 500
_FAILED: Final = 400
_EXCERPT: Final = 160


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request of the file, and as it is sent."""

    named: ProjectRequest
    sent: Request


def measure(
    project: Project, asked: Sequence[Asked], interface: Interface, tell: Callable[[str], None]
) -> Iterator[RequestFacts | Failure]:
    """Each request through this interface, in their order."""
    sent = [one.sent for one in asked]
    with (
        started(project, Orders(interface=interface, requests=sent)) as plain,
        started(project, Orders(interface=interface, requests=sent, instruments=True)) as split,
    ):
        for number, one in enumerate(asked):
            tell(f"{one.named.name} ({interface.upper()})")
            try:
                yield _measured(plain, split, number, one.named, interface)
            except WorkerError as error:
                yield Failure(name=one.named.name, interface=interface, said=str(error))


class _FailedError(WorkerError):
    """Raised when a request is answered with an error."""


def refuse(reply: Reply) -> None:
    """Raise an error with an excerpt of an answer that is one."""
    if reply.status >= _FAILED:
        raise _FailedError(f"It is answered with {reply.status}: {reply.body.decode(errors='replace')[:_EXCERPT]}")


def _measured(plain: Child, split: Child, number: int, request: ProjectRequest, interface: Interface) -> RequestFacts:
    refuse(plain.reply(number))
    repetitions = block(plain, number)
    whole = []
    parts = []
    split.ask("split", call=number, number=repetitions)
    for _ in range(ROUNDS):
        whole.append(timed(plain, number, repetitions))
        parts.append(_steady(split.ask("split", call=number, number=repetitions)))
    looked = split.ask("look", call=number)
    cpu_us, wall_us = (median(one[name] for one in whole) for name in ("cpu_us", "wall_us"))
    bare = _corrected(parts, repetitions, split.overhead)
    sums = {clock: sum(one[clock] for one in bare.values()) for clock in ("cpu", "wall")}
    factors = {"cpu": cpu_us / sums["cpu"], "wall": wall_us / sums["wall"]}
    return RequestFacts(
        name=request.name,
        path=request.path,
        method=request.method,
        weight=request.weight,
        interface=interface,
        repetitions=repetitions * ROUNDS,
        cpu_us=cpu_us,
        wall_us=wall_us,
        disagreement=sums["cpu"] / cpu_us - 1,
        parts=_parts(bare, factors),
        statements=_statements(looked["statements"], parts, factors),
        instances=looked["instances"],
        columns=[
            Column(model=model, name=name, kind=kind, bytes=size, read=read)
            for model, name, kind, size, read in looked["columns"]
        ],
        happened=[tuple(one) for one in looked["happened"]],
        response=looked["response"],
    )


def block(child: Child, number: int) -> int:
    """How often a request is repeated between two readings of the clocks. It warms the process up, too."""
    timed(child, number, 1)
    first = timed(child, number, 2)["cpu_us"]
    repetitions = _so_many(first)
    return _so_many(timed(child, number, repetitions)["cpu_us"])


def _so_many(cpu_us: float) -> int:
    return max(1, min(MOST, round(BLOCK_US / max(cpu_us, 1.0))))


def timed(child: Child, number: int, repetitions: int) -> Mapping[str, Any]:
    """The cost of a request; WorkerError when it begins to fail."""
    return _steady(child.ask("measure", call=number, number=repetitions))


def _steady(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    failed = [status for status in answer["statuses"] if status >= _FAILED]
    if failed:
        raise _FailedError(f"Repeated, it is answered with {failed[0]}: is it throttled?")
    return answer


Times = dict[str, float]


def _corrected(
    rounds: Sequence[Mapping[str, Any]], repetitions: int, overhead: Mapping[str, float]
) -> Mapping[tuple[str, str], Times]:
    """For each part, per request: how often, CPU and wall microseconds without what the timers themselves take."""
    found: dict[tuple[str, str], list[Times]] = defaultdict(list)
    for one in rounds:
        merged: dict[tuple[str, str], Times] = defaultdict(lambda: {"count": 0.0, "cpu": 0.0, "wall": 0.0})
        for category, label, count, wall, cpu, children in one["parts"]:
            times = merged[category, "statements" if category == SQL else label]
            times["count"] += count / repetitions
            for clock, took in (("wall", wall), ("cpu", cpu)):
                ours = count * overhead[f"inside_{clock}"] + children * overhead[f"outside_{clock}"]
                times[clock] += max(0.0, took - ours) / repetitions / 1000
        for key, times in merged.items():
            found[key].append(times)
    # A part that is not in every request of every round (such as a cache that is filled) counts as often as it was.
    return {
        key: {name: _over(rounds, [one[name] for one in several]) for name in ("count", "cpu", "wall")}
        for key, several in found.items()
    }


def _over(rounds: Sequence[Any], values: Sequence[float]) -> float:
    return median([*values, *(0.0 for _ in range(len(rounds) - len(values)))])


def _parts(bare: Mapping[tuple[str, str], Times], factors: Mapping[str, float]) -> list[Part]:
    parts = [
        Part(
            category=category,
            label=label,
            count=times["count"],
            cpu_us=times["cpu"] * factors["cpu"],
            wall_us=times["wall"] * factors["wall"],
        )
        for (category, label), times in bare.items()
    ]
    return sorted(parts, key=lambda part: (part.category != ROOT[0], -part.cpu_us))


def _statements(
    looked: Sequence[Mapping[str, Any]],
    rounds: Sequence[Mapping[str, Any]],
    factors: Mapping[str, float],
) -> list[Statements]:
    each = _each(rounds)
    groups: dict[tuple[str, str, int], list[Mapping[str, Any]]] = defaultdict(list)
    for one in looked:
        groups[normal(one["sql"]), one["file"], one["line"]].append(one)
    found = [
        Statements(
            sql=sql,
            count=len(group),
            different=len({(one["sql"], one["parameters"]) for one in group}),
            cpu_us=len(group) * each.get(sql, (0.0, 0.0))[0] * factors["cpu"],
            wall_us=len(group) * each.get(sql, (0.0, 0.0))[1] * factors["wall"],
            origin=group[0],
        )
        for (sql, _file, _line), group in groups.items()
    ]
    return sorted(found, key=lambda one: -one.wall_us)


def _each(rounds: Sequence[Mapping[str, Any]]) -> Mapping[str, tuple[float, float]]:
    """CPU and wall microseconds of one statement of each kind, with the ORM's work around it."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for one in rounds:
        for text, count, wall, cpu in one["wholes"]:
            place = sums[normal(text)]
            place[0] += count
            place[1] += cpu / 1000
            place[2] += wall / 1000
    return {text: (cpu / count, wall / count) for text, (count, cpu, wall) in sums.items()}
