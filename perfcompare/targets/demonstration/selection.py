"""The cells of a run, from the names that a user gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.core.measurement import Cell
from perfcompare.core.packages import installed
from perfcompare.core.stack import Stack
from perfcompare.plugins import servers
from perfcompare.registries import scenarios, stacks


def cells(
    *,
    stack_names: Sequence[str],
    server_names: Sequence[str],
    scenario_names: Sequence[str],
    levels: Sequence[int] | None = None,
) -> tuple[Cell, ...]:
    """Every combination that exists, in the order of the names: scenario by scenario, at each concurrency of `levels`.

    Without `levels` each scenario has as many connections as suit it. Without `server_names` each stack runs on the
    server that suits it best. A scenario that a stack does not offer makes no cell. UsageError for an unknown name,
    and for a choice that leaves nothing to measure.
    """
    chosen = stacks.choose(stack_names)
    on = {name: list(_servers(name, stack, server_names)) for name, stack in chosen.items()}
    found = tuple(
        Cell(scenario=scenario, stack=name, server=server, concurrency=level)
        for scenario, one in scenarios.choose(scenario_names).items()
        for level, (name, stack) in product(levels or (one.connections,), chosen.items())
        for server in on[name]
        if stack.offers(scenario, servers[server].interface)
    )
    if not found:
        raise UsageError("None of these stacks offers any of these scenarios. See: manage.py perfcompare list")
    return found


def _servers(name: str, stack: Stack, wanted: Sequence[str]) -> Iterator[str]:
    """The servers among `wanted` that speak the stack's interfaces; by default its own."""
    asked = servers.choose(wanted) if wanted else servers.choose([stack.server])
    fitting = [server for server, one in asked.items() if one.interface in stack.targets]
    if not fitting:
        raise UsageError(
            f"{name} speaks {' and '.join(sorted(stack.targets)).upper()}, and none of the chosen servers does: "
            f"{', '.join(wanted)}. Add one that does: manage.py perfcompare list"
        )
    yield from fitting


def missing_packages(stack: Stack) -> list[str]:
    """The packages of a stack that are not installed here."""
    return [package for package in stack.packages if not installed(package)]


def require_packages(chosen: Iterable[Cell]) -> None:
    """Raise EnvironmentProblem for the first missing package that a stack or server of these cells needs."""
    needed: Mapping[str, str] = {
        package: name
        for cell in chosen
        for name, packages in (
            (cell.stack, stacks[cell.stack].packages),
            (cell.server, servers[cell.server].packages),
        )
        for package in packages
    }
    require(needed)


def require(needed: Mapping[str, str]) -> None:
    """Raise EnvironmentProblem for the first missing package; `needed` says who needs which."""
    for package, name in needed.items():
        if not installed(package):
            raise EnvironmentProblem(
                f"{name} needs the package {package}, which is not installed. Run: make setup, or pip install {package}"
            )
