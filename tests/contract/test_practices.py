"""Stacks with a practice answer as the contract says, with the work that the practice says, where it changes any."""

from __future__ import annotations

from random import Random

import pytest

from perfcompare.core.measurement import Cell
from perfcompare.registries import practices, scenarios, stacks
from perfcompare.runner.client import Client
from perfcompare.runner.verification import check
from perfcompare.runner.work_counter import asked
from perfcompare.services.proxies import proxied
from perfcompare.targets.demonstration.target import endpoint
from tests.contract.conftest import DATASET, Environ, Restore, Serve
from tests.perfcompare.factories import make_target

STACK = "drf_settings"
SERVER = stacks[STACK].server
SAMPLE = 2


@pytest.mark.parametrize("practice", practices)
def test_a_practice_leaves_the_answers_right_and_sends_the_statements_that_it_says(
    practice: str, serve: Serve, environ: Environ, restore: Restore
) -> None:
    restore()
    name, target = f"{STACK}+{practice}", make_target(DATASET, environ)
    wrong, sent, right = {}, {}, {}
    with proxied(environ) as services, serve(name, SERVER, {**environ, **services.environ}) as process:
        client = Client(process.host, process.port)
        for scenario in sorted(practices[practice].scenarios):
            # twice, because what a cache holds must be right as well
            found = [check(client, process.prefix, endpoint(scenario, DATASET), sample=SAMPLE) for _ in range(2)]
            wrong[scenario] = next(filter(None, found), None)
            request = next(scenarios[scenario].traffic(DATASET, Random(1))).request
            client.send(request, process.prefix)
            services.database.clear()
            client.send(request, process.prefix)
            sent[scenario] = asked(services.database.statements)
            right[scenario] = target.statements(Cell(scenario=scenario, stack=name, server=SERVER, concurrency=1))

    assert wrong == dict.fromkeys(practices[practice].scenarios)
    assert sent == right
