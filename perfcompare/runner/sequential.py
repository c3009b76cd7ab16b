"""A trial whose server is loaded alone: start, verify, count the work, warm up, load, verify again, drain, judge."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfcompare.core.generator import Generator, Load, LoadResult
from perfcompare.core.measurement import Measurement, Work
from perfcompare.runner import drain, figures, orphans, procfs, proof, validity, warmup
from perfcompare.runner.generation import generate
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.sampler import Sampler, tree_pss_kib
from perfcompare.runner.trial import Trial, new_folder


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What is known about the server before the load."""

    work: Work | None
    idle_kib: int
    warmth: warmup.Warmth
    keeps_alive: bool
    configuration: Mapping[str, Any]
    strangers: tuple[str, ...]
    change: str | None
    """Of its work since that was counted."""


def measure(trial: Trial, generator: Generator) -> Measurement:
    """The figures of the trial; WrongAnswerError, or another PerfcompareError without any."""
    folder = new_folder(trial.conditions.folder / _name(trial.planned))
    work = _counted(trial, folder)
    placement, services = trial.surroundings.placement, trial.surroundings.services
    with ServerProcess(trial.program(), log=folder / "server.log", cpus=placement.server) as server:
        known = _prepared(trial, server, work)
        load = _load(trial, server, folder)
        result, sampler = generate(generator, load, server, services=services, cpus=placement.rest)
        difference, ailing = trial.difference(server), trial.conditions.target.ailing()
        change = known.change or trial.change(server, "after")
        drain.backlog(server.port)
    drain.ports()
    evidence = _evidence(trial, known, result, sampler, difference, ailing, change)
    return Measurement(
        cell=trial.planned.cell,
        round=trial.planned.round,
        generator=trial.conditions.generator,
        load=result,
        usage=figures.usage(sampler, result, pss_idle_kib=known.idle_kib),
        start_s=server.start_s,
        command=server.command,
        rate=trial.planned.rate,
        warmup_s=known.warmth.seconds,
        work=work,
        configuration=known.configuration,
        objections=validity.judge(evidence),
    )


def _counted(trial: Trial, folder: Path) -> Work | None:
    """The work of a request; None with a database whose protocol the proxy cannot read."""
    target = trial.conditions.target
    if not target.environ["DATABASE_URL"].startswith("postgres"):
        return None
    trial.surroundings.counter.count([trial.planned.cell], target, folder=folder, seed=trial.conditions.seed)
    return trial.work


def _prepared(trial: Trial, server: ServerProcess, work: Work | None) -> _Known:
    """Verify, count the work, warm up and inspect the server, in this order. Raises WrongAnswerError."""
    trial.require_services()
    trial.verify(server)
    connections = trial.planned.cell.concurrency
    warmer = warmup.Warmer(server.host, server.port, server.prefix, trial.endpoint, connections=connections)
    return _Known(
        work=work,
        idle_kib=tree_pss_kib([process.pid for process in procfs.tree(procfs.processes(), server.pid)]),
        warmth=warmup.warm(warmer, server.pid, longest_s=trial.conditions.warmup_s),
        change=trial.change(server, "before"),
        keeps_alive=server.keeps_alive,
        configuration=proof.look(server.host, server.port, server.pid, server.health),
        strangers=tuple(orphans.others(server.pid)),
    )


def _load(trial: Trial, server: ServerProcess, folder: Path) -> Load:
    """The load for the generator."""
    conditions, planned = trial.conditions, trial.planned
    return Load(
        host=server.host,
        port=server.port,
        prefix=server.prefix,
        scenario=planned.cell.scenario,
        dataset_count=conditions.target.data.count,
        dataset_seed=conditions.target.data.seed,
        concurrency=planned.cell.concurrency,
        warmup_s=0.0,  # the server is warm
        seconds=conditions.seconds,
        seed=conditions.seed + planned.round,
        folder=folder / "generator",
        rate=planned.rate,
    )


def _evidence(
    trial: Trial,
    known: _Known,
    result: LoadResult,
    sampler: Sampler,
    difference: str | None,
    ailing: str | None,
    change: str | None,
) -> validity.Evidence:
    """The evidence for the detectors; `difference` and `ailing` are from the checks after the load."""
    return figures.evidence(
        sampler,
        result,
        concurrency=trial.planned.cell.concurrency,
        processors=len(trial.surroundings.placement.server or os.sched_getaffinity(0)),
        difference=difference,
        ailing=ailing,
        change=change,
        all_known=trial.surroundings.all_known,
        keeps_alive=known.keeps_alive,
        strangers=known.strangers,
        objections=tuple(proof.objections(known.configuration)),
        statements=known.work.statements if known.work else None,
        declared=trial.declared,
    )


def _name(planned: PlannedTrial) -> str:
    """The name of the trial's folder."""
    cell = planned.cell
    paced = f"-{cell.share}percent" if cell.share else ""
    second = f"-{cell.instrument}" if cell.instrument else ""
    return f"{planned.round:02}-{cell.scenario}-{cell.stack}-{cell.server}-{cell.concurrency}{paced}{second}"
