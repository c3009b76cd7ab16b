"""The same drawn requests to every stack: whatever they hold, each reply is as the contract says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import psycopg
import pytest

from perfcompare.registries import stacks
from perfcompare.runner.processes import ServerProcess, start_all
from tests.contract.conftest import DATASET, Environ, Restore, Serve
from tests.contract.fuzzing.model import Model
from tests.contract.fuzzing.search import Search


@pytest.fixture(scope="module")
def everywhere(serve: Serve, environ: Environ, restore: Restore) -> Iterator[dict[str, ServerProcess]]:
    """Every stack on its own server."""
    restore()
    wanted = {name: partial(serve, name, stacks[name].server, environ) for name in stacks}
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

    search.run(request.config.getoption("requests"), seed_=request.config.getoption("seed"))

    assert not search.found, "\n".join(map(str, search.found.values()))
