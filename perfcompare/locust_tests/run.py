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
from perfcompare.locust_tests.order import LOOPBACK, ONE_SCENARIO, Order
from perfcompare.locust_tests.round import Round
from perfcompare.locust_tests.rows import ELSEWHERE, GENERATOR
from perfcompare.models import Run
from perfcompare.registries import scenarios, stacks
from perfcompare.runner import environment, lock, orphans, pinning, signals
from perfcompare.runner.progress import Screen
from perfcompare.services import pids
from perfcompare.targets.demonstration.target import prepare
from perfcompare.targets.running_url import RunningUrl

Outcomes = Iterator[Measurement | Failure]


def load(order: Order, screen: Screen) -> Run:
    """Do what is asked and store what came out; the stored run.

    Raises UsageError for what does not fit together, EnvironmentProblem when it cannot be done here,
    RunInProgressError when another run is under way, and Interrupted when a signal ended it: what was measured until
    then is kept.
    """
    order.check()
    with signals.interruptible(), lock.only_run():
        target = _target(order)
        stored = _begin(order, environment.collect(target.environ, workers=len(order.stacks)))
        for name in orphans.end_all():
            screen.write(f"Ended what a killed run had left behind: {name}")
        ground = _ground(order, target)
        with pinning.confined([os.getpid(), *ground.services.values()], ground.placement.rest):
            try:
                session.keep(stored, _counted(stored, _rounds(order, ground, session.folder(stored), screen)))
            finally:
                orphans.end_all()
    return stored


def _target(order: Order) -> Target:
    if order.target:
        return RunningUrl(url=order.target, environ=os.environ, data=order.dataset)
    return prepare(os.environ, order.dataset, [_cell(order, stack) for stack in order.stacks])


def _cell(order: Order, stack: str) -> Cell:
    """The row of all requests to a stack."""
    scenario = order.asked[0] if order.file in ONE_SCENARIO and order.asked else order.file
    server = ELSEWHERE if order.target else order.server or stacks[stack].server
    each = max(1, round((order.users or 0) / len(order.stacks)))
    return Cell(scenario=scenario, stack=stack, server=server, concurrency=each)


def _begin(order: Order, found: Environment) -> Run:
    if order.target:
        found = Environment(facts={**found.facts, "pinning": "Nothing is pinned: the server is elsewhere."})
    asked = {name: value for name, value in asdict(order).items() if name not in {"label", "note", "users", "dataset"}}
    planned = [asdict(_cell(order, stack)) for stack in order.stacks if order.users and not order.web]
    return Run.objects.begin(
        label=order.label,
        note=order.note,
        preset="",
        seed=order.seed,
        rounds=order.rounds,
        options={
            "locust": {**asked, "users": order.users},
            "generator": GENERATOR,
            "seconds": order.seconds,
            "warmup_s": order.warmup_s,
            "workers": 1,
            "users": order.dataset.count,
            "cells": planned,
        },
        command=shlex.join(sys.argv),
        environment=found,
    )


def _ground(order: Order, target: Target) -> Ground:
    roots = pids.roots(target.environ)
    elsewhere = pinning.Placement(server=None, rest=None)
    return Ground(
        target=target,
        placement=elsewhere if order.target else pinning.place(len(order.stacks)),
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


def _rounds(order: Order, ground: Ground, folder: Path, screen: Screen) -> Outcomes:
    for number in range(1, order.rounds + 1):
        try:
            yield from _round(order, ground, folder / f"{number:02}-{order.file}", number, screen)
        except (Interrupted, UsageError):
            raise
        except PerfcompareError as error:
            wrong = isinstance(error, WrongAnswerError)
            kind = FailureKind.WRONG_ANSWER if wrong else FailureKind.FAILED
            for stack in order.stacks:
                yield Failure(cell=_cell(order, stack), round=number, reason=str(error), kind=kind)
        finally:
            if any(scenarios[name].writes for name in order.asked):
                ground.target.restore()


def _round(order: Order, ground: Ground, folder: Path, number: int, screen: Screen) -> Outcomes:
    (folder / "generator").mkdir(parents=True)
    with serving(order, ground, folder) as hosts:
        for host in hosts:
            screen.write(f"{host.stack} on {host.server}: {host.url}")
        if order.web:
            screen.write(f"Locust's web interface: http://{LOOPBACK}:{order.web_port}  (Ctrl-C ends it)")
        yield from Round(order=order, ground=ground, hosts=hosts, folder=folder / "generator", number=number).outcomes()
