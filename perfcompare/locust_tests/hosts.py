"""The servers that Locust loads: started on the laboratory's database, verified, and sampled."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfcompare.core.errors import WrongAnswerError
from perfcompare.core.target import Target
from perfcompare.locust_tests.plan import LoadPlan
from perfcompare.registries import stacks
from perfcompare.runner import orphans, pinning, procfs, proof
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.sampler import Sampler, tree_pss_kib
from perfcompare.runner.verification import check

SAMPLE = 5
"""How many exchanges of each scenario's traffic are checked before the load."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """A running server with one stack."""

    stack: str
    server: str
    process: ServerProcess
    idle_kib: int
    configuration: Mapping[str, Any]

    @property
    def url(self) -> str:
        """The URL of the server."""
        return f"http://{self.process.host}:{self.process.port}"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What this machine provides for the servers."""

    target: Target
    placement: pinning.Placement
    services: Mapping[str, int]
    """Role to root process of each embedded service."""
    all_known: bool
    """Whether every service is embedded."""


@contextmanager
def serving(plan: LoadPlan, ground: Ground, folder: Path) -> Iterator[Sequence[Host]]:
    """One verified server for each stack; none when the target is elsewhere. Raises WrongAnswerError."""
    with ExitStack() as exits:
        yield [] if plan.target else [_started(stack, plan, ground, folder, exits) for stack in plan.stacks]


def _started(stack: str, plan: LoadPlan, ground: Ground, folder: Path, exits: ExitStack) -> Host:
    server = plan.server or stacks[stack].server
    program = ground.target.program(stack, server, told=orphans.marked())
    process = ServerProcess(program, log=folder / f"{stack}.log", cpus=ground.placement.server)
    exits.enter_context(process)
    _verify(stack, process, plan, ground.target)
    return Host(
        stack=stack,
        server=server,
        process=process,
        idle_kib=tree_pss_kib([one.pid for one in procfs.tree(procfs.processes(), process.pid)]),
        configuration=proof.look(process.host, process.port, process.pid),
    )


def _verify(stack: str, process: ServerProcess, plan: LoadPlan, target: Target) -> None:
    client = Client(process.host, process.port)
    for name in plan.asked:
        found = check(client, process.prefix, target.endpoint(name), sample=SAMPLE)
        if found is not None:
            raise WrongAnswerError(f"wrong answer: {stack} answers {name} wrongly: {found}")


@contextmanager
def watching(hosts: Sequence[Host], generator: int, ground: Ground) -> Iterator[Mapping[str, Sampler]]:
    """A sampler for each host, by stack, that also watches the process tree of the generator."""
    with ExitStack() as exits:
        yield {
            host.stack: exits.enter_context(
                Sampler(
                    {"server": host.process.pid, "generator": generator, **ground.services},
                    port=host.process.port,
                    cpus=ground.placement.rest,
                )
            )
            for host in hosts
        }


def processors(ground: Ground) -> int:
    """How many processors the servers may use."""
    return len(ground.placement.server or os.sched_getaffinity(0))
