from __future__ import annotations

import pytest

from perfcompare.runner.timeline import OutsideError, Timeline


@pytest.fixture
def timeline() -> Timeline:
    made = Timeline()
    for at_s, value in ((1.0, 10.0), (2.0, 20.0), (4.0, 20.0)):
        made.add(at_s, value)
    return made


@pytest.mark.parametrize(("moment_s", "value"), [(1.0, 10.0), (1.25, 12.5), (2.0, 20.0), (3.0, 20.0), (4.0, 20.0)])
def test_a_value_lies_on_the_line_between_two_readings(timeline: Timeline, moment_s: float, value: float) -> None:
    assert timeline.at(moment_s) == value


def test_growth_is_the_difference_of_two_moments(timeline: Timeline) -> None:
    assert timeline.between(1.5, 4.0) == 5.0


@pytest.mark.parametrize("moment_s", [0.9, 4.1])
def test_nothing_is_made_up_beyond_the_readings(timeline: Timeline, moment_s: float) -> None:
    with pytest.raises(OutsideError):
        timeline.at(moment_s)


def test_without_readings_every_moment_is_outside() -> None:
    with pytest.raises(OutsideError):
        Timeline().at(0.0)


def test_the_readings_within_a_time_have_a_first_and_a_last_one() -> None:
    timeline = Timeline()
    for moment in (1.0, 2.0, 3.0, 4.0):
        timeline.add(moment, moment)

    assert timeline.within(1.5, 3.5) == (2.0, 3.0)
    assert timeline.within(2.1, 2.9) == (2.1, 2.9)
