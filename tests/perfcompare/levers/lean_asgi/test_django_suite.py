from __future__ import annotations

from tests.perfcompare.levers import django_suite
from tests.perfcompare.levers.django_exceptions import EXCEPTIONS


def test_djangos_own_asgi_tests_pass() -> None:
    outcome = django_suite.run("asgi", "asgi")
    assert outcome.failed == {test for test in EXCEPTIONS if test.startswith("asgi.")}, outcome.text
    assert outcome.ran > 30, outcome.text
    assert outcome.requests > 20
