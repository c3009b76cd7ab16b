from __future__ import annotations

from math import pi, sqrt
from random import Random

import pytest

from perfcompare.core.statistics import Interval, Verdict, bootstrap, judge, noise_floor, ratio_interval


def test_too_few_rounds_have_no_interval() -> None:
    assert ratio_interval([(1.0, 2.0), (1.0, 2.0)], seed=1) is None


def test_equal_ratios_have_an_interval_without_width() -> None:
    interval = ratio_interval([(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)], seed=1)

    assert interval is not None
    assert (interval.low, interval.middle, interval.high) == (0.5, 0.5, 0.5)


def test_what_strikes_both_of_a_round_cancels_out() -> None:
    steady = ratio_interval([(3.0, 1.0), (6.0, 2.0), (30.0, 10.0)], seed=1)

    assert steady is not None
    assert steady.high - steady.low == 0


def test_the_same_seed_gives_the_same_interval() -> None:
    values = [1.0, 1.1, 0.9, 1.3, 1.05]

    assert bootstrap(values, seed=3) == bootstrap(values, seed=3)


@pytest.mark.parametrize(("rounds", "least"), [(5, 0.90), (7, 0.93), (10, 0.93), (20, 0.93)])
def test_the_interval_holds_the_true_median_about_as_often_as_it_says(rounds: int, least: float) -> None:
    random = Random(7)
    held = 0
    for number in range(200):
        found = bootstrap([random.gauss(10.0, 1.0) for _ in range(rounds)], seed=number)
        assert found is not None
        held += found.low <= 10.0 <= found.high

    assert held / 200 >= least


def interval(low: float, high: float) -> Interval:
    return Interval(low=low, middle=(low + high) / 2, high=high)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1.06, 1.20, Verdict.SLOWER),
        (0.70, 0.94, Verdict.FASTER),
        (1.04, 1.20, Verdict.NO_DIFFERENCE),  # reaches into the noise floor
        (0.70, 0.96, Verdict.NO_DIFFERENCE),
        (1.01, 1.03, Verdict.NO_DIFFERENCE),  # surely not 1, and yet not more than noise
        (0.90, 1.20, Verdict.NO_DIFFERENCE),
    ],
)
def test_with_few_rounds_a_cost_differs_where_all_of_the_interval_is_beyond_the_floor(
    low: float, high: float, said: Verdict
) -> None:
    assert judge(interval(low, high), floor=0.05, rounds=4, dear=True) is said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1.01, 1.13, Verdict.SLOWER), (0.99, 1.30, Verdict.NO_DIFFERENCE), (1.01, 1.07, Verdict.NO_DIFFERENCE),
        (0.87, 0.99, Verdict.FASTER), (0.70, 1.01, Verdict.NO_DIFFERENCE), (0.93, 0.99, Verdict.NO_DIFFERENCE),
    ],
)  # fmt: skip
def test_with_enough_rounds_it_differs_where_the_interval_does_not_hold_1_and_its_middle_is_beyond_the_floor(
    low: float, high: float, said: Verdict
) -> None:
    assert judge(interval(low, high), floor=0.05, rounds=5, dear=True) is said


def test_more_answers_are_faster() -> None:
    assert judge(interval(1.06, 1.20), floor=0.05, rounds=5, dear=False) is Verdict.FASTER
    assert judge(interval(0.5, 0.6), floor=0.05, rounds=5, dear=False) is Verdict.SLOWER


def test_without_an_interval_or_a_floor_nothing_is_said() -> None:
    assert judge(None, floor=0.05, rounds=5, dear=True) is None
    assert judge(interval(2.0, 3.0), floor=None, rounds=5, dear=True) is None


def test_the_floor_is_what_a_comparison_of_so_many_rounds_typically_comes_to_for_the_same_thing() -> None:
    round_off = [(100.0, 100.0), (97.0, 100.0), (102.0, 100.0)]

    assert noise_floor(round_off) == pytest.approx(0.02 * sqrt(pi / 2 / 3))
    assert noise_floor(round_off * 3) == pytest.approx(0.02 * sqrt(pi / 2 / 9))


def test_the_floor_is_no_less_than_what_the_twins_of_this_session_came_to() -> None:
    assert noise_floor([(103.0, 100.0)] * 9) == pytest.approx(0.03)
    assert noise_floor([(97.0, 100.0)] * 9) == pytest.approx(0.03)


def test_two_pairs_make_no_floor() -> None:
    assert noise_floor([(1.0, 1.0), (1.0, 1.0)]) is None


def test_one_outlier_does_not_make_a_difference_that_a_best_of_would_hide() -> None:
    """A median over rounds: neither the best nor the worst round decides."""
    found = ratio_interval([(2.0, 1.0), (1.0, 1.0), (1.0, 1.0), (1.0, 1.0), (1.0, 1.0)], seed=1)

    assert found is not None
    assert found.middle == 1.0
    assert judge(found, floor=0.01, rounds=5, dear=True) is Verdict.NO_DIFFERENCE
