from __future__ import annotations

import re
import sys
from dataclasses import replace

import pytest

from tests.suites import recorded
from tests.suites.exceptions import EXCEPTIONS
from tests.suites.registry import suites
from tests.suites.running import Run
from tests.suites.suite import Suite

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
SUITE = Suite(package="library==1", command=(), expects=("compiled_queries",))
STOCK = {"one": "passed", "two": "passed", "three": "skipped", "excepted": "passed"}
LEVERS = {**STOCK, "excepted": "failed"}


@pytest.fixture(autouse=True)
def exception(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXCEPTIONS, "library", {"except.*": "a reason"})


def run(outcomes: dict[str, str], called: int = 1) -> Run:
    counts = {"compiled_queries: QuerySet.get": called}
    return Run(outcomes=outcomes, messages={}, called=counts, left={}, stock={}, status=0, text="")


def agrees(levers: Run, suite: Suite = SUITE, stock: dict[str, str] = STOCK) -> bool:
    return recorded.agrees("library", suite, levers, recorded.made("library", SUITE, run(stock)))


def test_the_same_outcomes_but_for_the_exceptions_agree() -> None:
    assert agrees(run(LEVERS))


@pytest.mark.parametrize(
    "outcomes",
    [
        {**LEVERS, "two": "failed"},
        {**LEVERS, "three": "passed"},
        {**LEVERS, "four": "passed"},
        {name: outcome for name, outcome in LEVERS.items() if name != "two"},
        {name: outcome for name, outcome in LEVERS.items() if name != "excepted"},
        STOCK,  # the exception is needed no more
    ],
)
def test_any_other_outcome_does_not(outcomes: dict[str, str]) -> None:
    assert not agrees(run(outcomes))


def test_nor_does_a_run_without_a_call_of_a_lever() -> None:
    assert not agrees(run(LEVERS, called=0))


def test_nor_does_another_declaration_or_version() -> None:
    assert not agrees(run(LEVERS), replace(SUITE, package="library==2"))


def test_nor_do_suites_in_which_nothing_passed_or_without_a_record() -> None:
    failed = dict.fromkeys(STOCK, "failed")
    assert not agrees(run({**failed, "excepted": "passed"}), stock=failed)
    assert not recorded.agrees("library", SUITE, run(LEVERS), None)


def test_records_are_of_suites_that_are_checked() -> None:
    records = recorded.known()
    assert records.keys() == {name for name, suite in suites.items() if suite.checked}
    for name, record in records.items():
        assert all(any(re.fullmatch(one, test) for one in EXCEPTIONS[name]) for test in record["exceptions"])
        assert recorded.is_of(suites[name], {**record, "python": PYTHON}), f'make suites ARGS="--record {name}"'
