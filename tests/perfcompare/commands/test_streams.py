from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from perfcompare.commands import streams as command
from perfcompare.core.measurement import Cell
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.writers import html
from perfcompare.runner import held_connections
from perfcompare.runner.streams import Asked, Level
from perfcompare.targets.demonstration import laboratory
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_environment, make_measured_run, make_streams

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The services are those of the tests, and hold no data: streams need none."""
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(
        laboratory,
        "prepare",
        lambda environ, dataset: laboratory.Laboratory(environ={**os.environ, **environ}, dataset=dataset),
    )
    monkeypatch.setattr("perfcompare.runner.environment.collect", lambda _environ: make_environment())


@pytest.fixture
def streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is started. Threads serve eight streams at once, and an event loop all of them."""

    def level(cell: Cell, wanted: int, asked: Asked, *_: Any) -> Level:
        given: dict[str, Any] = {"parts": asked.parts, "interval_ms": asked.interval_ms}
        if cell.server == "gunicorn_gthread":
            given |= {"at_once": 8, "completed": min(wanted, 80), "right": min(wanted, 80)}
        elif cell.stack == "drf":
            given |= {"first_p50_ms": 1100.0, "gap_p50_ms": 0.0}
        return make_streams(wanted, **given)

    monkeypatch.setattr(command, "_streamed", level)


@pytest.mark.usefixtures("streamed")
def test_each_stack_has_a_table_and_sentences(call: Call) -> None:
    outcome = call("streams", "--levels", "500,50")

    assert outcome.code == 0
    assert "1/10 django_lean on uvicorn, 50 streams; about" in outcome.out
    assert "10/10 " in outcome.out
    assert "DRF on gunicorn gthread" in outcome.out
    assert "  50: 8 of 50 streams at once: the others wait for a thread." in outcome.out
    assert "  500: 420 had not ended after 11 s, when the client left." in outcome.out
    assert "  50: Nothing streams: the parts are collected first, and come together at the end." in outcome.out


@pytest.mark.usefixtures("streamed")
def test_programs_get_json(call: Call) -> None:
    (row,) = json.loads(call("streams", "--stacks", "fastapi", "--levels", "50", "--parts", "7", "--json").out)

    assert (row["stack"], row["server"], row["parts"], row["kib_per_stream"]) == ("fastapi", "uvicorn", 7, 200.0)


@pytest.mark.usefixtures("streamed")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--stacks", "adrf"), "adrf offers no stream. These do: "),
        (("--parts", "10001"), "at most 10,000 parts"),
        (("--interval-ms", "10001"), "at most 10,000 ms apart"),
    ],
)
def test_what_no_stack_answers_is_refused(call: Call, words: tuple[str, ...], message: str) -> None:
    outcome = call("streams", *words)

    assert outcome.code == 2
    assert message in outcome.err


@pytest.mark.usefixtures("streamed")
def test_too_few_files_are_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_connections, "raise_limit", lambda: (256, 1024))

    outcome = call("streams", "--levels", "2000")

    assert outcome.code == 1
    assert "1024 open files" in outcome.err


@pytest.mark.usefixtures("streamed")
def test_the_report_of_every_run_on_this_machine_shows_what_is_kept(call: Call) -> None:
    other = make_measured_run()
    assert 'id="streams"' not in html.page(collect(other))

    call("streams", "--stacks", "drf", "--levels", "50")

    stored = Run.objects.newest()
    assert (stored.preset, stored.state) == ("streams", "finished")
    for run in (stored, other):
        page = html.page(collect(run))
        assert "8 of 50 streams at once: the others wait for a thread." in page
        assert f"run {stored.pk}, manage.py perfcompare streams" in page


def test_times_of_a_client_that_was_late_are_not_shown(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_streamed", lambda _cell, wanted, *_: make_streams(wanted, late_p99_ms=77.0))

    outcome = call("streams", "--stacks", "fastapi", "--levels", "50")

    assert "The client was 77.0 ms late (p99). Times of less than four times that do not count." in outcome.out
    assert "20.2" not in outcome.out


def test_a_server_is_measured(call: Call) -> None:
    words = ("--stacks", "django_lean", "--levels", "5", "--parts", "5", "--interval-ms", "1", "--json")

    (row,) = json.loads(call("streams", *words).out)

    assert (row["opened"], row["begun"], row["completed"], row["right"], row["received"]) == (5, 5, 5, 5, 25)
    assert row["cpu_us"] > 0
    assert 0 < row["first_p50_ms"] <= row["first_p99_ms"]
    assert Run.objects.newest().options["streams"][0]["right"] == 5
