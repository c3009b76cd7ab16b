"""What is said of a soak, and when it holds."""

from __future__ import annotations

from collections import Counter

import pytest

from perfcompare.runner.holding import Holding
from perfcompare.soak.minutes import Minute
from perfcompare.soak.page import Soaked, lines
from perfcompare.soak.traffic import Seen


def minute(mib: int = 100, *, lost: int = 0, wrong: int = 0) -> Minute:
    return Minute(
        fault="none",
        writing=True,
        seen=Seen(right=1000, created=["a"], wrong=Counter({"simple: status 500": wrong} if wrong else {})),
        lost=lost,
        holding=Holding(pss_kib=mib * 1024, threads=3, files=20),
        database_connections=4,
    )


def soaked(*minutes: Minute) -> Soaked:
    return Soaked(stack="drf", server="uvicorn", minutes=minutes)


def test_right_answers_and_steady_memory_hold() -> None:
    found = soaked(*[minute()] * 9)

    assert found.holds
    assert "9 minutes: 9,000 right answers, 0 wrong ones, 0 of 9 created users lost." in "\n".join(lines(found))


@pytest.mark.parametrize("odd", [minute(lost=1), minute(wrong=1)])
def test_one_lost_row_or_wrong_answer_does_not_hold(odd: Minute) -> None:
    assert not soaked(*[minute()] * 8, odd).holds


def test_growth_is_judged_from_the_middle_third_to_the_last() -> None:
    warm = [minute(50)] * 3

    assert soaked(*warm, *[minute(100)] * 3, *[minute(109)] * 3).holds
    assert not soaked(*warm, *[minute(100)] * 3, *[minute(112)] * 3).holds


def test_a_short_soak_says_that_growth_is_not_judged() -> None:
    assert "Growth is not judged in fewer than 9 minutes." in "\n".join(lines(soaked(minute(), minute(500))))


def test_what_is_wrong_is_listed_by_how_often_it_came() -> None:
    assert "- 3 x simple: status 500" in list(lines(soaked(minute(wrong=1), minute(wrong=2))))
