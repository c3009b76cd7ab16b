from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace

import pytest

from perfcompare.commands import claims, serialize
from perfcompare.commands._command import Command, Output
from perfcompare.core.errors import EnvironmentProblem, PerfcompareError
from perfcompare.report.findings.claims import CLAIMS
from perfcompare.servers import _nginx
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_measured_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[Namespace]:
    """What the commands are called with that would measure. None measures anything."""
    found: list[Namespace] = []
    monkeypatch.setattr(_nginx, "program", lambda: "/usr/sbin/nginx")
    for name in ("connections", "serialize", "run_command", "hybrid"):
        arguments = getattr(claims, name).COMMAND.arguments

        def pretend(options: Namespace, _output: Output) -> None:
            found.append(options)

        command = Command(help="", arguments=arguments, run=pretend)
        monkeypatch.setattr(claims, name, SimpleNamespace(COMMAND=command))
    return found


def test_each_part_measures_and_each_claim_has_a_line(call: Call, called: list[Namespace], tmp_path: Path) -> None:
    make_measured_run(cpu_us=310.0)

    outcome = call("claims", "--folder", str(tmp_path))

    assert outcome.code == 0
    held, serialized, memory, both_sides, costs = called
    assert (held.workers, held.levels) == (4, (1000, 10_000))
    assert serialized.users == 10_000
    assert (memory.sequential, memory.concurrency, memory.workers) == (True, (1000,), 4)
    assert (costs.sequential, costs.folder) == (False, tmp_path)
    assert both_sides.check
    assert costs.stacks == ["fastapi", "fastapi~twin", "drf", "fastapi~proxied", "drf~proxied"]
    assert "Part 5 of 5" in outcome.out
    for claim in CLAIMS:
        assert f"\n{claim.aspect}: " in outcome.out
    assert "Simple JSON, requests per second: claimed 3.8x, measured 3.10x" in outcome.out


def test_a_part_that_fails_does_not_stop_the_others(
    call: Call, called: list[Namespace], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_options: Namespace, _output: Output) -> None:
        raise PerfcompareError("pyperf is not there.")

    make_measured_run(cpu_us=310.0)
    failing = Command(help="", arguments=serialize.COMMAND.arguments, run=fail)
    monkeypatch.setattr(claims, "serialize", SimpleNamespace(COMMAND=failing))

    outcome = call("claims")

    assert outcome.code not in (0, None)
    assert len(called) == 4
    assert "serializers alone: pyperf is not there." in outcome.out
    assert "Without a result, or with trials that gave no figures: serializers alone." in outcome.err


def test_without_nginx_the_rest_is_measured_and_page_and_terminal_say_how_to_get_it(
    call: Call, called: list[Namespace], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> str:
        raise EnvironmentProblem("nginx is not installed here. For Debian and Ubuntu: apt-get install nginx-light")

    make_measured_run(cpu_us=310.0)
    monkeypatch.setattr(_nginx, "program", missing)

    outcome = call("claims")

    assert outcome.code == 0
    *_others, costs = called
    assert costs.stacks == ["fastapi", "fastapi~twin", "drf"]
    assert "apt-get install nginx-light" in costs.note
    assert "Part 4 of 4" in outcome.out
    assert "Nothing was measured behind nginx. nginx is not installed here." in outcome.out
