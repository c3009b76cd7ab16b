from __future__ import annotations

from dataclasses import replace

import pytest

from perfcompare.report.sections import history
from tests.perfcompare.factories import DRF, FASTAPI, make_measured_run, make_measurement, make_run, objection
from tests.perfcompare.report.lines import stretches

pytestmark = pytest.mark.django_db


def test_one_run_is_no_history() -> None:
    make_measured_run()

    assert history.build() is None


def test_the_gap_of_each_run_is_the_median_of_its_valid_rounds() -> None:
    make_measured_run(rounds=3, cpu_us=300.0)
    run = make_run(rounds=2)
    for number, cost in ((1, 200.0), (2, 900.0)):
        run.record(make_measurement(FASTAPI, round=number, cpu_us=100.0))
        run.record(
            make_measurement(DRF, round=number, cpu_us=cost, objections=(objection("errors"),) if cost > 500 else ())
        )

    found = history.build()

    assert found is not None
    assert found.stacks == ("DRF",)
    assert [fields for _run, fields in found.rows] == [("3.00x",), ("2.00x",)]


def test_a_median_over_fewer_scenarios_than_the_reference_has_says_so() -> None:
    items = [replace(cell, scenario="items") for cell in (FASTAPI, DRF)]
    make_measured_run()
    run = make_run([FASTAPI, DRF, *items])
    for cell in (FASTAPI, DRF, *items):
        objections = (objection("steal"),) if cell == items[1] else ()
        run.record(make_measurement(cell, cpu_us=100.0, objections=objections))

    found = history.build()

    assert found is not None
    assert [fields for _run, fields in found.rows] == [("3.00x",), ("1.00x in 1 of 2 scenarios",)]


def test_a_run_without_a_stack_is_a_gap_in_its_line() -> None:
    make_measured_run()
    other = make_run([FASTAPI, replace(DRF, stack="ninja")])
    for cell in (FASTAPI, replace(DRF, stack="ninja")):
        other.record(make_measurement(cell))
    make_measured_run()

    found = history.build()

    assert found is not None
    assert stretches(found.drawing) == []
    assert found.drawing.count("<circle") == 3


def test_fifty_runs_are_read_in_one_statement_each(django_assert_max_num_queries: object) -> None:
    for _ in range(3):
        make_measured_run()

    with django_assert_max_num_queries(2):  # type: ignore[operator]
        history.build()
