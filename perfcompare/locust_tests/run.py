"""A run of Locust from beginning to end: services, servers and rounds. Every outcome is stored at once."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from perfcompare import session
from perfcompare.core.errors import Interrupted, PerfcompareError, UsageError, WrongAnswerError
from perfcompare.core.measurement import Cell, Environment, Failure, FailureKind, Measurement
from perfcompare.core.target import Target
from perfcompare.locust_tests.hosts import Ground, serving
from perfcompare.locust_tests.plan import LOOPBACK, ONE_SCENARIO, LoadPlan
from perfcompare.locust_tests.round import Round
from perfcompare.locust_tests.rows import ELSEWHERE, GENERATOR
from perfcompare.models import Run
from perfcompare.registries import scenarios, stacks
from perfcompare.runner import environment, lock, orphans, pinning, signals
from perfcompare.runner.progress import Screen
from perfcompare.services import pids, ports
from perfcompare.targets.demonstration.target import prepare
from perfcompare.targets.running_url import RunningUrl

Outcomes = Iterator[Measurement | Failure]


def load(plan: LoadPlan, screen: Screen) -> Run:
    """Do what is asked and store what came out; the stored run.

    Raises UsageError for what does not fit together, EnvironmentProblem when it cannot be done here,
    RunInProgressError when another run is under way, and Interrupted when a signal ended it: what was measured until
    then is kept.
    """
    plan.check()
    if plan.web_port is not None:
        ports.require_free(LOOPBACK, plan.web_port, "choose another port: --web-port")
    with signals.interruptible(), lock.only_run():
        target = _target(plan)
        stored = _begin(plan, environment.collect(target.environ, workers=len(plan.stacks)))
        for name in orphans.end_all():
            screen.write(f"Ended what a killed run had left behind: {name}")
        ground = _ground(plan, target)
        with pinning.confined([os.getpid(), *ground.services.values()], ground.placement.rest):
            try:
                session.keep(stored, _counted(stored, _rounds(plan, ground, session.folder(stored), screen)))
            finally:
                orphans.end_all()
    return stored


def _target(plan: LoadPlan) -> Target:
    if plan.target:
        return RunningUrl(url=plan.target, environ=os.environ, data=plan.dataset)
    return prepare(os.environ, plan.dataset, [_cell(plan, stack) for stack in plan.stacks])


def _cell(plan: LoadPlan, stack: str) -> Cell:
    """The row of all requests to a stack."""
    scenario = plan.asked[0] if plan.file in ONE_SCENARIO and plan.asked else plan.file
    server = ELSEWHERE if plan.target else plan.server or stacks[stack].server
    each = max(1, round((plan.users or 0) / len(plan.stacks)))
    return Cell(scenario=scenario, stack=stack, server=server, concurrency=each)


def _begin(plan: LoadPlan, found: Environment) -> Run:
    if plan.target:
        found = Environment(facts={**found.facts, "pinning": "Nothing is pinned: the server is elsewhere."})
    asked = {name: value for name, value in asdict(plan).items() if name not in {"label", "note", "users", "dataset"}}
    planned = [asdict(_cell(plan, stack)) for stack in plan.stacks if plan.users and not plan.web]
    return Run.objects.begin(
        label=plan.label,
        note=plan.note,
        preset="",
        seed=plan.seed,
        rounds=plan.rounds,
        options={
            "locust": {**asked, "users": plan.users},
            "generator": GENERATOR,
            **({"target": RunningUrl.name} if plan.target else {}),
            "seconds": plan.seconds,
            "warmup_s": plan.warmup_s,
            "workers": 1,
            "users": plan.dataset.count,
            "cells": planned,
        },
        command=shlex.join(sys.argv),
        environment=found,
    )


def _ground(plan: LoadPlan, target: Target) -> Ground:
    roots = pids.roots(target.environ)
    elsewhere = pinning.Placement(server=None, rest=None)
    return Ground(
        target=target,
        placement=elsewhere if plan.target else pinning.place(len(plan.stacks)),
        services={role: root for role, root in roots.items() if root is not None},
        all_known=None not in roots.values(),
    )


def _counted(stored: Run, outcomes: Outcomes) -> Outcomes:
    """The outcomes. Each test that a person starts in the web interface is one more round."""
    for outcome in outcomes:
        if outcome.round > stored.rounds:
            stored.rounds = outcome.round
            stored.save(update_fields=["rounds"])
        yield outcome


def _rounds(plan: LoadPlan, ground: Ground, folder: Path, screen: Screen) -> Outcomes:
    for number in range(1, plan.rounds + 1):
        try:
            yield from _round(plan, ground, folder / f"{number:02}-{plan.file}", number, screen)
        except (Interrupted, UsageError):
            raise
        except PerfcompareError as error:
            wrong = isinstance(error, WrongAnswerError)
            kind = FailureKind.WRONG_ANSWER if wrong else FailureKind.FAILED
            for stack in plan.stacks:
                yield Failure(cell=_cell(plan, stack), round=number, reason=str(error), kind=kind)
        finally:
            if any(scenarios[name].writes for name in plan.asked):
                ground.target.restore()


def _round(plan: LoadPlan, ground: Ground, folder: Path, number: int, screen: Screen) -> Outcomes:
    (folder / "generator").mkdir(parents=True)
    with serving(plan, ground, folder) as hosts:
        for host in hosts:
            screen.write(f"{host.stack} on {host.server}: {host.url}")
        if plan.web:
            screen.write(f"Locust's web interface: http://{LOOPBACK}:{plan.web_port}  (Ctrl-C ends it)")
        yield from Round(plan=plan, ground=ground, hosts=hosts, folder=folder / "generator", number=number).outcomes()
