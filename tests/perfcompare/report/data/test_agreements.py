from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfcompare.commands.run import twice
from perfcompare.report.data.collection import collect
from perfcompare.report.data.report import Report
from perfcompare.report.writers import terminal
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run, objection

pytestmark = pytest.mark.django_db

SECOND = replace(FASTAPI, instrument="locust")


def measured(costs: list[float], **given: Any) -> Report:
    """FastAPI at 100 µs with wrk, and at `costs` with Locust."""
    run = make_run([FASTAPI, SECOND], rounds=len(costs), options={"generator": "wrk", "cells": []})
    for number, cost in enumerate(costs, 1):
        run.record(make_measurement(FASTAPI, round=number, cpu_us=100.0))
        run.record(make_measurement(SECOND, round=number, cpu_us=cost, generator="locust", **given))
    return collect(run)


@pytest.mark.parametrize(("costs", "holds"), [([101.0, 102.0, 99.0], True), ([150.0, 151.0, 149.0], False)])
def test_two_generators_agree_or_not(costs: list[float], holds: bool) -> None:
    report = measured(costs)

    (agreement,) = report.agreements
    assert (agreement.holds, agreement.generators, agreement.rounds) == (holds, ("wrk", "locust"), 3)
    assert str(agreement) in terminal.render(report).replace("\n  ", " ")


def test_invalid_trials_say_nothing_about_agreement() -> None:
    (agreement,) = measured([101.0, 102.0, 99.0], objections=(objection("generator", "at its limit"),)).agreements

    assert agreement.holds is None
    assert "0 rounds were valid with both" in str(agreement)


def test_a_second_instrument_is_no_cell_of_the_comparison() -> None:
    report = measured([150.0, 150.0, 150.0])

    assert [cell.cell for cell in report.cells] == [FASTAPI]
    assert report.generators == ("wrk",)


def test_the_reference_is_measured_twice_where_its_requests_are_dear() -> None:
    dear = replace(FASTAPI, scenario="user_list")

    assert twice([DRF, FASTAPI, dear], "locust") == [replace(dear, instrument="locust")]
    assert twice([DRF, FASTAPI], "locust") == [SECOND]
    assert twice([DRF], "locust") == []
