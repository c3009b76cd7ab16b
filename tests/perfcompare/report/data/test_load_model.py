from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfcompare.models import Run
from perfcompare.report.data import load_model
from perfcompare.report.data.collection import collect
from tests.perfcompare.factories import DRF, make_measured_run, make_measurement, make_run

pytestmark = pytest.mark.django_db

MIXED = replace(DRF, scenario="mixed", server="elsewhere", concurrency=4)
PART = replace(MIXED, scenario="mixed GET simple")


def located(*cells: Any, rate: float | None = None, told: dict[str, Any] | None = None) -> Run:
    """A run of Locust."""
    run = make_run((), options={"locust": {"file": "mixed"} if told is None else told, "cells": []})
    for cell in cells:
        run.record(make_measurement(cell, generator="locust", rate=rate))
    return run


def test_wrk_sends_in_a_closed_loop() -> None:
    assert collect(make_measured_run()).load == "wrk, 32 connections in a closed loop"


def test_the_users_of_a_journey_think() -> None:
    assert collect(located(MIXED, PART)).load == "locust, 4 connections in a closed loop with think time"


@pytest.mark.parametrize(
    ("further", "loop"),
    [
        (["--think", "0"], load_model.CLOSED),
        (["--tags", "read", "--think=0"], load_model.CLOSED),
        (["--think", "0.1"], load_model.THINKING),
        (["--tags", "read"], load_model.THINKING),
    ],
)
def test_users_who_are_told_not_to_think_do_not(further: list[str], loop: str) -> None:
    assert collect(located(MIXED, PART, told={"file": "mixed", "further": further})).load_model == loop


def test_one_scenario_of_locust_is_asked_without_thinking() -> None:
    assert collect(located(replace(MIXED, scenario="simple"))).load_model == load_model.CLOSED


def test_a_fixed_rate_is_no_closed_loop() -> None:
    assert collect(located(replace(MIXED, scenario="simple"), rate=50.0)).load_model == load_model.FIXED


def test_what_files_of_locust_do_not_tell_is_not_known() -> None:
    assert collect(located(replace(MIXED, scenario="GET /users"), told={})).load_model == load_model.UNKNOWN


def test_shares_of_a_peak_leave_the_closed_loop_one() -> None:
    run = make_measured_run()
    run.record(make_measurement(replace(DRF, share=50), rate=100.0))

    assert collect(run).load_model == load_model.CLOSED
