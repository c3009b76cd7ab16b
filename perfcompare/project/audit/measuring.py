"""Measures requests: without instruments, in parts, on the server, and at last what they cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from statistics import median
from typing import Any, Final, Protocol

from perfcompare.core.http import Reply, Request
from perfcompare.plugins import servers
from perfcompare.project import refusals
from perfcompare.project.answers import FIRST_ERROR
from perfcompare.project.audit.categories import SERVER
from perfcompare.project.audit.child import Child, Orders, WorkerError, started
from perfcompare.project.audit.facts import Column, Failure, Middleware, Part, RequestFacts, Source, Statements, normal
from perfcompare.project.audit.serving import Served, served
from perfcompare.project.audit.spans import ROOT, SQL, Key
from perfcompare.project.audit.steps import Steps
from perfcompare.project.project import Project
from perfcompare.project.refusals import Printed
from perfcompare.project.requests import ProjectRequest

ROUNDS: Final = 5
BLOCK_US: Final = 60_000.0
"""So much CPU time a request is repeated before the clocks are read again."""
LONGEST_US: Final = 500_000.0
"""So long a request is repeated that waits more than it computes."""
FEWEST: Final = 2
"""Answers in a round, however dear they are: ten of each request."""
MOST: Final = 500
_FIGURES: Final = ("count", "cpu", "wall", "cpu_timers", "wall_timers")
_DEAREST: Final = 4.0


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request of the file, and as it is sent."""

    named: ProjectRequest
    sent: Request


class Measured(Protocol):
    """A process that answers requests, and says what one costs."""

    def measure(self, call: int, number: int) -> Mapping[str, Any]:
        """As that of a Child."""

    def reply(self, call: int) -> Reply:
        """As that of a Child."""


def measure(project: Project, asked: Sequence[Asked], server: str, steps: Steps) -> Iterator[RequestFacts | Failure]:
    """Each request as this server asks the project, in their order; each is a step."""
    sent = [one.sent for one in asked]
    interface = servers[server].interface
    with (
        started(project, Orders(interface=interface, requests=sent)) as plain,
        started(project, Orders(interface=interface, requests=sent, instruments=True)) as split,
        served(project, server, sent) as on_server,
    ):
        for number, one in enumerate(asked):
            steps.next(f"{one.named.name} ({interface.upper()})")
            try:
                yield _measured(plain, split, on_server, number, one.named, server)
            except WorkerError as error:
                yield Failure(name=one.named.name, interface=interface, said=str(error))


class _FailedError(WorkerError):
    """Raised when a request is answered with an error."""


def _refuse(child: Child, number: int) -> None:
    """Raise an error with the reason when the request is answered with one."""
    printed = Printed.after(child.printed)
    reply = child.reply(number)
    if reply.status >= FIRST_ERROR:
        raise _FailedError(f"It is answered with {refusals.said(reply, printed)}")


def _measured(
    plain: Child, split: Child, on_server: Served, number: int, request: ProjectRequest, server: str
) -> RequestFacts:
    _refuse(plain, number)
    repetitions = block(plain, number)
    whole = []
    of_server = []
    parts = []
    split.ask("split", call=number, number=repetitions)
    timed(on_server, number, repetitions)
    for _ in range(ROUNDS):
        whole.append(timed(plain, number, repetitions))
        of_server.append(timed(on_server, number, repetitions)["server_us"])
        parts.append(_steady(split.ask("split", call=number, number=repetitions)))
    looked = split.ask("look", call=number)
    if looked["status"] >= FIRST_ERROR:
        raised = "".join(f" ({one})" for one in looked["raised"])
        raise _FailedError(f"While it is watched, it is answered with {looked['status']}{raised}. Please report this.")
    cpu_us, wall_us = (median(one[name] for one in whole) for name in ("cpu_us", "wall_us"))
    costs = {"cpu": cpu_us, "wall": wall_us}
    summed = _summed(parts, repetitions, split.overhead)
    raw, timers = (sum(one[name] for one in summed.values()) for name in ("cpu", "cpu_timers"))
    bare: dict[Key, Times] = {key: {"count": one["count"]} for key, one in summed.items()}
    factors = {clock: _take_off(summed, bare, clock, costs[clock]) for clock in costs}
    # Asked one at a time, a server does not wait while it works.
    server_us = max(median(of_server), 0.0)
    bare[SERVER, servers[server].label] = {"count": 1.0, "cpu": server_us, "wall": server_us}
    statements = _statements(looked["statements"], parts, factors)
    return RequestFacts(
        name=request.name,
        path=request.path,
        method=request.method,
        weight=request.weight,
        interface=servers[server].interface,
        server=server,
        repetitions=repetitions * ROUNDS,
        cpu_us=cpu_us + server_us,
        wall_us=wall_us + server_us,
        timing=raw / cpu_us - 1,
        calibrated=timers / cpu_us,
        parts=_parts(bare),
        statements=[*statements.values()],
        instances=looked["instances"],
        columns=[
            Column(model=model, name=name, kind=kind, bytes=size, read=read)
            for model, name, kind, size, read in looked["columns"]
        ],
        sources=_sources(looked, statements),
        happened=[(what, who, times) for what, who, times in looked["happened"]],
        middleware=[Middleware(**one) for one in plain.middleware],
        response=looked["response"],
    )


