"""The same drawn requests to every stack: whatever they hold, each reply is as the contract says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import psycopg
import pytest

from perfcompare.plugins import servers
from perfcompare.registries import stacks
from perfcompare.runner.processes import ServerProcess, start_all
from perfcompare.targets.demonstration import differences
from perfcompare.targets.demonstration.programs import launched
from tests.contract.conftest import DATASET, Environ, Restore, Serve
from tests.contract.fuzzing.model import Model
from tests.contract.fuzzing.search import Search
from tests.contract.fuzzing.sweep import sweep

# Hypothesis wants to name a strategy whose name has become long; nobody reads it.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
PLANTED_REQUESTS: Final = 400
PLANTED_RUNS: Final = 10
"""At most. What is planted in a stack that checks no input shows in one of some hundred requests."""
FIRST: Final = frozenset({"fastapi", "drf_tuned"})
"""One of each interface."""


@pytest.fixture(scope="module")
def everywhere(
    serve: Serve, environ: Environ, restore: Restore, request: pytest.FixtureRequest
) -> Iterator[dict[str, ServerProcess]]:
    """Every stack on its own server, or those that the command names."""
    restore()
    named = request.config.getoption("asked")
    asked = named.split(",") if named else stacks
    wanted = {name: partial(serve, name, stacks[name].server, environ) for name in asked}
    with ExitStack() as context:
        started = start_all(wanted, context)
        yield {name: one for name, one in started.items() if isinstance(one, ServerProcess)}
        assert all(isinstance(one, ServerProcess) for one in started.values()), started
    restore()


def test_every_stack_answers_drawn_requests_as_the_contract_says(
    everywhere: dict[str, ServerProcess],
    database: psycopg.Connection,
    request: pytest.FixtureRequest,
) -> None:
    search = Search(servers=everywhere, database=database, model=Model(dataset=DATASET))

    search.run(request.config.getoption("requests"), seeded=request.config.getoption("seed"))

    assert not search.found, "\n".join(map(str, search.found.values()))


@pytest.mark.acceptance
def test_every_stack_answers_every_hostile_value_as_the_contract_says(
    everywhere: dict[str, ServerProcess], database: psycopg.Connection
) -> None:
    search = Search(servers=everywhere, database=database, model=Model(dataset=DATASET))

    for request in sweep(DATASET):
        search.ask(request)

    assert not search.found, "\n".join(map(str, search.found.values()))


@pytest.mark.parametrize(
    "stack", [name if name in FIRST else pytest.param(name, marks=pytest.mark.acceptance) for name in stacks]
)
def test_a_difference_planted_in_one_stack_is_found(
    everywhere: dict[str, ServerProcess],
    database: psycopg.Connection,
    environ: Environ,
    tmp_path: Path,
    stack: str,
) -> None:
    server = stacks[stack].server
    interface = servers[server].interface
    program = launched(stack, server, f"tests.contract.fuzzing.planted:{interface}", environ=environ)
    with ServerProcess(program, log=tmp_path / "server.log", cpus=None) as planted:
        other = next(name for name in ("adrf", "ninja") if name != stack)
        asked = {other: everywhere[other], stack: planted}
        search = Search(servers=asked, database=database, model=Model(dataset=DATASET))

        names = stacks[stack].scenarios & {"items"} or {"user_detail"}
        for seeded in range(1, PLANTED_RUNS + 1):
            if not search.found:
                search.run(PLANTED_REQUESTS, seeded=seeded, names=names)

    assert {one.stack for one in search.found.values()} == {stack}
    wrong = "instead of 422" if differences.checks(stack, 422) else "$.skip: "
    assert any(wrong in one.sentence for one in search.found.values())


@pytest.mark.parametrize("one", differences.LEEWAYS)
def test_every_leeway_names_what_exists_and_has_a_reason(one: differences.Leeway) -> None:
    assert one.reason.endswith(".")
    assert one.stacks <= set(stacks)
    assert one.server is None or one.server in servers
    assert bool(one.stacks) != bool(one.server)
