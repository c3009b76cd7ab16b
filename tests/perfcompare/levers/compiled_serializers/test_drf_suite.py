from __future__ import annotations

from tests.perfcompare.levers import drf_suite
from tests.perfcompare.levers.drf_exceptions import EXCEPTIONS


def test_drfs_own_tests_pass_with_the_levers() -> None:
    outcome = drf_suite.run()
    assert outcome.failed == EXCEPTIONS.keys(), outcome.text
    assert outcome.passed > 1500, outcome.text
    assert outcome.compiled > 100, outcome.text
