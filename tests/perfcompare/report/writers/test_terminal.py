from __future__ import annotations

from dataclasses import replace

import pytest

from perfcompare.core.objection import TIMES
from perfcompare.report.data.collection import collect
from perfcompare.report.writers import terminal
from tests.perfcompare.factories import (
    DRF,
    FASTAPI,
    make_failure,
    make_measured_run,
    make_measurement,
    make_run,
    objection,
)
from tests.perfcompare.report.hostile import HOSTILE, HOSTILE_CELL

pytestmark = pytest.mark.django_db


def line(text: str, start: str) -> str:
    return next(one for one in text.splitlines() if one.startswith(start))


def test_each_figure_stands_beside_fastapis() -> None:
    text = terminal.render(collect(make_measured_run(cpu_us=310.0)))

    assert line(text, "drf").split() == [
        "drf", "gunicorn_gthread", "310", "3.10x", "-", "500", "2.00", "4.00", "50.0", "1/1",
    ]  # fmt: skip
    assert "reference" in line(text, "fastapi")


def test_in_turns_there_are_answers_per_core_and_no_rates_latencies_and_memory() -> None:
    run = make_run(options={"cells": [], "interleaved": True})
    for cell, cpu_us in ((FASTAPI, 100.0), (DRF, 310.0)):
        load = {"latency": None, "in_use": 4.0}
        usage = {"pss_idle_kib": None, "pss_peak_kib": None}
        run.record(make_measurement(cell, cpu_us=cpu_us, in_turns=True, load=load, usage=usage))

    text = terminal.render(collect(run))

    assert line(text, "drf").split() == ["drf", "gunicorn_gthread", "310", "3.10x", "-", "-", "3,226", "4.00", "1/1"]
    assert not [head for head in ("p50", "p99", "PSS", "requests") if head in text]


def test_the_head_says_which_direction_is_good() -> None:
    run = make_measured_run(rounds=3)
    for number, cost in enumerate((101.0, 99.0, 100.0), start=1):
        run.record(make_measurement(replace(FASTAPI, stack="fastapi~twin"), round=number, cpu_us=cost))

    text = terminal.render(collect(run))

    assert "more is dearer" in text
    assert "dearer" in line(text, "drf").split()
    assert "difference" in line(text, "fastapi~twin").split()


def test_rounds_and_interval_are_told() -> None:
    assert "1 round: too few for an interval" in terminal.render(collect(make_measured_run(rounds=1)))
    assert "5 rounds; in brackets" in terminal.render(collect(make_measured_run(rounds=5)))


def test_no_line_is_wider_than_the_terminal() -> None:
    run = make_measured_run(rounds=3, label="x" * 60)
    long = replace(DRF, stack="s" * 100, server="t" * 100)
    run.record(make_measurement(long, cpu_us=1e9, load={"answers": 10**9}))
    run.record(make_failure(replace(long, scenario="items"), reason="why " * 100))

    assert max(map(len, terminal.render(collect(run)).splitlines())) <= terminal.WIDTH


@pytest.mark.parametrize(
    ("name", "below"), [("drf_settings+throttling", 0), ("drf_settings+response_cache+throttling", 1)]
)
def test_a_long_name_is_whole_and_stands_above_its_figures_where_there_is_no_room(name: str, below: int) -> None:
    run = make_run(options={"cells": [], "interleaved": True})
    for cell in (FASTAPI, replace(DRF, stack=name)):
        load = {"latency": None, "in_use": 4.0}
        run.record(make_measurement(cell, cpu_us=123.0, in_turns=True, load=load))

    lines = terminal.render(collect(run)).splitlines()

    head = next(one for one in lines if one.startswith("stack"))
    place = next(number for number, one in enumerate(lines) if one.startswith(name))
    assert " 123 " in lines[place + below]
    assert lines[place + below].index("gunicorn_gthread") == head.index("server")


def test_colours_are_for_those_who_want_them() -> None:
    report = collect(make_measured_run())

    assert "\x1b" not in terminal.render(report)
    assert "\x1b[1m" in terminal.render(report, colour=True)


def test_a_failed_cell_says_so_in_its_place() -> None:
    run = make_run()
    run.record(make_measurement(FASTAPI))
    run.record(make_failure(DRF, reason="died at once"))

    text = terminal.render(collect(run))

    assert "no valid figures (1 of 1 rounds visited)" in line(text, "drf")
    assert (
        "failed of 1 trial, no figures; the first, simple drf on gunicorn_gthread, 32 connections: died at once"
        in text.replace("\n    ", " ")
    )


def test_trials_that_are_not_used_are_grouped_by_what_of_them_is_not_and_why_the_most_first() -> None:
    run = make_run(rounds=4)
    steal, errors = objection("steal", "2 % were taken.", figures=TIMES), objection("errors", "3 of 9.")
    for number in (1, 2, 3):
        run.record(make_measurement(FASTAPI, round=number, objections=(steal,)))
    for number in (1, 2):
        run.record(make_measurement(DRF, round=number, objections=(errors,)))
    run.record(make_measurement(DRF, round=3, objections=(errors, steal)))
    run.record(make_failure(DRF, round=4, reason="died at once"))
    run.record(make_measurement(FASTAPI, round=4))

    text = terminal.render(collect(run))

    (part,) = (part for part in text.split("\n\n") if part.startswith("Not used"))
    lines = [line.strip() for line in part.replace("\n    ", " ").splitlines()[1:]]
    drf, fastapi = "simple drf on gunicorn_gthread, 32 connections", "simple fastapi on uvicorn, 32 connections"
    assert lines == [
        f"rate, latency of 3 trials, steal; the first, {fastapi}: 2 % were taken.",
        f"all figures of 3 trials, errors; the first, {drf}: 3 of 9.",
        f"all figures of 1 trial, steal; the first, {drf}: 2 % were taken.",
        f"failed of 1 trial, no figures; the first, {drf}: died at once",
    ]


def test_a_hole_is_shown_in_its_place() -> None:
    text = terminal.render(collect(make_run()))

    assert "not measured" in line(text, "drf")
    assert "Planned and not measured" in text


def test_what_is_not_offered_is_told() -> None:
    cells = [replace(FASTAPI, stack="floor", server="granian_wsgi"), replace(DRF, scenario="items")]

    assert "Not offered by no framework: items" in terminal.render(collect(make_run(cells)))


def test_s5_names_do_not_steer_the_terminal() -> None:
    run = make_run([HOSTILE_CELL], label=HOSTILE)
    run.record(make_failure(HOSTILE_CELL, reason=HOSTILE))

    assert "\x1b" not in terminal.render(collect(run))
