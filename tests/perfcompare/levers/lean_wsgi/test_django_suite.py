from __future__ import annotations

from tests.perfcompare.levers import django_suite
from tests.perfcompare.levers.django_exceptions import EXCEPTIONS


def test_djangos_own_wsgi_and_handler_tests_pass() -> None:
    outcome = django_suite.run("wsgi", "wsgi", "handlers")
    expected = {test for test in EXCEPTIONS if test.startswith(("wsgi.", "handlers."))}
    assert outcome.failed == expected, outcome.text
    assert outcome.ran > 40, outcome.text
    assert outcome.requests > 5
