from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfcompare.commands import connections as command
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.findings import claims
from perfcompare.runner import held_connections
from perfcompare.runner.held_connections import Level
from perfcompare.targets.demonstration import laboratory
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_environment, make_measured_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every stack holds half of what is wanted; no server is started."""
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(
        laboratory, "prepare", lambda environ, dataset, **_: laboratory.Laboratory(environ=environ, dataset=dataset)
    )
    monkeypatch.setattr(held_connections, "raise_limit", lambda: (1024, 5000))
    monkeypatch.setattr("perfcompare.runner.environment.collect", lambda _environ: make_environment())

    def held(_stack: str, _server: str, wanted: list[int], *_: Any) -> list[Level]:
        return [
            Level(
                wanted=number,
                opened=number,
                held=number // 2,
                in_server=number // 2,
                asked=number // 100,
                answered=number // 200,
                pss_kib=60_000,
                idle_pss_kib=50_000,
                threads=9,
            )
            for number in wanted
        ]

    monkeypatch.setattr(command, "_held", held)


def test_each_stack_has_a_table_and_limits_are_told(call: Call) -> None:
    outcome = call("connections")

    assert outcome.code == 0
    assert "may open 5000 files (raised from 1024)" in outcome.out
    assert "too few for 10000 connections: 4800 are opened" in outcome.out
    assert "FastAPI on uvicorn" in outcome.out
    assert "DRF on gunicorn gthread" in outcome.out
    assert [line.split()[:3] for line in outcome.out.splitlines() if line.split()[0] == "4800"] == [
        ["4800", "4800", "2400"]
    ] * 2


def test_programs_get_json(call: Call) -> None:
    (row,) = json.loads(call("connections", "--stacks", "fastapi", "--levels", "1000", "--json").out)

    assert (row["stack"], row["held"], row["kib_per_connection"]) == ("fastapi", 500, 20.0)


def test_a_limit_that_leaves_nothing_is_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_connections, "raise_limit", lambda: (64, 64))

    assert call("connections").code == 1


def test_the_claims_of_every_run_on_this_machine_show_what_is_kept(call: Call) -> None:
    other = make_measured_run()
    assert [row.judgement for row in claims.rows(collect(other))][-2:] == ["not measured"] * 2

    call("connections")

    stored = Run.objects.newest()
    assert (stored.preset, stored.state) == ("connections", "finished")
    for run in (stored, other):
        memory, most = claims.rows(collect(run))[-2:]
        assert (memory.drf, memory.ratio, memory.source) == ("20.0 KiB", "1.00x", f"run {stored.pk}")
        assert (most.fastapi, most.drf) == ("1,200", "1,200")  # half of those held were answered when asked
