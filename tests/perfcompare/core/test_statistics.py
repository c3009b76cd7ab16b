from __future__ import annotations

from random import Random

from perfcompare.core.statistics import bootstrap, ratio_interval


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


def test_the_interval_holds_the_true_median_about_as_often_as_it_says() -> None:
    random = Random(7)
    held = 0
    for number in range(200):
        interval = bootstrap([random.gauss(10.0, 1.0) for _ in range(7)], seed=number)
        assert interval is not None
        held += interval.low <= 10.0 <= interval.high

    assert 0.88 <= held / 200 <= 1.0
