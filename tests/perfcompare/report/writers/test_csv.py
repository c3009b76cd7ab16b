from __future__ import annotations

import csv
import io
import json

import pytest

from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.writers.csv import as_csv, inert
from tests.perfcompare.factories import (
    DRF,
    make_failure,
    make_measured_run,
    make_run,
)

pytestmark = pytest.mark.django_db


def lines(run: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(run, collect(run)))))


def test_csv_has_a_line_for_each_measurement() -> None:
    run = make_measured_run(rounds=2, cpu_us=310.0)

    found = lines(run)

    assert len(found) == 4
    assert [float(one["server_cpu_us"]) for one in found if one["stack"] == "drf"] == pytest.approx([310.0, 310.0])
    assert json.loads(found[0]["command"])[0] == "python"


def test_csv_leaves_an_absent_figure_empty() -> None:
    run = make_run()
    run.record(make_failure(DRF))

    assert lines(run)[0]["goodput"] == ""


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_s5_a_formula_in_csv_is_text(name: str) -> None:
    run = make_run()
    run.record(make_failure(DRF, reason=name))

    assert lines(run)[0]["error"] == f"'{name}"


def test_a_negative_number_in_csv_stays_a_number() -> None:
    assert inert(-1.5) == -1.5


def test_csv_keeps_quotes_and_line_breaks_inside_their_field() -> None:
    run = make_run()
    run.record(make_failure(DRF, reason='a "b", c\nd'))

    assert lines(run)[0]["error"] == 'a "b", c\nd'
