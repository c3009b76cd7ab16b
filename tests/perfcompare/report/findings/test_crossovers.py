from __future__ import annotations

from dataclasses import replace

from perfcompare.core.statistics import Interval
from perfcompare.report.findings.crossovers import Crossover, Curve, Point, crossovers


def curve(name: str, *rates: float, width: float = 1.0) -> Curve:
    """Rates at the values 1, 2, 4, …; `width` is that of their intervals."""
    points = (
        Point(
            value=2**number,
            goodput=rate,
            interval=Interval(low=rate - width, middle=rate, high=rate + width),
            p99_ms=1.0,
            cpu_us=100.0,
        )
        for number, rate in enumerate(rates)
    )
    return Curve(name=name, points=tuple(points))


def test_the_knee_is_where_nine_tenths_of_the_highest_rate_are_reached() -> None:
    knee = curve("a", 100.0, 190.0, 360.0, 390.0, 400.0, 380.0).knee

    assert knee is not None
    assert knee.value == 4


def test_without_points_there_is_no_knee() -> None:
    assert curve("a").knee is None


def test_a_crossing_is_between_the_last_lead_and_the_first_of_the_other() -> None:
    slow_start, fast_start = curve("async", 100.0, 200.0, 400.0), curve("sync", 150.0, 201.0, 220.0)

    assert list(crossovers([slow_start, fast_start])) == [
        Crossover(after="async", before="sync", low=1, high=4, missing=())
    ]


def test_where_intervals_touch_nobody_leads() -> None:
    one, other = curve("a", 100.0, 110.0, width=20.0), curve("b", 110.0, 100.0, width=20.0)

    assert list(crossovers([one, other])) == []


def test_whoever_leads_everywhere_overtakes_nobody() -> None:
    assert list(crossovers([curve("a", 100.0, 200.0), curve("b", 50.0, 60.0)])) == []


def test_a_crossing_names_the_values_between_at_which_one_of_the_two_is_not_known() -> None:
    one, other = curve("a", 100.0, 200.0, 400.0), curve("b", 150.0, 180.0, 220.0)
    holed = replace(one, points=(one.points[0], one.points[2]), missing=(2, 8))

    (crossover,) = crossovers([holed, other])

    assert crossover.sentence("connections") == "a overtakes b between 1 and 4 connections (not known at 2)."
