from __future__ import annotations

from dataclasses import replace

from tests.suites.comparing import differences, problems
from tests.suites.running import Run
from tests.suites.suite import Suite

SUITE = Suite(package="library==1", command=(), expects=("compiled_queries",))


def run(called: int = 1, **outcomes: str) -> Run:
    counts = {"compiled_queries: QuerySet.get": called} if called else {}
    return Run(outcomes=outcomes, messages={}, called=counts, left={}, stock={}, status=0, text="")


def test_a_test_that_fails_with_levers_alone_is_a_difference() -> None:
    found = differences(run(one="passed", two="passed"), run(one="passed", two="failed"))
    assert found == {"two": ("passed", "failed")}


def test_a_test_that_is_missing_with_levers_is_a_difference() -> None:
    assert differences(run(one="passed"), run()) == {"one": ("passed", "not run")}


def test_a_test_that_fails_both_ways_is_none() -> None:
    assert not differences(run(one="failed"), run(one="failed"))


def test_a_declared_exception_is_no_problem() -> None:
    stock, levers = run(one="passed", two="passed"), run(one="failed", two="passed")
    assert not list(problems(SUITE, stock, levers, {"o.e": "a reason"}))
    assert list(problems(SUITE, stock, levers, {}))


def test_an_exception_that_is_needed_no_more_is_a_problem() -> None:
    [said] = problems(SUITE, run(one="passed"), run(one="passed"), {"one": "a reason"})
    assert "the outcome is the same" in said


def test_a_suite_in_which_a_lever_never_ran_proves_nothing() -> None:
    [said] = problems(SUITE, run(one="passed"), run(called=0, one="passed"), {})
    assert "compiled_queries was never called" in said


def test_a_suite_that_did_not_start_proves_nothing() -> None:
    [said] = problems(SUITE, run(), run(), {})
    assert "No test passed" in said


def test_a_suite_in_which_nothing_passes_says_what_most_of_its_tests_say() -> None:
    failed = replace(run(one="failed", two="failed"), messages={"one": "Traceback\nNo Redis.\n", "two": "No Redis."})
    [said] = problems(SUITE, failed, failed, {})
    assert said.endswith("2 of its tests say: No Redis.")
