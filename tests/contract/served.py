"""A stack that is being served, and what tests ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from perfcompare.core.scenario import Case, Exchange
from perfcompare.plugins import servers
from perfcompare.registries import scenarios, stacks
from perfcompare.runner import procfs
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.verification import difference
from perfcompare.targets.demonstration import differences
from perfcompare.targets.demonstration.target import endpoint
from tests.contract.conftest import DATASET


@dataclass(frozen=True, kw_only=True)
class Served:
    """A stack that is being served."""

    stack: str
    server: str
    process: ServerProcess
    client: Client

    def scenarios(self) -> list[str]:
        """What it offers, in an order in which lists are asked for before users are made."""
        stack, interface = stacks[self.stack], servers[self.server].interface
        offered = [name for name in stack.scenarios if stack.offers(name, interface)]
        return sorted(offered, key=lambda name: (scenarios[name].writes, name))

    def peak_kib(self) -> int:
        """The largest amount of memory that its processes have had at any time, added up."""
        members = procfs.tree(procfs.processes(), self.process.pid)
        status = [(procfs.PROC / str(member.pid) / "status").read_text().splitlines() for member in members]
        return sum(int(line.split()[1]) for lines in status for line in lines if line.startswith("VmHWM:"))

    def wrong(self, scenario: str, cases: Iterable[Case]) -> Iterator[str]:
        """A sentence for each case that is answered wrongly, of those that the stack checks."""
        for case in cases:
            if not differences.checks(self.stack, case.expected.status):
                continue
            exchange = Exchange(request=case.request, expected=case.expected)
            found = difference(self.client, self.process.prefix, endpoint(scenario, DATASET), exchange)
            if found is not None:
                yield f"{scenario}, {case.name}: {found}"
