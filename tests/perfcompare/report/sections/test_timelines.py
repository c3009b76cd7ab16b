from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.sections import timelines
from perfcompare.report.sections.timelines import MOST_POINTS, DrawnTimeline
from perfcompare.report.writers import html
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run

pytestmark = pytest.mark.django_db

ANSWERS = "Right answers per second"
FAILURES = "Failures per second"


def second(number: int, **given: Any) -> dict[str, Any]:
    return {"second": number, "answers": 100, "failures": 0, "p50_ms": 2.0, "p99_ms": 5.0, "users": 4, **given}


def run(*rounds: list[dict[str, Any]]) -> Run:
    made = make_run([DRF], rounds=len(rounds))
    for number, series in enumerate(rounds, start=1):
        made.record(replace(make_measurement(DRF, round=number), series=series))
    return made


def timeline(*rounds: list[dict[str, Any]]) -> DrawnTimeline:
    (found,) = timelines.build(collect(run(*rounds)))
    return found


def titles(found: DrawnTimeline) -> list[str]:
    return [title for title, _drawing in found.drawings]


def test_a_cell_is_drawn_with_a_line_for_each_round() -> None:
    found = timeline([second(0), second(1)], [second(0), second(1, answers=50)])

    assert (found.timeline.cell, list(found.timeline.rounds)) == (DRF, [1, 2])
    drawing = dict(found.drawings)[ANSWERS]
    assert 'class="line s1"' in drawing
    assert 'class="line s2"' not in drawing


def test_failures_are_drawn_where_there_are_some() -> None:
    assert FAILURES not in titles(timeline([second(0), second(1)]))
    assert FAILURES in titles(timeline([second(0), second(1, failures=3)]))


def test_seconds_without_an_answer_leave_a_gap_in_the_latency() -> None:
    found = timelines._points([second(0), second(1, p99_ms=None), second(2)], "p99_ms", max)

    assert found == ((0.0, 5.0), None, (2.0, 5.0))


def test_percentiles_that_nobody_knows_are_not_drawn() -> None:
    assert titles(timeline([second(0, p50_ms=None, p99_ms=None), second(1, p50_ms=None, p99_ms=None)])) == [
        ANSWERS,
        "Users",
    ]


def test_a_long_test_is_drawn_in_steps_that_keep_its_worst_second() -> None:
    series = [second(number, p99_ms=900.0 if number == 777 else 5.0) for number in range(2 * MOST_POINTS + 1000)]

    points = [point for point in timelines._points(series, "p99_ms", max) if point]

    assert len(points) <= MOST_POINTS
    assert max(ms for _second, ms in points) == 900.0


def test_the_page_shows_them_and_one_without_does_not() -> None:
    made = make_run([FASTAPI])
    made.record(make_measurement(FASTAPI))

    assert 'id="seconds"' in html.page(collect(run([second(0), second(1)])))
    assert "#seconds" not in html.page(collect(made))
