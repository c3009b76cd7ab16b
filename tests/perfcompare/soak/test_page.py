"""What is said of a soak, and when it holds."""

from __future__ import annotations

from collections import Counter

import pytest

from perfcompare.runner.holding import Holding
from perfcompare.soak.minutes import Minute, Pace
from perfcompare.soak.page import Soak, Soaked, lines, progress
from perfcompare.soak.traffic import Seen


def minute(mib: int = 100, *, lost: int = 0, wrong: int = 0, files: int = 20) -> Minute:
    return Minute(
        fault="none",
        writing=True,
        seen=Seen(right=1000, created=["a"], wrong=Counter({"simple: status 500": wrong} if wrong else {})),
        lost=lost,
        holding=Holding(pss_kib=mib * 1024, threads=3, files=files),
        database_connections=4,
    )


def soaked(*minutes: Minute) -> Soaked:
    return Soaked(stack="drf", server="uvicorn", minutes=list(minutes))


def soak(*stacks: Soaked, minutes: int = 9, at_once: int = 1) -> Soak:
    facts = {"cores": 2, "cpu_model": "A", "kernel": "6", "python": "CPython 3", "commit": "abc", "dirty": True}
    return Soak(
        command="manage.py perfcompare soak",
        when="28 November 2026",
        facts=facts,
        minutes=minutes,
        at_once=at_once,
        pace=Pace(),
        stacks=stacks,
    )


def page(one: Soaked, minutes: int = 9) -> str:
    return "\n".join(lines(soak(one, minutes=minutes)))


def test_right_answers_and_steady_memory_hold() -> None:
    found = soaked(*[minute()] * 9)

    assert found.holds
    assert "9 of 9 minutes: 9,000 right answers,\n0 wrong ones, 0 of 9 created users lost." in page(found)
    assert "It holds." in page(found)


def test_the_page_has_its_command_and_where_it_ran() -> None:
    text = page(soaked(minute()))

    assert "    manage.py perfcompare soak" in text
    assert "2 processors (A), kernel 6,\nCPython 3, commit abc with changes." in text


def test_what_is_not_over_is_not_said_to_hold() -> None:
    assert "It is not over." in page(soaked(*[minute()] * 9), minutes=10)
    assert "It does not hold." in page(soaked(minute(wrong=1)), minutes=10)


def test_progress_counts_the_minutes_of_the_stacks_that_wait() -> None:
    batch = [soaked(*[minute()] * 2), soaked(*[minute()] * 2)]

    assert progress(soak(*batch, soaked(), soaked(), soaked(), at_once=2), batch) == (
        "Minute 2 of 9 (none): drf 1,000 right and 0 wrong, drf 1,000 right and 0 wrong; 25 min left"
    )


@pytest.mark.parametrize("odd", [minute(lost=1), minute(wrong=1)])
def test_one_lost_row_or_wrong_answer_does_not_hold(odd: Minute) -> None:
    assert not soaked(*[minute()] * 8, odd).holds


def test_growth_is_judged_from_the_middle_third_to_the_last() -> None:
    warm = [minute(50)] * 3

    assert soaked(*warm, *[minute(100)] * 3, *[minute(109)] * 3).holds
    assert not soaked(*warm, *[minute(100)] * 3, *[minute(112)] * 3).holds


def test_files_that_are_never_closed_are_growth_and_a_few_more_are_not() -> None:
    steady = [minute()] * 6

    assert soaked(*steady, *[minute(files=36)] * 3).holds
    assert not soaked(*steady, *[minute(files=37)] * 3).holds
    assert "memory +0.0%, threads +0.0%, files +85.0%." in page(soaked(*steady, *[minute(files=37)] * 3))


def test_a_short_soak_says_that_growth_is_not_judged() -> None:
    assert "Growth is not judged in fewer than 9 minutes." in page(soaked(minute(), minute(500)))


def test_what_is_wrong_is_listed_by_how_often_it_came() -> None:
    assert "- 3 x simple: status 500" in page(soaked(minute(wrong=1), minute(wrong=2)))