def block(child: Measured, number: int) -> int:
    """How often a request is repeated between two readings of the clocks. It warms the process up, too."""
    timed(child, number, 1)
    repetitions = _so_many(timed(child, number, FEWEST))
    return repetitions if repetitions == FEWEST else _so_many(timed(child, number, repetitions))


def _so_many(times: Mapping[str, Any]) -> int:
    return so_many(times["cpu_us"], times["wall_us"], fewest=FEWEST)


def so_many(cpu_us: float, wall_us: float, *, fewest: int) -> int:
    """How often a request of this cost is repeated in a round."""
    most = min(BLOCK_US / max(cpu_us, 1.0), LONGEST_US / max(wall_us, 1.0), MOST)
    return max(fewest, round(most))


def timed(child: Measured, number: int, repetitions: int) -> Mapping[str, Any]:
    """The cost of a request; WorkerError when it begins to fail."""
    return _steady(child.measure(number, repetitions))


def _steady(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    failed = [status for status in answer["statuses"] if status >= FIRST_ERROR]
    if failed:
        hint = ": is it throttled?" if failed[0] == HTTPStatus.TOO_MANY_REQUESTS else ""
        raise _FailedError(f"Repeated, it is answered with {failed[0]}{hint}")
    return answer


Times = dict[str, float]
_Kind = tuple[str, str, int]
"""Of statements: the SQL without its values, and the line that they come from."""


def _summed(
    rounds: Sequence[Mapping[str, Any]], repetitions: int, overhead: Mapping[str, float]
) -> Mapping[Key, Times]:
    """For each part, per request: how often, CPU and wall microseconds, and what timers around nothing would take."""
    found: dict[Key, list[Times]] = defaultdict(list)
    for one in rounds:
        merged: dict[Key, Times] = defaultdict(lambda: dict.fromkeys(_FIGURES, 0.0))
        for category, label, count, wall, cpu, children in one["parts"]:
            times = merged[category, "statements" if category == SQL else label]
            times["count"] += count / repetitions
            for clock, took in (("wall", wall), ("cpu", cpu)):
                timers = count * overhead[f"inside_{clock}"] + children * overhead[f"outside_{clock}"]
                times[clock] += took / repetitions / 1000
                times[f"{clock}_timers"] += timers / repetitions / 1000
        for key, times in merged.items():
            found[key].append(times)
    # A part that is not in every round, such as one that fills a cache, is absent from the others.
    return {
        key: {name: median([one[name] for one in several] + [0.0] * (len(rounds) - len(several))) for name in _FIGURES}
        for key, several in found.items()
    }


def _take_off(summed: Mapping[Key, Times], bare: Mapping[Key, Times], clock: str, whole: float) -> float:
    """Put into `bare` what each part takes without timers, so that all sum to the whole. Return the factor of scaling.

    What the parts sum to beyond the whole is due to the timers, and shared out by what those of each part should take.
    Timers in a real request are up to some times dearer than timers around nothing, whose code and data are at hand.
    """
    raw, timers = (sum(one[name] for one in summed.values()) for name in (clock, f"{clock}_timers"))
    dearer = min(max((raw - whole) / timers, 0.0), _DEAREST)
    for key, one in summed.items():
        bare[key][clock] = max(0.0, one[clock] - dearer * one[f"{clock}_timers"])
    factor = whole / sum(one[clock] for one in bare.values())
    for one in bare.values():
        one[clock] *= factor
    return whole / raw


def _parts(bare: Mapping[Key, Times]) -> list[Part]:
    parts = [
        Part(category=category, label=label, count=one["count"], cpu_us=one["cpu"], wall_us=one["wall"])
        for (category, label), one in bare.items()
    ]
    return sorted(parts, key=lambda part: (part.category != ROOT[0], -part.cpu_us))


def _statements(
    looked: Sequence[Mapping[str, Any]],
    rounds: Sequence[Mapping[str, Any]],
    factors: Mapping[str, float],
) -> Mapping[_Kind, Statements]:
    """The dearest first."""
    each = _each(rounds)
    groups: dict[_Kind, list[Mapping[str, Any]]] = defaultdict(list)
    for one in looked:
        groups[_kind(one)].append(one)
    found = {
        kind: Statements(
            sql=kind[0],
            count=len(group),
            different=len({(one["sql"], one["parameters"]) for one in group}),
            cpu_us=len(group) * each.get(kind[0], (0.0, 0.0))[0] * factors["cpu"],
            wall_us=len(group) * each.get(kind[0], (0.0, 0.0))[1] * factors["wall"],
            origin=group[0],
        )
        for kind, group in groups.items()
    }
    return dict(sorted(found.items(), key=lambda item: -item[1].wall_us))


def _kind(one: Mapping[str, Any]) -> _Kind:
    return normal(one["sql"]), one["file"], one["line"]


def _sources(looked: Mapping[str, Any], statements: Mapping[_Kind, Statements]) -> list[Source]:
    """Those with most objects first."""
    sums: Counter[tuple[str, str, str, _Kind]] = Counter()
    for model, number, path, root, objects in looked["sources"]:
        if number >= 0:  # else they came without a statement that was seen
            sums[model, path, root, _kind(looked["statements"][number])] += objects
    return [
        Source(model=model, path=path, root=root, objects=objects, statements=statements[kind])
        for (model, path, root, kind), objects in sums.most_common()
    ]


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
