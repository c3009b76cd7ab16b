"""One visit to a cell: a fresh server, verified, idle memory, warm-up, load, verified again, drained, judged."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from perfcompare import differences
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import EnvironmentProblem, PerfcompareError, WrongAnswerError
from perfcompare.core.generator import Generator, Load, LoadResult
from perfcompare.core.measurement import Measurement, Usage, Work
from perfcompare.core.stack import STEP, original
from perfcompare.registries import scenarios, servers, stacks
from perfcompare.runner import drain, figures, orphans, procfs, proof, validity, warming
from perfcompare.runner.client import Client
from perfcompare.runner.counting import WorkCounter
from perfcompare.runner.generating import generate
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import Visit
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.sampler import Sampler, tree_pss_kib
from perfcompare.runner.verify import check


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What all visits of a run have in common."""

    generator: str
    """Its name; of no meaning in turns."""
    dataset: Dataset
    environ: Mapping[str, str]
    """For the servers: DATABASE_URL, REDIS_URL, UPSTREAM_URL, SECRET_KEY, …"""
    folder: Path
    """Where each visit makes a folder of its own for logs and raw samples."""
    restore: Callable[[], None]
    """Undoes what a writing scenario did to the database."""
    seconds: float
    """Of a window; in turns what each server of a scenario gets on average."""
    warmup_s: float
    """The longest warm-up; it ends as soon as the cost of an answer is steady."""
    interleaved: bool = False
    """Whether the stacks of a scenario are loaded in turns: runner/turns.py."""
    workers: int = 1
    threads: int = 8
    seed: int = 0
    """With the round it chooses the requests: within a round every stack gets the same ones."""
    sample: int = 5
    """How many exchanges of the traffic are checked before the load, and again after it."""


class ServerError(PerfcompareError):
    """Raised when the server of a visit does not answer."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a visit finds on this machine."""

    placement: Placement
    services: Mapping[str, int]
    """Role to root process of each embedded service."""
    all_known: bool
    """Whether every service is embedded."""
    counter: WorkCounter = field(default_factory=WorkCounter)
    """Remembers what a request of each stack makes happen."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of the server before the load."""

    work: Work | None
    idle_kib: int
    warmth: warming.Warmth
    configuration: Mapping[str, Any]
    strangers: tuple[str, ...]


def measure(visit: Visit, conditions: Conditions, surroundings: Surroundings, generator: Generator) -> Measurement:
    """The figures of one visit that is loaded alone; WrongAnswerError, or another PerfcompareError without any."""
    folder = new_folder(conditions.folder / name(visit))
    work = count(visit, conditions, surroundings, folder)
    with started(visit, conditions, surroundings, folder) as server:
        known = prepare(server, visit, conditions, work)
        load = load_of(server, visit, conditions, folder)
        result, sampler = generate(
            generator, load, server, services=surroundings.services, cpus=surroundings.placement.rest
        )
        difference = difference_of(server, visit, conditions)
        drain.backlog(server.port)
    drain.ports()
    evidence = evidence_of(visit, surroundings, known, result, sampler, difference)
    usage = figures.usage(sampler, result, pss_idle_kib=known.idle_kib)
    return measurement_of(visit, conditions, server, known, usage, evidence)


def measurement_of(
    visit: Visit,
    conditions: Conditions,
    server: ServerProcess,
    known: Known,
    usage: Usage,
    evidence: validity.Evidence,
) -> Measurement:
    """The figures of the visit, the load's being those of the evidence, which is judged."""
    return Measurement(
        cell=visit.cell,
        round=visit.round,
        generator=conditions.generator,
        load=evidence.load,
        usage=usage,
        start_s=server.start_s,
        command=server.command,
        rate=visit.rate,
        warmup_s=known.warmth.seconds,
        work=known.work,
        configuration=known.configuration,
        objections=validity.judge(evidence),
    )


def restore_after(visit: Visit, conditions: Conditions) -> None:
    """Undo what the visit's scenario did to the database, if it writes."""
    if scenarios[visit.cell.scenario].writes:
        conditions.restore()


def prepare(server: ServerProcess, visit: Visit, conditions: Conditions, work: Work | None) -> Known:
    """Verify, weigh, warm up and look at the server, in this order; WrongAnswerError for a wrong answer."""
    difference = difference_of(server, visit, conditions)
    if difference is not None:
        raise WrongAnswerError(f"{visit.cell.stack} answers {visit.cell.scenario} wrongly: {difference}")
    return Known(
        work=work,
        idle_kib=tree_pss_kib([process.pid for process in procfs.tree(procfs.processes(), server.pid)]),
        warmth=warming.warm(_warmer(server, visit, conditions), server.pid, longest_s=conditions.warmup_s),
        configuration=proof.look(server.host, server.port, server.pid),
        strangers=tuple(orphans.others(server.pid)),
    )


