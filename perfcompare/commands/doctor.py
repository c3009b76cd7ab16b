"""`manage.py perfcompare doctor`: how reliable results from this machine will be, and why."""

from __future__ import annotations

import json
import os
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from perfcompare.commands._command import Command, Output
from perfcompare.commands._types import count
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import EnvironmentProblem, PerfcompareError, attempt
from perfcompare.core.measurement import Cell, Failure
from perfcompare.core.target import FLOOR
from perfcompare.plugins import generators
from perfcompare.registries import stacks
from perfcompare.report.data.formatting import printable
from perfcompare.runner import doctor, environment, generation, lock, signals
from perfcompare.runner.doctor import Finding, Grade
from perfcompare.runner.execution import Conditions, execute
from perfcompare.runner.plan import PlannedTrial
from perfcompare.targets.demonstration.target import Demonstration, prepare

MARKS: Final = {Grade.GOOD: "good", Grade.WORSE: "note", Grade.BAD: "BAD"}
_FLOOR: Final = Cell(scenario="simple", stack=FLOOR, server="uvicorn", concurrency=32)
_DATASET: Final = Dataset(count=100, seed=1)
_SECONDS: Final = 2.0


def arguments(parser: ArgumentParser) -> None:
    """The checks to make."""
    parser.add_argument("--workers", type=count, default=1, help="server processes to plan for (default: %(default)s)")
    parser.add_argument(
        "--no-load", action="store_true", help="skip the check that starts a server: the generators' limit"
    )
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")


def run(options: Namespace, output: Output) -> None:
    """Write the findings. Raises EnvironmentProblem (exit code 4) when results would be unreliable."""
    machine = environment.collect(os.environ, workers=options.workers)
    facts = machine.facts
    needed = {name: stack.packages for name, stack in stacks.items()}
    findings = list(doctor.examine(machine, needed, workers=options.workers))
    findings.append(_versions(facts["python"], facts["postgresql"], facts["redis"]))
    if not options.no_load:
        findings += _with_load()
    if options.json:
        output.write(json.dumps([{**asdict(one), "grade": one.grade.name.lower()} for one in findings], indent=1))
    else:
        output.write("\n".join(f"{MARKS[one.grade]:<4}  {one.about:<12} {printable(one.sentence)}" for one in findings))
    bad = [one for one in findings if one.grade is Grade.BAD]
    if bad:
        reasons = ", ".join(dict.fromkeys(one.about for one in bad))
        raise EnvironmentProblem(f"Results from this machine would be unreliable now. See: {reasons}.")


def _versions(python: str, postgresql: dict[str, str], redis: dict[str, str]) -> Finding:
    said = f"{python}, PostgreSQL {postgresql['server_version']}, Redis {redis['server_version']} answer."
    return Finding(about="services", grade=Grade.GOOD, sentence=said)


def _with_load() -> list[Finding]:
    found = attempt(lambda: list(_ceilings()))
    if isinstance(found, PerfcompareError):
        return [Finding(about="ceiling", grade=Grade.BAD, sentence=f"Nothing can be measured here: {found}")]
    return found


def _ceilings() -> Iterator[Finding]:
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        target = prepare(os.environ, _DATASET)
        for name, generator in generators.items():
            if generation.installed(generator) and "closed" in generator.modes:
                yield _ceiling(name, target, Path(folder) / name)


def _ceiling(name: str, target: Demonstration, folder: Path) -> Finding:
    conditions = Conditions(
        target=target,
        generator=name,
        folder=folder,
        seconds=_SECONDS,
        warmup_s=_SECONDS,
    )
    (outcome,) = execute([PlannedTrial(round=1, cell=_FLOOR)], conditions, lambda _event: None)
    if isinstance(outcome, Failure):
        said = f"{name} gave no figures: {outcome.reason}"
        return Finding(about="ceiling", grade=Grade.BAD, sentence=said)
    return doctor.judge_ceiling(outcome, generators[name].label)


COMMAND = Command(help="check how reliable results from this machine will be, and why", arguments=arguments, run=run)
