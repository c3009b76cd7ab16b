"""A tuned stack with two levers that do nothing, for reports that need one."""

from __future__ import annotations

from dataclasses import replace

from perfcompare.core.lever import Lever
from perfcompare.models import Run
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run, objection

TUNED = "drf_for_tests"
LEVERS = ("first", "second")


def lever(name: str) -> Lever:
    return Lever(label=f"{name} lever", changes="", costs="", source="https://levers.example", lines=("",), tested=())


def laddered(*costs: float | None, rounds: int = 3) -> Run:
    """FastAPI at 100 µs beside a ladder whose steps cost so much; None makes every trial of a step invalid."""
    steps = [replace(DRF, stack=f"{TUNED}@{number}") for number in range(len(costs))]
    run = make_run([FASTAPI, *steps], rounds=rounds)
    for number in range(1, rounds + 1):
        run.record(make_measurement(FASTAPI, round=number, cpu_us=100.0))
        for step, cost in zip(steps, costs, strict=True):
            objections = (objection("steal"),) if cost is None else ()
            run.record(make_measurement(step, round=number, cpu_us=cost or 50.0, objections=objections))
    return run