def evidence_of(
    visit: Visit,
    surroundings: Surroundings,
    known: Known,
    result: LoadResult,
    sampler: Sampler,
    difference: str | None,
) -> validity.Evidence:
    """What the detectors look at; `difference` is what the check after the load found."""
    return figures.evidence(
        sampler,
        result,
        concurrency=visit.cell.concurrency,
        processors=len(surroundings.placement.server or os.sched_getaffinity(0)),
        difference=difference,
        all_known=surroundings.all_known,
        keeps_alive=servers[visit.cell.server].keeps_alive,
        strangers=known.strangers,
        objections=tuple(proof.objections(known.configuration)),
        statements=known.work.statements if known.work else None,
        declared=declared(visit),
    )


def name(visit: Visit) -> str:
    """Of the visit's folder."""
    cell = visit.cell
    paced = f"-{cell.share}percent" if cell.share else ""
    second = f"-{cell.instrument}" if cell.instrument else ""
    return f"{visit.round:02}-{cell.scenario}-{cell.stack}-{cell.server}-{cell.concurrency}{paced}{second}"


def new_folder(path: Path) -> Path:
    """A new folder, and in it an empty one for the generator."""
    try:
        (path / "generator").mkdir(parents=True)
    except OSError as error:
        raise EnvironmentProblem(
            f"{path} cannot be made: {error.strerror}. Free disk space, or let this user write there."
        ) from error
    return path


def started(
    visit: Visit, conditions: Conditions, surroundings: Surroundings, folder: Path, *, pinned: bool = True
) -> ServerProcess:
    """The context in which the visit's server lives, on its processors unless it is to be `pinned` later."""
    placement = surroundings.placement
    everywhere = placement.server | placement.rest if placement.server and placement.rest else None
    return ServerProcess(
        visit.cell.stack,
        visit.cell.server,
        environ={**conditions.environ, **orphans.marked()},
        log=folder / "server.log",
        cpus=placement.server if pinned else everywhere,
        workers=conditions.workers,
        threads=conditions.threads,
    )


SPARSE: Final = 1
"""How many requests of the traffic are checked where the cases are not: bodies are compared under load as well."""


def difference_of(
    server: ServerProcess, visit: Visit, conditions: Conditions, *, every_case: bool = True
) -> str | None:
    """What the server answers wrongly; ServerError when it does not answer."""
    client = Client(server.host, server.port)
    scenario = scenarios[visit.cell.scenario]
    try:
        sample = conditions.sample if every_case else SPARSE
        return check(client, server.prefix, scenario, conditions.dataset, sample=sample, every_case=every_case)
    except OSError as error:
        raise ServerError(f"server: it does not answer ({error}). {server.tail()}") from error


def load_of(server: ServerProcess, visit: Visit, conditions: Conditions, folder: Path) -> Load:
    """What the generator is asked to do in the visit."""
    return Load(
        host=server.host,
        port=server.port,
        prefix=server.prefix,
        scenario=visit.cell.scenario,
        dataset_count=conditions.dataset.count,
        dataset_seed=conditions.dataset.seed,
        concurrency=visit.cell.concurrency,
        warmup_s=0.0,  # the server is warm
        seconds=conditions.seconds,
        seed=conditions.seed + visit.round,
        folder=folder / "generator",
        rate=visit.rate,
    )


def _warmer(server: ServerProcess, visit: Visit, conditions: Conditions) -> warming.Warmer:
    return warming.Warmer(
        server.host,
        server.port,
        server.prefix,
        scenarios[visit.cell.scenario],
        conditions.dataset,
        connections=visit.cell.concurrency,
    )


def count(visit: Visit, conditions: Conditions, surroundings: Surroundings, folder: Path) -> Work | None:
    """What a request makes happen; None with a database whose protocol the proxy cannot read."""
    if not conditions.environ["DATABASE_URL"].startswith("postgres"):
        return None
    surroundings.counter.count(
        [visit.cell], conditions.environ, conditions.dataset, folder=folder, seed=conditions.seed
    )
    return surroundings.counter.of(visit.cell)


def declared(visit: Visit) -> int:
    """How many SQL statements a request of the visit may send."""
    stack = original(visit.cell.stack).partition(STEP)[0]
    applied = stacks[visit.cell.stack].levers
    return differences.statements(stack, applied, visit.cell.scenario, scenarios[visit.cell.scenario])
