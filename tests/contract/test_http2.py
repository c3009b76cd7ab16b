"""Both sides over HTTP/2: many requests at once on one connection, each with its right answer."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from random import Random

import pytest

from perfcompare.registries import scenarios
from perfcompare.runner.processes import ServerProcess
from tests.contract.conftest import DATASET, Environ, Restore
from tests.perfcompare.servers.http2 import SERVERS, answers

SCENARIOS = ("simple", "user_detail", "user_list", "protected")
AT_ONCE = 5


@pytest.mark.parametrize(
    ("stack", "server"),
    [("fastapi", "granian"), ("fastapi", "hypercorn"), ("ninja_async_tuned", "hypercorn"), ("drf_settings", "granian")],
)
def test_answers_over_http2_are_those_of_the_contract(
    stack: str, server: str, environ: Environ, restore: Restore, tmp_path: Path
) -> None:
    restore()
    exchanges = [one for name in SCENARIOS for one in islice(scenarios[name].traffic(DATASET, Random(1)), AT_ONCE)]

    with ServerProcess(SERVERS[server](stack, environ), log=tmp_path / "log", cpus=None) as process:
        found = answers(process.host, process.port, [one.request for one in exchanges], process.prefix)

    wrong = [one.expected.difference(reply) for one, reply in zip(exchanges, found, strict=True)]
    assert set(wrong) == {None}
