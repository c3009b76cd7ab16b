"""Stored runs of Locust beside each other, as `compare` and `gate` see them."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from perfcompare.core.measurement import Cell
from perfcompare.models import Run
from tests.perfcompare.commands.conftest import Call, call
from tests.perfcompare.factories import make_measurement, make_run

__all__ = ["call"]
pytestmark = pytest.mark.django_db

WHOLE = Cell(scenario="mixed", stack="drf", server="gunicorn_gthread", concurrency=8)
PART = replace(WHOLE, scenario="mixed GET simple")
TOLD = {"file": "mixed", "scenarios": [], "users": 8, "processes": 1, "expect_workers": 0, "further": []}


def journey(cost_us: float, **told: Any) -> Run:
    """Three rounds of a journey: its whole, and one of its requests, whose server figures nobody knows apart."""
    options = {"cells": [asdict(WHOLE)], "generator": "locust", "locust": {**TOLD, **told}}
    made = make_run([WHOLE], rounds=3, options=options)
    for number in (1, 2, 3):
        made.record(make_measurement(WHOLE, round=number, cpu_us=cost_us + number, generator="locust"))
        made.record(replace(make_measurement(PART, round=number, generator="locust"), usage=None))
    return made


def test_a_journey_is_compared_by_what_it_cost_the_server_as_a_whole(call: Call) -> None:
    before, after = journey(2500.0), journey(3100.0)

    outcome = call("compare", str(before.pk), str(after.pk))

    assert outcome.code == 0
    assert f"{WHOLE}: 2,502 -> 3,102 µs" in outcome.out
    assert "slower" in outcome.out
    assert PART.scenario not in outcome.out


def test_the_gate_is_closed_by_a_journey_that_became_dearer_and_by_nothing_else(call: Call) -> None:
    before, dearer, same = journey(2500.0), journey(3100.0), journey(2500.0)

    assert call("gate", str(dearer.pk), "--baseline", str(before.pk)).code == 1
    assert call("gate", str(same.pk), "--baseline", str(before.pk)).code == 0


def test_journeys_with_other_options_are_refused_until_somebody_says_otherwise(call: Call) -> None:
    before, after = journey(2500.0), journey(2500.0, further=["--think", "0.1"])
    runs = (str(before.pk), str(after.pk))

    refused = call("compare", *runs)

    assert refused.code != 0
    assert "locust.further: [] before, ['--think', '0.1'] after" in refused.err
    assert call("gate", runs[1], "--baseline", runs[0]).code == refused.code
    assert call("compare", *runs, "--unlike").code == 0
